/** From a link of a public-inbox server to the thread, an answer, a link inside it, and back. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../fixtures.ts";
import { splitMbox, writeMirror } from "../mirror.ts";
import { needPublicInbox, type PublicInboxServer, servePublicInbox } from "../publicInbox.ts";
import { openWorkbench, type Workbench } from "./workbench.ts";

/** The cover letter of the second version links to that of the first. */
const SECOND = "20261013080500.5107-1-ada@moreno.example";
const FIRST = "20261005083000.4821-1-ada@moreno.example";

function git(...args: string[]): void {
  const who = ["-c", "user.name=Ada Moreno", "-c", "user.email=ada@moreno.example"];
  execFileSync("git", [...who, ...args], { stdio: ["ignore", "ignore", "inherit"] });
}

describe("from a link of a server to a reply", () => {
  let folder: string;
  let remote: PublicInboxServer;
  let workbench: Workbench;
  before(async function () {
    needPublicInbox(this);
    folder = mkdtempSync(join(tmpdir(), "kernel-mail-served-"));
    const mails = splitMbox(readFileSync(join(root(), "media", "sample", "sample.mbox")));
    writeMirror(mails, join(folder, "pond"));
    remote = await servePublicInbox({
      name: "pond",
      address: "linux-pond@lists.example",
      folder: join(folder, "pond"),
    });
    workbench = await openWorkbench({ servers: [remote.base] });
  });
  after(async () => {
    await workbench?.close();
    await remote?.close();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });
  afterEach(async function () {
    if (this.currentTest?.state === "failed") await workbench?.screenshot(`failed-${this.currentTest.title}`);
  });
  const shown = (messageId: string) =>
    workbench.reader().locator(`main.done article.current[data-message="${messageId}"]`);

  it("a link pasted from the view's menu opens the whole thread, without an archive and without a question", async () => {
    await workbench.openSideBar();
    await workbench.viewMenu("Open Message or Link...");
    await workbench.answer(`see ${remote.base}pond/${SECOND}/T/#u`);
    await shown(SECOND).waitFor();
    assert.equal(await workbench.reader().locator("article.message").count(), 9);
    await workbench.row(/^Archive Opened, .*1 thread, 9 messages/).waitFor();
  });

  it("an answer to it is drafted", async () => {
    await workbench.page.keyboard.press("r");
    await workbench.tab(/\.eml/).first().waitFor();
    await workbench.until(() => workbench.drafts().size === 1, "a draft");
    const [draft = ""] = workbench.drafts().values();
    assert.match(draft, new RegExp(`^In-Reply-To: <${SECOND}>$`, "m"));
    await workbench.screenshot("lore-reply");
  });

  it("a link inside says what it leads to, and brings the other thread", async () => {
    await workbench
      .tab(/take and give pages/)
      .first()
      .click();
    const link = workbench.reader().locator("a.link").filter({ hasText: FIRST }).first();
    await link.hover();
    await workbench
      .reader()
      .locator('a.link[title*="Not in your archives. A click asks 127.0.0.1"]')
      .first()
      .waitFor();
    await workbench.screenshot("lore-thread");
    await link.click();
    await shown(FIRST).waitFor();
    await workbench.row(/^Archive Opened, .*2 threads/).waitFor();
  });

  it("one step back leads to where the link stood", async () => {
    await workbench.page.keyboard.press("Backspace");
    await shown(SECOND).waitFor();
  });

  it("a list can stay on its server: its newest threads, and what the server's search finds", async () => {
    await workbench.ask("Kernel Mail: Add Archive...", /Type a Path or Address/, `${remote.base}pond`);
    const list = workbench.row(/^Archive pond on the server 127\.0\.0\.1/);
    await list.waitFor();
    await workbench.expand(list);
    await workbench.row(/^tide: fixes for v6\.99/).click();
    await workbench.reader().getByText("three small fixes").waitFor();
    await workbench.menu(list, "Search on Server...");
    await workbench.answer("s:rebased");
    await workbench.row("Found by the server: s:rebased").waitFor();
    await workbench.row(/^tide and pond trees rebased, one list for both/).waitFor();
    await workbench.screenshot("lore-remote");
  });

  it("an address of a script opens a message", async () => {
    await workbench.ask("Developer: Open URL", `code-oss://kernel-mail.kernel-mail/open?id=${SECOND}`);
    const question = workbench.page.locator(".monaco-dialog-box");
    await question.getByRole("button", { name: "Open", exact: true }).click();
    await shown(SECOND).waitFor();
  });

  it("a link in what git log says in the terminal opens in the reader", async () => {
    const { page } = workbench;
    const tree = join(folder, "tree");
    git("init", "--quiet", tree);
    git(
      "-C",
      tree,
      "commit",
      "--quiet",
      "--allow-empty",
      "-m",
      "pond: take",
      "-m",
      `Link: https://lore.kernel.org/r/${FIRST}`,
    );
    await workbench.command("Terminal: Create New Terminal");
    await page.locator(".terminal-wrapper.active .xterm-screen").click();
    await page.keyboard.type(`git -C ${tree} --no-pager log -1`);
    await page.keyboard.press("Enter");
    const line = page.locator(".terminal-wrapper.active .xterm-rows > div").filter({ hasText: /^\s+Link: / });
    await line.first().waitFor();
    const box = await line.first().boundingBox();
    assert.ok(box);
    await page.mouse.move(box.x + 150, box.y + box.height / 2);
    // The link is there when its hover says what it leads to.
    await page
      .locator(".workbench-hover, .monaco-hover")
      .filter({ hasText: "[PATCH 0/3] pond" })
      .first()
      .waitFor();
    await page.keyboard.down("Control");
    await page.mouse.click(box.x + 150, box.y + box.height / 2);
    await page.keyboard.up("Control");
    await shown(FIRST).waitFor();
    assert.equal(page.context().pages().length, 1);
  });

  it("a link in a comment of C: its hover says who wrote what, the menu of the editor opens it", async () => {
    const { page } = workbench;
    const comment = `/*\n * The lock is left alone here, see\n * https://lore.kernel.org/r/${FIRST}\n */\n`;
    writeFileSync(join(workbench.workspace, "pond.c"), comment);
    await workbench.command("Go to File...");
    const input = page.locator(".quick-input-widget input.input");
    await input.fill("pond.c");
    await page.locator(".quick-input-list .monaco-list-row").filter({ hasText: "pond.c" }).first().waitFor();
    await input.press("Enter");
    await workbench.tab("pond.c").waitFor();
    const link = page.locator(".view-line span").filter({ hasText: FIRST }).last();
    const hover = page.locator(".monaco-hover:not(.hidden)").filter({ hasText: "[PATCH 0/3] pond" });
    // A pointer that rests before the file's providers are there is told nothing until it moves again.
    await workbench.until(async () => {
      await workbench.tab("pond.c").hover();
      await link.hover();
      return await hover
        .first()
        .waitFor({ timeout: 4000 })
        .then(
          () => true,
          () => false,
        );
    }, "the hover of the link");
    await workbench.screenshot("lore-hover");
    await workbench.menu(link, "Open Message or Link...");
    await shown(FIRST).waitFor();
  });

  it("threads that were opened go when they are dropped, and the root with the last one", async () => {
    await workbench.expand(workbench.row(/^Archive Opened/));
    await workbench.screenshot("lore-opened");
    await workbench.menu(workbench.row(/^Archive Opened/), "Drop from Opened");
    await workbench.row(/^Archive Opened/).waitFor({ state: "detached" });
  });
});
