/** From the icon to a read thread: what a newcomer does in the first minute. */
import assert from "node:assert/strict";
import { openWorkbench, type ThemeName, themes, type Workbench } from "./workbench.ts";

/** The message with text cited twelve levels deep. */
const DEEP = 'article[data-message="20260917110352.b3@sahin.example"]';

describe("reading the sample archive", () => {
  let workbench: Workbench;
  before(async () => {
    workbench = await openWorkbench();
  });
  after(() => workbench.close());
  afterEach(async function () {
    if (this.currentTest?.state === "failed") await workbench.screenshot(`failed-${this.currentTest.title}`);
  });

  const openLists = async (): Promise<void> => {
    await workbench.expand(workbench.row(/^Archive Sample archive/));
    await workbench.expand(workbench.row(/^List linux-tide, 3 threads, 22 messages$/));
    await workbench.expand(workbench.row(/^List linux-pond, 2 threads, 21 messages$/));
  };

  it("welcomes with four ways to begin", async () => {
    await workbench.openSideBar();
    const buttons = await workbench.welcome().getByRole("button").allInnerTexts();
    assert.deepEqual(buttons, [
      "Open Sample Archive",
      "Add Archive...",
      "Open Message or Link...",
      "Mirror a List...",
    ]);
  });

  it("opens the sample archive with one click and says what it holds", async () => {
    await workbench.welcome().getByRole("button", { name: "Open Sample Archive" }).click();
    await workbench.row(/^Archive Sample archive, 5 threads, 43 messages$/).waitFor();
    await workbench.toast("“Sample archive” holds 43 messages.").waitFor();
    await workbench.dismissToasts();
  });

  it("shows lists, and in them threads, newest activity first", async () => {
    await openLists();
    const newest = /^pond: take and give .* version 2, 3 patches, Ada Moreno, 9 messages/;
    await workbench.row(newest).waitFor();
    await workbench.row(/^tide: fixes for v6\.99/).waitFor();
    const shown = await workbench.page
      .locator(".sidebar .monaco-list-row[aria-level='3'] .label-name")
      .allInnerTexts();
    assert.deepEqual(shown, [
      "tide: fixes for v6.99",
      "tide and pond trees rebased, one list for both?",
      "tide: who decides how late a timer may fire?",
      "pond: take and give pages without a shared lock",
      "pond: take and give pages without a shared lock",
    ]);
  });

  it("expands a thread to its messages as answered, with a placeholder for the one that is missing", async () => {
    const threads = workbench.row(/^pond: take and give pages without a shared lock, 3 patches/);
    await workbench.expand(threads);
    await workbench.row(/^2\/3 pond: keep a few pages on each CPU, Ada Moreno/).waitFor();
    const ghost = workbench.row("A message that is referred to, but not in the archive.");
    await ghost.waitFor();
    assert.equal(await ghost.getAttribute("aria-level"), "7");
    assert.equal(await ghost.getAttribute("aria-expanded"), "true");
  });

  it("opens the whole thread in the reader", async () => {
    await workbench.row(/^2\/3 pond: keep a few pages on each CPU, Ada Moreno/).click();
    const reader = workbench.reader();
    await reader.locator("main.done").waitFor();
    assert.equal(await reader.locator("article.message").count(), 13);
    assert.equal(await reader.locator("article.missing").count(), 1);
    await reader.locator("article.current").filter({ hasText: "With 64 CPUs taking" }).waitFor();
  });

  it("colours added, removed and unchanged lines of a diff apart", async () => {
    const patch = workbench.reader().locator("article.current");
    const colour = async (text: string): Promise<string> =>
      await patch
        .getByText(text, { exact: false })
        .last()
        .evaluate((node) => {
          const line = node.closest("[data-line]") ?? node;
          return line.ownerDocument.defaultView?.getComputedStyle(line).backgroundColor ?? "";
        });
    const added = await colour("return cache->pages[--cache->count];");
    const context = await colour("page = list_first_entry_or_null");
    assert.notEqual(added, context);
  });

  it("colours the code of a diff by its language, under the page's own policy", async () => {
    const patch = workbench.reader().locator("article.current");
    await patch.locator(".code .code-keyword").first().waitFor();
    assert.equal(await patch.locator(".code [data-line]").first().getAttribute("role"), "heading");
  });

  it("leads from the diffstat to the file", async () => {
    const patch = workbench.reader().locator("article.current");
    const link = patch.locator("[data-act='goToFile']").last();
    const path = (await link.getAttribute("data-path")) ?? "";
    await link.click();
    const name = patch.locator(`section[data-path="${path}"] .fileName`);
    await name.and(workbench.reader().locator(":focus")).waitFor();
  });

  it("finds in the thread by one key", async () => {
    // A click would meet one of the acts that stand in the head while the pointer is there.
    await workbench.reader().locator("article.current").focus();
    await workbench.page.keyboard.press("/");
    const find = workbench.page.locator(".simple-find-part.visible");
    await find.waitFor();
    await workbench.page.keyboard.press("Escape");
  });

  it("decodes what came as base64 and as HTML beside plain text", async () => {
    const reader = workbench.reader();
    await reader.locator("article").getByText("on our machine (4 × 48").waitFor();
    await workbench.row(/^pond: take and give .* version 2/).click();
    await workbench.reader().getByText("I get 17 ns on mine, with an older compiler.").first().waitFor();
    assert.equal(await workbench.reader().locator("img").count(), 0);
  });

  it("folds what was said twelve levels deep, and unfolds it", async () => {
    await workbench.row(/^tide: who decides how late a timer may fire/).click();
    const reader = workbench.reader();
    const deep = reader.locator(`main.done ${DEEP}`);
    await deep.getByText("with an owner, the owner promises").scrollIntoViewIfNeeded();
    const fold = deep.locator("button.pill").first();
    const hidden = deep.getByText("tide collects timers that may be late");
    assert.equal(await hidden.isVisible(), false);
    assert.match((await fold.textContent()) ?? "", /\d+ (?:cited|quoted) lines/);
    await fold.click();
    await hidden.waitFor();
    assert.equal(await fold.getAttribute("aria-expanded"), "true");
    await fold.click();
    await hidden.waitFor({ state: "hidden" });
  });

  it("shows no soft line break and no mark of the transfer", async () => {
    const deep = workbench.reader().locator(DEEP);
    const text = (await deep.textContent()) ?? "";
    assert.ok(text.includes("tide collects timers that may be late and fires them together, so that an"));
    assert.ok(!text.includes("=E2=80=AF"));
  });

  it("follows a link to a message of the archive inside the reader", async () => {
    const reader = workbench.reader();
    const deep = reader.locator(DEEP);
    await deep.getByText("lore.kernel.org/linux-tide/20260914114003.a1@kernel.example").click();
    await reader.locator('article.current[data-message="20260914114003.a1@kernel.example"]').waitFor();
    assert.equal(workbench.page.context().pages().length, 1);
  });

  it("asks before a link leads out of the editor", async () => {
    await workbench.row(/^tide: fixes for v6\.99/).click();
    await workbench.reader().getByText("https://okafor.example/").first().click();
    const question = workbench.page.locator(".monaco-dialog-box").filter({ hasText: "okafor.example" });
    await question.waitFor();
    await question.getByRole("button", { name: "Cancel" }).click();
  });

  it("comes back to the same thread after the page was loaded anew", async () => {
    const rows = workbench.row("");
    const before = await rows.count();
    await workbench.reload();
    await workbench.reader().getByText("three small fixes").waitFor();
    // Rows that were open open again one after the other: who clicks meanwhile meets another row.
    await workbench.until(async () => (await rows.count()) === before, `the ${before} rows that were there`);
  });

  it("reads the same thread as a text document, and goes back to the reader", async () => {
    await workbench.row(/^tide: who decides how late a timer may fire/).click();
    await workbench.reader().locator(`main.done ${DEEP}`).waitFor();
    await workbench.command("Kernel Mail: Open Thread as Text");
    const page = workbench.page;
    const lines = page.locator(".editor-instance .view-line");
    await lines
      // The editor draws blanks as blanks that do not break.
      .filter({ hasText: /^Message:\s/ })
      .first()
      .waitFor();
    // Cited text is drawn apart once the extension has said which it is.
    await page.locator(".editor-instance .view-line span[class*='mtk']").nth(5).waitFor();
    await page.keyboard.press("Alt+.");
    await page.keyboard.press("Alt+.");
    await workbench.screenshot("text-of-a-thread");
    await workbench.command("Kernel Mail: Open Thread in Reader");
    await workbench.reader().locator(`main.done ${DEEP}`).waitFor();
  });

  for (const theme of Object.keys(themes) as ThemeName[]) {
    it(`looks right in ${theme} (screenshots)`, async () => {
      await workbench.theme(theme);
      const reader = workbench.reader();
      await workbench.row(/^tide: who decides how late/).click();
      // Going there scrolls there, and waits until the message is not drawn anew any more.
      await reader.locator(DEEP).getByText("with an owner, the owner promises").hover();
      await workbench.screenshot(`${theme}-reader-discussion`);
      await workbench.row(/^pond: take and give .* version 2/).click();
      await reader.locator("main.done article").getByText("local_lock_irqsave").first().waitFor();
      await workbench.screenshot(`${theme}-reader-series`);
    });
  }
});
