/** Moving in the pane: by keys, to a line, from what is cited to where it was said, from a diffstat to the file. */
import assert from "node:assert/strict";
import type { MessageView } from "../../src/reader/protocol.ts";
import { onePaneEach } from "./page.ts";
import { REVIEW, reviewThread } from "./reviewThread.ts";
import { longReply, longThread, sample } from "./sampleThreads.ts";

describe("moving in the pane", function () {
  this.timeout(180_000);
  const open = onePaneEach();

  it("moves by keys, tells the editor, goes back, and keeps its place", async () => {
    const { page, show, channel, kept } = await open();
    const { series } = await sample();
    const shown: string[] = [];
    channel.on("shown", ({ messageId }) => shown.push(messageId));
    await show(series);
    const ids = series.view.outline.map(({ messageId }) => messageId);
    for (const key of ["j", "j", "k", "j", "P"]) await page.keyboard.press(key);
    await page.waitForTimeout(400);
    assert.deepEqual(shown, [ids[0], ids[1], ids[2], ids[1], ids[2], ids[1]]);
    await page.keyboard.press("Backspace");
    assert.equal(await page.locator("article.current").getAttribute("data-message"), ids[2]);
    await page.waitForTimeout(400);
    assert.equal((await kept())?.messageId, ids[2]);
  });

  it("End shows the end of the last message, however high what lies between turns out to be", async () => {
    const { page, show } = await open({ height: 500 });
    await show(await longThread(), "l0@kernel.example");
    await page.keyboard.press("End");
    const below = () =>
      page.evaluate<number>(`(() => {
        const bottom = (of) => document.querySelector(of).getBoundingClientRect().bottom;
        return Math.round(bottom("article:last-of-type") - bottom("main"));
      })()`);
    await page.waitForSelector('article.current[data-message="l39@kernel.example"]');
    for (let looks = 0; (await below()) > 1; looks += 1) {
      assert.ok(looks < 100, "the end comes into view");
      await page.waitForTimeout(20);
    }
  });

  it("keys pressed in one breath lead to the message they mean, whatever what lies between turns out to be", async () => {
    const { page, show } = await open({ height: 500 });
    await show(await longThread(), "l0@kernel.example");
    // The message above is found to be higher once it comes near the view; browsers make up for that, but not always.
    await page.evaluate(`(() => {
      document.querySelector("main").style.overflowAnchor = "none";
      const press = () => document.querySelector("main").dispatchEvent(
        new KeyboardEvent("keydown", { key: "j", bubbles: true }));
      press();
      press();
      document.querySelector('article[data-message="l1@kernel.example"]').style.paddingBottom = "300px";
    })()`);
    const place = () =>
      page.evaluate<[string, number]>(`(() => {
        const [article, main] = [document.querySelector("article.current"), document.querySelector("main")];
        return [article.dataset.message, Math.round(article.getBoundingClientRect().top - main.getBoundingClientRect().top)];
      })()`);
    let seen = await place();
    for (let still = 0, looks = 0; still < 10; looks += 1) {
      assert.ok(looks < 200, "it comes to rest");
      await page.waitForTimeout(20);
      const now = await place();
      still = now.join() === seen.join() ? still + 1 : 0;
      seen = now;
    }
    assert.equal(seen[0], "l2@kernel.example");
    assert.ok(Math.abs(seen[1]) <= 2, `${seen[1]} below the top`);
  });

  it("the page stays where it is, whatever is brought into view", async () => {
    const { page, show } = await open({ height: 500 });
    await page.evaluate("document.body.style.height = '150%'");
    await show(await longThread(), "l39@kernel.example");
    for (const key of ["k", "j", "g", "Backspace"]) {
      await page.keyboard.press(key);
      assert.equal(await page.evaluate("document.scrollingElement.scrollTop"), 0, key);
    }
  });

  it("Space reads a message to its end and stops there, then does what the settings say", async () => {
    const { page, channel, show, asked } = await open({ height: 500 });
    const thread = await longReply();
    await show(thread, "a@kernel.example");
    const endOf = (id: string) =>
      page.evaluate<number>(`(() => {
        const box = (of) => document.querySelector(of).getBoundingClientRect();
        return Math.round(box('article[data-message="${id}"]').bottom - box("main").bottom);
      })()`);
    const isCurrent = (id: string) => page.waitForSelector(`article.current[data-message="${id}"]`);
    const readToEnd = async () => {
      for (let presses = 0; (await endOf("a@kernel.example")) > 1; presses += 1) {
        assert.ok(presses < 20, "every press brings the end nearer");
        await page.keyboard.press("Space");
      }
    };
    await readToEnd();
    await isCurrent("a@kernel.example");
    await page.keyboard.press("Space");
    await isCurrent("b@kernel.example");
    assert.deepEqual(
      asked.filter(({ name }) => name === "act"),
      [],
      "all is read: no question for what is unread",
    );
    await page.keyboard.press("k");
    await isCurrent("a@kernel.example");
    channel.emit("marks", { thread: thread.view.thread, marks: { "b@kernel.example": { unread: true } } });
    await page.waitForSelector(".entry.unread");
    await readToEnd();
    await page.keyboard.press("Space");
    while (!asked.some(({ name }) => name === "act")) await page.waitForTimeout(20);
    assert.deepEqual(asked.find(({ name }) => name === "act")?.params, {
      action: "nextUnread",
      messageId: "a@kernel.example",
    });
    channel.emit("settings", { width: 84, cites: "bars", atEnd: "stop" });
    await readToEnd();
    await page.keyboard.press("Space");
    await page.getByRole("status").getByText("the end of the message").waitFor();
    await isCurrent("a@kernel.example");
  });

  it("goes to a line on the editor's word and opens what hides it", async () => {
    const { page, show, channel } = await open();
    await show(await longReply(), "a@kernel.example");
    channel.emit("goTo", { messageId: "b@kernel.example", line: 5 });
    await page.waitForSelector("#m1 [data-line='5'].flash");
    assert.equal(await page.locator("#m1 [data-line='5']").isVisible(), true);
  });

  it("jumps from cited text to where it was said, flashes it, and comes back", async () => {
    const mails = await longReply();
    const { page, show } = await open();
    const reply = mails.messages[1] as MessageView;
    for (const block of reply.blocks) {
      if (block.depth > 0) {
        block.source = {
          messageId: "a@kernel.example",
          firstLine: block.firstLine - 1,
          lastLine: Math.min(block.lastLine - 1, 60),
          state: "verbatim",
        };
      }
    }
    await show(mails, "b@kernel.example");
    const cite = page.locator("#m1 .run > .cite").last();
    await cite.hover();
    const origin = cite.locator(".origin");
    assert.match((await origin.textContent()) ?? "", /^↑ Ada line \d+$/);
    await origin.click();
    assert.equal(await page.locator("article.current").getAttribute("data-message"), "a@kernel.example");
    assert.equal(await page.locator("#m0 [data-line='60'].flash").count(), 1);
    await page.keyboard.press("Backspace");
    assert.equal(await page.locator("article.current").getAttribute("data-message"), "b@kernel.example");
    assert.equal(await page.locator("#m0 .answer button").textContent(), "Bo ↓");
  });

  it("leads from the diffstat to the file, right below the heading", async () => {
    const { page, show } = await open();
    await show(await reviewThread(), REVIEW.patch);
    await page.locator(".stat .link").last().click();
    const file = page.locator("section.file", { hasText: "mm/Kconfig" });
    assert.equal(await file.locator(".fileName:focus").count(), 1);
    const distance = await file.evaluate(
      (card) => card.getBoundingClientRect().top - (card.closest("main")?.getBoundingClientRect().top ?? 0),
    );
    assert.ok(distance > 0 && distance < 100, `${distance} px below the top`);
  });

  it("leads from the diffstat of a cover letter to the patch that changes the file, and back", async () => {
    const { page, show } = await open();
    const { series } = await sample();
    await show(series, series.view.outline[0]?.messageId);
    await page.locator("article.current .stat .link", { hasText: "mm/pond.c" }).click();
    const file = page.locator("article.current section.file", { hasText: "mm/pond.c" });
    await file.locator(".fileName:focus").waitFor();
    await page
      .getByRole("status")
      .getByText(/^The first of \d patches that change it/)
      .waitFor();
    await page.keyboard.press("Backspace");
    await page.waitForSelector(`article.current[data-message="${series.view.outline[0]?.messageId}"]`);
  });
});
