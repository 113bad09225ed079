import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import type { MessageView } from "../../src/reader/protocol.ts";
import { viewMails } from "../threadViews.ts";
import { onePaneEach } from "./page.ts";
import { REVIEW, reviewThread } from "./reviewThread.ts";
import { longReply, mailOf, sample } from "./sampleThreads.ts";

describe("the pane in a browser", function () {
  this.timeout(180_000);
  const open = onePaneEach();

  it("F02 folds by default, opens by click and by key, and shuts again", async () => {
    const { page, show } = await open();
    await show(await longReply(), "b@kernel.example");
    const pill = page.locator(".pill").first();
    assert.match((await pill.textContent()) ?? "", /^\d+ quoted lines · Ada · depth 1/);
    assert.equal(await pill.getAttribute("aria-expanded"), "false");
    assert.equal(await page.locator(".cite", { hasText: "line 60 of" }).last().isVisible(), true);
    await pill.click();
    assert.equal(await pill.getAttribute("aria-expanded"), "true");
    assert.equal(await page.locator("#m1 [data-line='3']").isVisible(), true);
    await page.keyboard.press("e");
    assert.equal(await pill.getAttribute("aria-expanded"), "false");
  });

  it("D242 a flowed paragraph runs on from line to line", async () => {
    const { page, show } = await open();
    const fields = { From: "Ada <ada@kernel.example>", Subject: "slack", "Message-ID": "<f@kernel.example>" };
    const flowed = { ...fields, "Content-Type": "text/plain; charset=utf-8; format=flowed" };
    const [thread] = await viewMails([mailOf(flowed, "one \ntwo \nthree.\n\nfour\n")]);
    assert.ok(thread);
    await show(thread);
    const height = async (of: string) => (await page.locator(of).boundingBox())?.height;
    assert.equal(await page.locator(".paragraph").innerText(), "one two three.");
    assert.equal(await height(".paragraph"), await height("[data-line='5']"));
  });

  it("folds a cited run that is not folded by itself, by click", async () => {
    const { page, show } = await open();
    await show(await longReply(), "b@kernel.example");
    await page.keyboard.press("0");
    await page.locator("#m1 .run").hover();
    await page.locator("#m1 .shut").click();
    assert.equal(await page.locator("#m1 .cite").first().isVisible(), false);
    assert.match((await page.locator("#m1 .pill").textContent()) ?? "", /^6\d quoted lines · Ada · depth 1/);
    await page.locator("#m1 .pill").click();
    assert.equal(await page.locator("#m1 .cite").first().isVisible(), true);
  });

  it("F16 a find inside a fold opens it", async () => {
    const { page, show } = await open();
    await show(await longReply(), "b@kernel.example");
    const content = page.locator("#m1 .folded").first();
    assert.equal(await content.getAttribute("hidden"), "until-found");
    await content.evaluate((element) => element.dispatchEvent(new Event("beforematch", { bubbles: true })));
    assert.equal(await page.locator("#m1 .pill").first().getAttribute("aria-expanded"), "true");
    assert.equal(await content.getAttribute("hidden"), null);
  });

  it("F16 a find by the browser's workbench, which tells nothing, opens the fold and goes on in it", async () => {
    const { page, show } = await open();
    await show(await longReply(), "b@kernel.example");
    const pill = page.locator("#m1 .pill").first();
    await page.keyboard.press("/");
    await page.evaluate("dispatchEvent(new Event('blur'))");
    const find = () => page.evaluate("find('line 30 of')");
    const words = () => page.evaluate("getSelection().toString()");
    for (let hits = 0; (await pill.getAttribute("aria-expanded")) !== "true" && hits < 5; hits += 1)
      await find();
    assert.equal(await pill.getAttribute("aria-expanded"), "true");
    await find();
    assert.equal(await words(), "line 30 of");
    assert.equal(
      await page.evaluate("getSelection().anchorNode.parentElement.closest('.folded') !== null"),
      true,
    );
  });

  it("prints what is folded, and all of the thread", async () => {
    const { page, show } = await open();
    await show(await longReply(), "b@kernel.example");
    const folded = page.locator("#m1 .folded [data-line='3']").first();
    const height = async (of: typeof folded) => (await of.boundingBox())?.height ?? 0;
    assert.equal(await folded.isVisible(), false);
    await page.emulateMedia({ media: "print" });
    assert.ok((await height(folded)) > 10);
    // Nothing is scrolled out of sight.
    const heights = await page.evaluate(
      "[document.documentElement.scrollHeight, document.querySelector('main').scrollHeight]",
    );
    const [whole, thread] = heights as [number, number];
    assert.ok(whole >= thread, `${whole} ${thread}`);
  });

  it("F17 copying a whole message includes folded lines, with their real marks", async () => {
    const { page, show } = await open();
    const mails = await longReply();
    await show(mails, "b@kernel.example");
    const copied = await copyOf(page, "#m1 .body");
    const view = mails.messages[1] as MessageView;
    const body = view.blocks
      .flatMap(({ lines, marks }) => lines.map((line, index) => `${marks[index]}${line}`))
      .join("\n");
    assert.equal(copied.trimEnd(), body.trimEnd());
  });

  it("F18 level 3 shows own text and attribution only, level 0 everything", async () => {
    const { page, show } = await open();
    await show(await longReply(), "b@kernel.example");
    await page.keyboard.press("3");
    assert.equal(await page.locator("#m1 .cite").first().isVisible(), false);
    assert.equal(await page.locator("#m1 .own.text").isVisible(), true);
    assert.equal(await page.locator("#m1 .own.attribution").isVisible(), true);
    await page.keyboard.press("0");
    assert.equal(await page.locator("#m1 .pill").count(), 0);
    assert.equal(await page.locator("#m1 [data-line='2']").isVisible(), true);
  });

  it("answers what is selected: message and lines of the body", async () => {
    const { page, show, channel } = await open();
    await show(await longReply(), "b@kernel.example");
    await select(page, "#m1 .own.text [data-line]", "#m1 .own.text [data-line]");
    const own = Number(await page.locator("#m1 .own.text [data-line]").first().getAttribute("data-line"));
    assert.deepEqual(await channel.request("selection", null), {
      messageId: "b@kernel.example",
      lines: [[own, own]],
    });
    await page.evaluate("getSelection().removeAllRanges()");
    assert.deepEqual(await channel.request("selection", null), { messageId: "b@kernel.example" });
  });

  it("takes what is typed right behind the key of find for words, not for keys, until the field has the focus", async () => {
    const { page, show, asked } = await open();
    await show(await longReply(), "a@kernel.example");
    const replies = () => asked.filter(({ name }) => name === "reply").length;
    await page.keyboard.press("/");
    await page.keyboard.press("r");
    await page.evaluate("dispatchEvent(new Event('blur'))");
    assert.equal(replies(), 0);
    await page.keyboard.press("r");
    await page.waitForFunction("true");
    assert.equal(replies(), 1);
  });

  it("replies by key with the selected lines, by button without", async () => {
    const { page, show, asked } = await open();
    await show(await longReply(), "a@kernel.example");
    await select(page, "#m0 [data-line='4']", "#m0 [data-line='6']");
    await page.keyboard.press("r");
    await page.evaluate("getSelection().removeAllRanges()");
    await page.locator("#m1").hover();
    await page.locator("#m1").getByRole("button", { name: "Reply to Bo Lind" }).click();
    await page.waitForFunction("true");
    const replies = asked.filter(({ name }) => name === "reply").map(({ params }) => params);
    assert.deepEqual(replies, [
      { messageId: "a@kernel.example", lines: [[4, 6]] },
      { messageId: "b@kernel.example" },
    ]);
  });

  it("is where it was after a reload", async () => {
    const { series } = await sample();
    const messageId = series.view.outline[7]?.messageId ?? "";
    const { page, show } = await open({
      state: { thread: series.view.thread, messageId, offset: 30, level: 2 },
    });
    await show(series);
    assert.equal(await page.locator("article.current").getAttribute("data-message"), messageId);
    assert.equal(await page.getByRole("radio", { name: "brief" }).getAttribute("aria-checked"), "true");
    const offset = await page.evaluate<number>(
      "document.querySelector('main').getBoundingClientRect().top - document.querySelector('article.current').getBoundingClientRect().top",
    );
    assert.ok(Math.abs(offset - 30) <= 2, `30 px into the message, not ${offset}`);
  });

  it("brings back what was folded and opened by hand after a reload", async () => {
    const first = await open();
    await first.show(await longReply(), "b@kernel.example");
    await first.page.locator("#m1 .pill").first().click();
    await first.page.keyboard.press("h");
    let state = await first.kept();
    while (!state?.shown?.["b@kernel.example"]?.headers) {
      await first.page.waitForTimeout(50);
      state = await first.kept();
    }
    await first.close();
    const { page, show } = await open({ state });
    await show(await longReply(), "b@kernel.example");
    assert.equal(await page.locator("#m1 .pill").first().getAttribute("aria-expanded"), "true");
    assert.equal(await page.locator("#m1 .headers").count(), 1);
  });

  it("F813 takes new mail in where one reads: folds, focus and selection stay", async () => {
    const { page, show } = await open();
    const { view, messages } = await longReply();
    await show({ view, messages }, "b@kernel.example");
    await page.locator("#m1 .pill").first().click();
    await page.locator("#m1 .pill").first().focus();
    await select(page, "#m1 .own.text [data-line]", "#m1 .own.text [data-line]");
    const selected = await page.evaluate<string>("getSelection().toString()");
    const [from] = messages;
    assert.ok(from);
    const late = { ...from, messageId: "c@kernel.example", depth: 1, parent: "a@kernel.example" };
    const entry = { ...view.outline[1], messageId: late.messageId, from: "Chen Wei", depth: 1, gist: "late" };
    const [root, answer] = view.outline;
    assert.ok(root && answer);
    const outline = [root, { ...answer, ...entry }, answer];
    await show({ view: { ...view, outline }, messages: [...messages, late] });
    assert.deepEqual(
      await page.locator("article").evaluateAll((all) => all.map((one) => one.getAttribute("data-message"))),
      ["a@kernel.example", "c@kernel.example", "b@kernel.example"],
    );
    assert.equal(await page.locator("#m1 .pill").first().getAttribute("aria-expanded"), "true");
    assert.equal(await page.evaluate("getSelection().toString()"), selected);
    assert.equal(await page.evaluate("document.activeElement.className"), "pill");
    assert.equal(await page.locator("article.current").getAttribute("data-message"), "b@kernel.example");
  });

  it("takes no key with Ctrl or Alt, nor while the keys overlay is open, and gives the focus back", async () => {
    const { page, show } = await open();
    const { series } = await sample();
    await show(series);
    const first = series.view.outline[0]?.messageId;
    await page.keyboard.press("Control+j");
    await page.keyboard.press("Alt+j");
    await page.keyboard.press("?");
    await page.waitForSelector("dialog.keys[open]");
    await page.keyboard.press("j");
    await page.keyboard.press("Escape");
    await page.waitForSelector("dialog.keys", { state: "detached" });
    assert.equal(await page.locator("article.current").getAttribute("data-message"), first);
    assert.equal(await page.evaluate("document.activeElement.getAttribute('data-message')"), first);
  });

  it("marks messages by x for the next trailer, and gives it to all of them by t", async () => {
    const { page, show, asked, screenshot } = await open();
    await show(await reviewThread(), REVIEW.patch);
    const marked = page.locator(".entry:has(.marks:has-text('✓'))");
    const count = async (keys: string): Promise<number> => {
      for (const key of keys) await page.keyboard.press(key);
      return await marked.count();
    };
    assert.deepEqual([await count("x"), await count("x"), await count("xjx")], [1, 0, 2]);
    assert.equal(
      await page.locator("[aria-live]").textContent(),
      "2 messages are marked for the next trailer",
    );
    const ids = await marked.evaluateAll((rows) => rows.map((row) => row.getAttribute("data-message")));
    await screenshot("marked");
    assert.equal(await count("t"), 0);
    const { params } = asked.findLast(({ name }) => name === "act") ?? {};
    assert.deepEqual(params, { action: "giveTrailer", messageId: ids[1], marked: ids });
  });

  it("does what a menu of a cited block asks for there, and shuts a file where one is", async () => {
    const { page, show, channel } = await open();
    await show(await reviewThread(), REVIEW.discussion);
    await page.locator("article.current .run").last().locator(".cite").click({ button: "right" });
    channel.emit("act", { action: "goToOrigin" });
    await page.waitForSelector(`article.current[data-message="${REVIEW.review}"]`);
    await page.keyboard.press("Backspace");
    await page.keyboard.press("P");
    await page.keyboard.press("P");
    const file = page.locator("article.current section.file").first();
    await file.locator(".fileName").focus();
    await page.keyboard.press("e");
    assert.equal(await file.locator(".fileName").getAttribute("aria-expanded"), "false");
    assert.equal(await file.locator(".code").isVisible(), false);
  });

  it("draws cited text with its real marks on the key", async () => {
    const { page, show } = await open();
    await show(await longReply(), "b@kernel.example");
    await page.keyboard.press(">");
    assert.match((await page.locator("#m1 [data-line='60']").textContent()) ?? "", /^> line 59 of/);
    assert.equal(await page.locator("#m1 .bar").count(), 0);
  });

  it("follows links through the editor alone", async () => {
    const [thread] = await viewMails([
      mailOf(
        { From: "Ada <ada@kernel.example>", Subject: "links", "Message-ID": "<l@kernel.example>" },
        "see https://kernel.example/a?b=1 and javascript:alert(1) and command:evil\n",
      ),
    ]);
    assert.ok(thread);
    const { page, show, asked } = await open();
    await show(thread);
    assert.equal(await page.locator(".link").count(), 1);
    await page.locator(".link").click();
    await page.locator(".link").press("Enter");
    await page.waitForFunction("true");
    const follow = { name: "follow", params: { kind: "url", target: "https://kernel.example/a?b=1" } };
    assert.deepEqual(
      asked.filter(({ name }) => name === "follow"),
      [follow, follow],
    );
    assert.equal(await page.evaluate("document.querySelectorAll('[href]:not(link)').length"), 0);
  });

  it("runs nothing and loads nothing of a hostile mail", async () => {
    const evil = [
      "<script>document.title = 'owned'</script><img src=x onerror=\"document.title='owned'\">",
      "<style>@import url(http://evil.example/x.css)</style><svg onload=alert(1)>",
      "\u001b[31mred\u001b[0m \u202eevil\u202c \u2066x\u2069 \u0000nul",
      `${">".repeat(100_000)} deep`,
      "x".repeat(1_000_000),
      "> <a href='javascript:alert(1)'>x</a>",
      '[x](command:workbench.action.terminal.new) <https://evil.example/"onmouseover=alert(1)>',
      "Signed-off-by: <img src=x onerror=alert(1)> <e@evil.example>",
      "diff --git a/<script>x</script> b/<script>x</script>",
      "--- a/<script>x</script>",
      "+++ b/<script>x</script>",
      "@@ -1 +1 @@ <img src=x onerror=alert(1)>",
      "+<iframe src=http://evil.example></iframe>",
    ].join("\n");
    const mails = await viewMails([
      mailOf(
        {
          From: '"<img src=x onerror=alert(1)>" <"><script>@evil.example>',
          Subject: "<b>bold</b><script>alert(1)</script>",
          "Message-ID": "<x\"'><script>@evil.example>",
          "X-Evil": "<script>alert(1)</script>",
        },
        evil,
      ),
    ]);
    const { page, show } = await open();
    const thread = mails[0];
    assert.ok(thread);
    await show(thread);
    await page.keyboard.press("h");
    await page.keyboard.press("0");
    assert.equal(await page.title(), thread.view.subject);
    assert.equal(await page.locator("img, iframe, svg, style, article script, object, embed").count(), 0);
    assert.match((await page.locator(".body").textContent()) ?? "", /<script>document\.title/);
    assert.equal(await page.locator(".control").count(), 4);
    assert.match((await page.locator(".defects").textContent()) ?? "", /invisible characters/);
  });

  it("shows five hundred messages, the first at once", async () => {
    const mails = Array.from({ length: 500 }, (_, index) =>
      mailOf(
        {
          From: `Person ${index % 9} <p${index % 9}@kernel.example>`,
          Subject: "Re: many",
          "Message-ID": `<n${index}@kernel.example>`,
          ...(index > 0 ? { "In-Reply-To": `<n${Math.floor(index / 3)}@kernel.example>` } : {}),
        },
        Array.from({ length: 40 }, (_, line) => (line < 30 ? `> cited ${line}` : `own ${line}`)).join("\n"),
      ),
    );
    const [thread] = await viewMails(mails);
    assert.ok(thread);
    const { page, show } = await open();
    const goTo = thread.view.outline[250]?.messageId ?? "";
    await show(thread, goTo, 50);
    assert.equal(await page.locator("article").count(), 500);
    assert.equal(await page.locator("article.waiting").count(), 0);
    assert.equal(await page.locator("article.current").getAttribute("data-message"), goTo);
    assert.equal(await page.locator("article.current").isVisible(), true);
    await page.keyboard.press("3");
    await page.locator(".pill").nth(499).waitFor({ state: "attached", timeout: 30_000 });
    assert.equal(await page.locator("article.current").getAttribute("data-message"), goTo);
  });

  it("takes the focus only within itself: what is typed elsewhere in the window goes on", async () => {
    const { page, show } = await open();
    const { series, discussion } = await sample();
    const focused = () => page.evaluate<string | null>("document.activeElement.getAttribute('data-message')");
    await show(discussion);
    assert.equal(await focused(), discussion.view.outline[0]?.messageId);
    await page.evaluate("document.hasFocus = () => false");
    await show(series, series.view.outline[1]?.messageId, 3);
    assert.equal(await focused(), null);
    await page.evaluate("delete document.hasFocus; window.dispatchEvent(new Event('focus'))");
    assert.equal(await focused(), series.view.outline[1]?.messageId);
    await page.keyboard.press("j");
    assert.equal(await focused(), series.view.outline[2]?.messageId);
  });

  it("has the message in view that begins at the top, also while all are one line high", async () => {
    const { page, channel } = await open({ height: 320 });
    const { discussion } = await sample();
    const messageId = discussion.view.outline[3]?.messageId ?? "";
    channel.emit("thread", { view: discussion.view, goTo: messageId });
    await page.waitForSelector(`article.current[data-message="${messageId}"]`);
    await page.evaluate(
      "new Promise((scrolled) => { const main = document.querySelector('main'); main.addEventListener('scroll', () => requestAnimationFrame(scrolled)); main.scrollTop -= 4; })",
    );
    assert.equal(await page.locator("article.current").getAttribute("data-message"), messageId);
  });

  it("is done with a thread when all its messages are there", async () => {
    const { page, show, channel } = await open();
    const { series, discussion } = await sample();
    await show(discussion);
    channel.emit("thread", { view: series.view });
    await page.waitForSelector(`[data-message="${series.view.outline[0]?.messageId}"]`);
    assert.equal(await page.locator("main.done").count(), 0);
    await show(series);
    assert.equal(await page.locator("article.waiting").count(), 0);
  });

  it("says in a sentence why nothing can be shown", async () => {
    const { page, channel } = await open();
    channel.emit("failed", { sentence: "This thread is not in any archive any more." });
    await page.waitForSelector("[role='alert']");
    assert.equal(await page.getByRole("alert").textContent(), "This thread is not in any archive any more.");
  });
});

/** Selects from the start of one element to the end of another. */
async function select(page: Page, from: string, to: string): Promise<void> {
  await page.evaluate(
    `(() => {
      const range = document.createRange();
      range.setStart(document.querySelector(${JSON.stringify(from)}).firstChild, 0);
      const last = document.querySelector(${JSON.stringify(to)});
      range.setEnd(last.lastChild, last.lastChild.textContent.length);
      getSelection().removeAllRanges();
      getSelection().addRange(range);
    })()`,
  );
}

/** What a copy of the contents of an element puts on the clipboard. */
async function copyOf(page: Page, selector: string): Promise<string> {
  return await page.evaluate<string>(
    `(() => {
      getSelection().selectAllChildren(document.querySelector(${JSON.stringify(selector)}));
      const data = new DataTransfer();
      document.dispatchEvent(new ClipboardEvent("copy", { clipboardData: data, bubbles: true, cancelable: true }));
      return data.getData("text/plain");
    })()`,
  );
}
