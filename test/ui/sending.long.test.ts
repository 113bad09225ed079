/** From a reply to a mail that has left: chord, preview, chord; undone, refused, and where one is afterwards. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../fixtures.ts";
import { type MailServer, startMailServer } from "../mailServer.ts";
import { openWorkbench, type Workbench } from "./workbench.ts";

const REVIEW = "20261005152048.p2@kernel.example";

describe("sending a reply", () => {
  let workbench: Workbench;
  let server: MailServer;
  /** What the server says to the next mail. */
  let answer: string | undefined;

  const article = (messageId: string) => workbench.reader().locator(`article[data-message="${messageId}"]`);
  const outbox = (): string[] => {
    const folder = join(workbench.storage, "outbox");
    return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".eml")) : [];
  };

  /** The key r in the reader, own text below what is cited, and the chord. */
  const writeAndSend = async (text: string): Promise<void> => {
    const { page } = workbench;
    await workbench.ask(
      "Kernel Mail: Open Message or Link...",
      `https://lore.kernel.org/linux-pond/${REVIEW}/`,
    );
    await workbench.reader().locator(`article.current[data-message="${REVIEW}"]`).waitFor();
    await workbench.reader().locator("main.done").waitFor();
    await article(REVIEW).focus();
    await page.keyboard.press("r");
    await workbench.tab(/\.eml/).waitFor();
    await page.locator(".editor-container .view-lines").last().waitFor();
    await page.keyboard.press("Control+End");
    await page.keyboard.type(text);
    await chord();
    await workbench.tab(/^Preview of/).waitFor();
  };
  const chord = async (): Promise<void> => {
    await workbench.page.keyboard.press("Control+k");
    await workbench.page.keyboard.press("Control+Enter");
  };
  /** The paper plane above a draft or its preview. */
  const plane = (name: RegExp) =>
    workbench.page.locator(".editor-group-container.active .title").getByRole("button", { name });
  /**
   * The chord in the preview, or another act, done again as long as the preview is too young to be confirmed. Where something took
   * the focus from it, it is clicked first, as a person would.
   */
  const confirm = async (act: () => Promise<void> = chord): Promise<void> => {
    const { page } = workbench;
    await workbench.lens("Send This Message").first().waitFor({ state: "attached" });
    for (let attempt = 0; attempt < 20 && (await workbench.tab(/^Preview of/).isVisible()); attempt++) {
      if (attempt > 5) await workbench.intoText();
      await act();
      await page.waitForTimeout(700);
    }
    await workbench.tab(/^Preview of/).waitFor({ state: "detached" });
  };

  before(async () => {
    server = await startMailServer({ authOptional: true, answer: () => answer });
    const sample = join(root(), "media", "sample", "sample.mbox");
    workbench = await openWorkbench({
      archives: [{ path: sample, name: "Sample archive" }],
      machine: {
        "kernelMail.send.smtp": { host: "127.0.0.1", port: server.port, encryption: "none" },
        "kernelMail.send.onlyReserved": true,
      },
      settings: { "kernelMail.send.undoSeconds": 0 },
    });
    await workbench.openSideBar();
    await workbench.row(/^Archive Sample archive, 5 threads/).waitFor();
  });
  after(async () => {
    await workbench.close();
    await server.close();
  });
  afterEach(async function () {
    if (this.currentTest?.state === "failed") await workbench.screenshot(`failed-${this.currentTest.title}`);
  });

  it("sends what the preview shows, byte for byte, after the chord in both", async () => {
    await writeAndSend("Looks good, grüße.\n");
    await workbench.screenshot("send-preview");
    const shown = await workbench.editorText();
    await confirm();
    await workbench.until(() => server.received.length === 1, "the mail arrives");
    const [mail] = server.received;
    assert.equal(mail?.bytes.toString(), shown.replace(/\r?\n/g, "\r\n"));
    assert.equal(mail?.from, "reader@kernel.example");
    assert.ok(mail?.to.includes("linux-pond@lists.kernel.example"));
    const copies = join(workbench.storage, "sent.mbox");
    await workbench.until(
      () => existsSync(copies) && readFileSync(copies, "utf8").includes("\nLooks good, grüße.\n"),
      "a copy is kept",
    );
  });

  it("goes back to the message that was answered, and leaves no draft and no tab behind", async () => {
    await workbench.reader().locator(`article.current[data-message="${REVIEW}"]`).waitFor();
    assert.equal(workbench.drafts().size, 0);
    assert.equal(await workbench.tab(/\.eml/).count(), 0);
    // The reader has the focus: its keys work.
    await workbench.page.keyboard.press("j");
    await workbench.reader().locator(`article.current:not([data-message="${REVIEW}"])`).waitFor();
  });

  it("shows the mail in its thread as pending, and in the outbox", async () => {
    await workbench.reader().getByText("pending", { exact: true }).first().waitFor();
    await workbench.row(/^Outbox, Re: \[PATCH 2\/3\] pond: .*, pending on the list, sent /).waitFor();
    await workbench.screenshot("send-pending");
  });

  it("gives a mail that the server refuses back as a draft, with the server's words", async () => {
    answer = "554 5.7.1 This list takes no replies today";
    await writeAndSend("Once more.\n");
    await confirm();
    await workbench.toast("554 5.7.1 This list takes no replies today").waitFor();
    await workbench.until(() => workbench.drafts().size === 1, "the draft is back");
    const [draft = ""] = workbench.drafts().values();
    assert.match(draft, /\nOnce more\.\n$/);
    await workbench.row(/^Draft, Re: \[PATCH 2\/3\] pond: .*refused by the server/).waitFor();
    await workbench.screenshot("send-refused");
    await workbench.dismissToasts();
  });

  it("sends the corrected draft under the same Message-ID, by the paper planes of draft and preview", async () => {
    answer = undefined;
    const [draft = ""] = workbench.drafts().values();
    const [, messageId] = /^Message-ID: <(\S+)>/m.exec(draft) ?? [];
    await workbench.row(/^Draft, Re: \[PATCH 2\/3\] pond/).click();
    await workbench.tab(/\.eml/).waitFor();
    await plane(/^Send\.\.\./).click();
    await workbench.tab(/^Preview of/).waitFor();
    // The button goes with its preview, perhaps while it is clicked once more.
    await confirm(() =>
      plane(/^Send This Message/)
        .click({ timeout: 5000 })
        .catch(() => undefined),
    );
    await workbench.until(() => server.received.length === 2, "the mail arrives");
    assert.ok(server.received[1]?.bytes.includes(`Message-ID: <${messageId}>`));
  });

  it("voids the preview when the draft is edited", async () => {
    const { page } = workbench;
    await writeAndSend("A third time.\n");
    await workbench.tab(/^pond-/).click();
    await workbench.intoText();
    await page.keyboard.press("Control+End");
    await page.keyboard.type("And more.\n");
    await workbench.until(
      () => [...workbench.drafts().values()].some((draft) => draft.endsWith("And more.\n")),
      "the draft is saved",
    );
    await workbench.tab(/^Preview of/).click();
    await workbench.intoText();
    await page.waitForTimeout(700);
    await chord();
    await page.getByText("The draft was changed: this is the new preview.").waitFor();
    assert.equal(server.received.length, 2);
    await confirm();
    await workbench.until(() => server.received.length === 3, "the mail arrives");
    assert.ok(server.received[2]?.bytes.includes("\r\nAnd more.\r\n"));
    await workbench.tab(/\.eml/).waitFor({ state: "detached" });
  });

  it("refuses a draft with nothing of one's own", async () => {
    await workbench.ask(
      "Kernel Mail: Open Message or Link...",
      `https://lore.kernel.org/linux-pond/${REVIEW}/`,
    );
    await workbench.reader().locator("main.done").waitFor();
    await workbench.command("Kernel Mail: Reply to All");
    await workbench.tab(/\.eml/).waitFor();
    await workbench.command("Kernel Mail: Send...");
    await workbench.toast("Not ready to be sent: The message holds no text of your own.").waitFor();
    assert.equal(server.received.length, 3);
    await workbench.dismissToasts();
  });

  it("says in one sentence that sending works", async () => {
    await workbench.command("Kernel Mail: Check Sending");
    await workbench.toast(/Sending works: 127\.0\.0\.1, port \d+, not encrypted, on this machine/).waitFor();
    await workbench.dismissToasts();
    assert.equal(outbox().length, 3);
  });

  /** Does acts one after the other, each a key or a chord, and gives their number. */
  const acts = async (...all: (() => Promise<unknown>)[]): Promise<number> => {
    for (const act of all) await act();
    return all.length;
  };
  const press = (key: string) => () => workbench.page.keyboard.press(key);
  /** The message that is answered has the focus, and nothing is on its way to take it again. */
  const reviewInFocus = async (): Promise<void> => {
    await workbench.reader().locator(`article.current[data-message="${REVIEW}"]`).waitFor();
    const focus = () => workbench.page.evaluate("document.activeElement?.tagName");
    await workbench.until(async () => (await focus()) === "IFRAME", "the focus in the reader");
  };
  const openReview = async (): Promise<void> => {
    await workbench.ask(
      "Kernel Mail: Open Message or Link...",
      `https://lore.kernel.org/linux-pond/${REVIEW}/`,
    );
    await reviewInFocus();
    await workbench.reader().locator("main.done").waitFor();
    await article(REVIEW).focus();
  };
  const nextMessage = async (): Promise<void> => {
    await reviewInFocus();
    await press("j")();
    await workbench.reader().locator(`article.current:not([data-message="${REVIEW}"])`).waitFor();
  };

  it("takes five acts for a reply of one remark by r or by c, to the next message, and four for a trailer", async () => {
    const { page } = workbench;
    await openReview();
    const reply = await acts(
      press("r"),
      async () => {
        await workbench.tab(/^pond-.*\.eml/).waitFor();
        await workbench.lens("Preview").waitFor({ state: "attached" });
        await press("Alt+Enter")();
        await page.keyboard.type("One remark.");
      },
      chord,
      confirm,
      nextMessage,
    );
    await workbench.until(() => server.received.length === 4, "the reply arrives");
    assert.match(server.received[3]?.bytes.toString() ?? "", /\r\n> .+\r\n\r\nOne remark\.\r\n$/);
    await openReview();
    const comment = await acts(
      async () => {
        await article(REVIEW).getByText("if (cache->count <= POND_BATCH)").first().click();
        await reviewInFocus();
      },
      press("c"),
      async () => {
        await workbench.tab(/^pond-.*\.eml/).waitFor();
        await workbench.lens("Preview").waitFor({ state: "attached" });
        await page.keyboard.type("Another remark.");
        await chord();
      },
      confirm,
      nextMessage,
    );
    await workbench.until(() => server.received.length === 5, "the comment arrives");
    assert.match(
      server.received[4]?.bytes.toString() ?? "",
      /wrote:\r\n> > @@ .*\r\n(?:> .*\r\n)+> > \+\tif \(cache->count <= POND_BATCH\) \{\r\n\r\nAnother remark\.\r\n$/,
    );
    await openReview();
    const trailer = await acts(
      press("t"),
      async () => {
        // A letter that came before the list has the focus would be a key of the reader.
        await page.locator('input:focus[placeholder^="A letter chooses"]').waitFor();
        await press("a")();
        await workbench.tab(/^Preview of/).waitFor();
      },
      confirm,
      nextMessage,
    );
    await workbench.until(() => server.received.length === 6, "the trailer arrives");
    assert.match(
      server.received[5]?.bytes.toString() ?? "",
      /\r\n\r\nAcked-by: Test Reader <reader@kernel\.example>\r\n$/,
    );
    assert.deepEqual([reply, comment, trailer], [5, 5, 4]);
  });

  it("sends a trailer for a series after one preview and one question with number and list", async () => {
    const { page } = workbench;
    await openReview();
    await workbench.ask("Kernel Mail: Give Trailer to Several Patches...", /^Reviewed-by/);
    const patches = page.locator(".quick-input-widget").filter({ hasText: "Reviewed-by for" });
    await patches.getByText("3 Selected").waitFor();
    await page.keyboard.press("Enter");
    const preview = workbench.tab("Preview of 3 messages");
    await preview.waitFor();
    await page.getByText("Send 3 Messages").waitFor();
    await workbench.screenshot("send-batch");
    const question = page
      .getByRole("dialog")
      .filter({ hasText: "Send 3 messages to linux-pond@lists.kernel.example" });
    for (let attempt = 0; attempt < 20 && !(await question.isVisible()); attempt++) {
      await chord();
      await page.waitForTimeout(700);
    }
    await question.getByRole("button", { name: "Send All" }).click();
    await preview.waitFor({ state: "detached" });
    await workbench.until(() => server.received.length === 9, "the trailers arrive");
  });
});
