/** From a message to the bytes of the answer: reply, write, preview, save, and nothing is lost on the way. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../fixtures.ts";
import { assertSpoken } from "../spoken.ts";
import { openWorkbench, type ThemeName, themes, type Workbench } from "./workbench.ts";

const REVIEW = "20261005152048.p2@kernel.example";
const identity = (host: string) => ({ name: "Test Reader", address: `reader@${host}.example` });

describe("answering a message", () => {
  let workbench: Workbench;
  const article = (messageId: string) => workbench.reader().locator(`article[data-message="${messageId}"]`);
  const onlyDraft = (): string => {
    const drafts = [...workbench.drafts().values()];
    assert.equal(drafts.length, 1);
    return drafts[0] ?? "";
  };
  /** Opens the review of patch 2 of version 1 in the reader. */
  const openReview = async (): Promise<void> => {
    await workbench.ask(
      "Kernel Mail: Open Message or Link...",
      `https://lore.kernel.org/linux-pond/${REVIEW}/`,
    );
    await workbench.reader().locator(`article.current[data-message="${REVIEW}"]`).waitFor();
    await workbench.reader().locator("main.done").waitFor();
  };
  const discard = async (): Promise<void> => {
    await workbench.openSideBar();
    await workbench.menu(workbench.row(/^Draft, Re: \[PATCH 2\/3\] pond/), "Discard Draft");
    await workbench.toast("The draft was discarded.").waitFor();
    // The reader comes back in the draft's place and takes the focus when it is drawn.
    await workbench.reader().locator("main.done").waitFor();
    await workbench.dismissToasts();
  };

  before(async () => {
    const sample = join(root(), "media", "sample", "sample.mbox");
    workbench = await openWorkbench({
      archives: [{ path: sample, name: "Sample archive" }],
      settings: { "kernelMail.compose.enterSplitsCitedText": true },
      machine: { "kernelMail.identities": ["kernel", "work"].map(identity) },
    });
    await workbench.openSideBar();
    await workbench.row(/^Archive Sample archive, 5 threads/).waitFor();
  });
  after(() => workbench.close());
  afterEach(async function () {
    if (this.currentTest?.state === "failed") await workbench.screenshot(`failed-${this.currentTest.title}`);
  });

  it("makes a draft by the key r in the reader: recipients, subject, ancestry, attribution, cited text", async () => {
    await openReview();
    await article(REVIEW).focus();
    await workbench.page.keyboard.press("r");
    await workbench.tab(/\.eml/).waitFor();
    const draft = onlyDraft();
    const [head = "", ...body] = draft.split("\n\n");
    assert.match(head, /^From: Test Reader <reader@kernel\.example>$/m);
    assert.match(head, /^To: Bo Lind <bo\.lind@kernel\.example>$/m);
    assert.match(head, /^Cc: .*ada@moreno\.example.*/m);
    assert.match(head, /linux-pond@lists\.kernel\.example/);
    assert.match(head, /^Subject: Re: \[PATCH 2\/3\] pond: keep a few pages on each CPU$/m);
    assert.match(head, new RegExp(`^In-Reply-To: <${REVIEW}>$`, "m"));
    assert.match(head, new RegExp(`^References: (?:<\\S+>\\s+)+<${REVIEW}>$`, "m"));
    const text = body.join("\n\n");
    assert.match(text, /^On Mon, Oct 0?5, 2026 at 15:20:48 \+0200, Bo Lind wrote:\n> On Mon, Oct 05/m);
    assert.match(text, /^> > \+\tif \(cache->count <= POND_BATCH\) \{$/m);
    assert.doesNotMatch(text, /timers and idle/, "the signature is left out");
  });

  it("takes what is typed below the cited text", async () => {
    const { page } = workbench;
    await page.keyboard.press("Control+End");
    await page.keyboard.type("Thanks, fixed in v2.\n");
    await page.keyboard.press("Control+s");
    await workbench.until(() => /\n\nThanks, fixed in v2\.\n$/.test(onlyDraft()), "the draft is saved");
  });

  it("previews the exact bytes and saves the same ones as .eml", async () => {
    const { page } = workbench;
    await workbench.command("Kernel Mail: Save Draft as .eml...");
    const target = join(workbench.workspace, "answer.eml");
    await workbench.answer(target, /\.eml$/);
    await page
      .getByText(/Saved answer\.eml/)
      .first()
      .waitFor();
    await workbench.command("Kernel Mail: Preview Message");
    await workbench.tab(/^Preview of/).waitFor();
    const shown = (await workbench.editorText()).replace(/\r\n/g, "\n");
    const saved = readFileSync(target);
    assert.equal(shown, saved.toString("utf8").replace(/\r\n/g, "\n"));
    assert.ok(saved.includes("\r\n\r\nOn Mon, Oct"));
    assert.match(saved.toString("latin1"), /\r\nContent-Transfer-Encoding: (?:7bit|8bit)\r\n/);
    assert.doesNotMatch(saved.toString("latin1"), /[^\r]\n/, "every line ends in CR LF");
    await page.keyboard.press("Control+w");
  });

  it("opens the same draft again when the message is answered twice", async () => {
    await openReview();
    await workbench.command("Kernel Mail: Reply to All");
    await workbench.toast("This is the draft that you have for this message").waitFor();
    assert.equal(workbench.drafts().size, 1);
    await workbench.dismissToasts();
  });

  it("keeps the draft when the page is loaded anew", async () => {
    const before = onlyDraft();
    await workbench.reload();
    await workbench.tab(/\.eml/).waitFor();
    assert.equal(onlyDraft(), before);
  });

  it("keeps what was typed when the server is killed", async () => {
    const { page } = workbench;
    await workbench.tab(/\.eml/).click();
    await workbench.intoText();
    await page.keyboard.press("Control+End");
    const typed = "One more line before the power goes.\n";
    await page.keyboard.type(typed);
    // Nobody presses Ctrl+S: drafts are saved by themselves, also in the middle of a line.
    await workbench.until(() => onlyDraft().endsWith(typed), "the draft is saved");
    await workbench.killAndRestart();
    assert.match(onlyDraft(), /\n\nThanks, fixed in v2\.\nOne more line before the power goes\.\n$/);
    await workbench.openSideBar();
    await workbench.row(/^Draft, Re: \[PATCH 2\/3\] pond/).click();
    // It is open, and keeps its cursor: at the end, where the last words stand.
    await workbench.page.locator(".view-line").getByText("One more line before the power goes.").waitFor();
    await workbench.intoText();
    assert.match(await workbench.editorText(), /One more line before the power goes\./);
  });

  it("discards a draft when asked to", async () => {
    await discard();
    assert.equal(workbench.drafts().size, 0);
    await workbench.tab(/\.eml/).waitFor({ state: "detached" });
  });

  it("cites only the selected lines, by the button of the message", async () => {
    await openReview();
    const lines = article(REVIEW).getByText("alloc_percpu() can fail, and pond_init() already").first();
    await lines.scrollIntoViewIfNeeded();
    await lines.click({ clickCount: 3 });
    await article(REVIEW).hover();
    await article(REVIEW)
      .getByRole("button", { name: /^Reply to/ })
      .first()
      .click();
    await workbench.tab(/\.eml/).waitFor();
    const text = onlyDraft().split("\n\n").slice(1).join("\n\n");
    assert.equal(
      text.trimEnd(),
      "On Mon, Oct 5, 2026 at 15:20:48 +0200, Bo Lind wrote:\n> alloc_percpu() can fail, and pond_init() already returns an error for",
    );
    await discard();
  });

  it("answers by the command as well", async () => {
    await openReview();
    await workbench.command("Kernel Mail: Reply to All");
    await workbench.tab(/\.eml/).waitFor();
    assert.equal(workbench.drafts().size, 1);
  });

  for (const theme of Object.keys(themes) as ThemeName[]) {
    it(`looks right in ${theme} (screenshots)`, async () => {
      await workbench.theme(theme);
      await workbench.tab(/\.eml/).first().click();
      await workbench.page.locator(".view-lines").last().waitFor();
      await workbench.screenshot(`${theme}-draft`);
    });
  }

  it("is spoken in its order: what there is to do, then the text from its top", async () => {
    const { page } = workbench;
    const toggle = () => workbench.command("Toggle Screen Reader Accessibility Mode");
    await toggle();
    await workbench.intoText();
    await page.keyboard.press("Control+Home");
    const editor = page.locator(".editor-group-container.active .editor-instance");
    await editor.getByRole("button", { name: "Preview" }).waitFor();
    const textbox = editor.getByRole("textbox").filter({ hasText: "Test Reader" });
    await textbox.waitFor();
    // The lines that the text box holds for a screen reader are no part of the tree; they follow it.
    const lines = (await textbox.innerText()).replaceAll("\u00a0", " ").split("\n");
    const text = lines.map((line) => `    ${line}`.trimEnd()).join("\n");
    const spoken = `${await editor.ariaSnapshot()}:\n${text}`
      .replace(/-[0-9a-f]{6}\.eml/, ".eml")
      .replace(/"Check \(\d+\)"/, '"Check"')
      .replace(/(Message-ID: ).*$/s, "$1...");
    assertSpoken("draft", spoken);
    await toggle();
  });

  it("R607 splits a cited line by Enter where the setting says so", async () => {
    const { page } = workbench;
    await discard();
    await openReview();
    await workbench.command("Kernel Mail: Reply to All");
    await workbench.tab(/\.eml/).waitFor();
    await workbench.lens("Preview").waitFor({ state: "attached" });
    // The cursor stands at the end of the first line to answer.
    for (const key of ["Control+ArrowLeft", "Control+ArrowLeft", "Enter"]) await page.keyboard.press(key);
    await workbench.until(() => onlyDraft().includes(" need\n\n\n\n> another round.\n"), "the line is split");
  });

  it("changes the recipients in a list: one is struck, one is typed", async () => {
    const { page } = workbench;
    await workbench.command("Kernel Mail: Edit Recipients...");
    const list = page.locator(".quick-input-widget");
    const ada = list
      .getByRole("option", { name: /^Ada Moreno/ })
      .or(list.getByRole("checkbox", { name: /^Ada Moreno/ }));
    await ada.first().click();
    await list.getByText(/^\d+ Selected$/).waitFor();
    await workbench.screenshot("draft-recipients");
    await page.keyboard.type("zoe@kernel.example");
    await list.getByText("Add to Cc").first().waitFor();
    await page.keyboard.press("Enter");
    await list.waitFor({ state: "hidden" });
    await workbench.until(() => /^Cc: .*zoe@kernel\.example/ms.test(onlyDraft()), "the draft is saved");
    const [header = ""] = onlyDraft().split("\n\n");
    assert.doesNotMatch(header, /Ada Moreno/);
    assert.match(header, /linux-pond@lists\.kernel\.example/);
    await workbench.lens(/1 added, 1 left out/).waitFor({ state: "attached" });
  });

  it("writes as another identity that is picked", async () => {
    await workbench.ask("Kernel Mail: Choose Identity...", /reader@work\.example/);
    await workbench.until(() => onlyDraft().startsWith("From: Test Reader <reader@work.example>\n"), "saved");
  });

  it("inserts the link of a message of the thread", async () => {
    const { page } = workbench;
    await workbench.intoText();
    await page.keyboard.press("Control+End");
    await workbench.ask("Kernel Mail: Insert Link to a Message...", /\[PATCH v2 0\/3\]|\[PATCH 0\/3\]/);
    await workbench.until(
      () => /https:\/\/lore\.kernel\.org\/r\/\S+$/.test(onlyDraft()),
      "the draft is saved",
    );
  });

  it("leaves the archive as it was", () => {
    assert.equal(existsSync(join(root(), "media", "sample", "sample.mbox.lock")), false);
  });
});
