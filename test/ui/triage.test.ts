/** Reading is next, next, done: unread mail, stars, mutes, undo, searches, by the keys a person presses. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openWorkbench, type ThemeName, themes, type Workbench } from "./workbench.ts";

const HOUR = 3_600_000;

interface Letter {
  id: string;
  hoursAgo: number;
  from?: string;
  subject?: string;
  answers?: string[];
  text?: string;
}

/** Mail of a list as an mbox, with dates counted back from now. */
function mboxOf(letters: readonly Letter[]): string {
  return letters
    .map(({ id, hoursAgo, from = "Ada Moreno <ada@kernel.example>", subject, answers = [], text }) => {
      const references = answers.map((one) => `<${one}@tide.example>`).join(" ");
      return [
        "From mboxrd@z Thu Jan  1 00:00:00 1970",
        `From: ${from}`,
        `Date: ${new Date(Date.now() - hoursAgo * HOUR).toUTCString().replace("GMT", "+0000")}`,
        `Subject: ${answers.length > 0 ? "Re: " : ""}${subject ?? "tide: how late may a timer fire?"}`,
        `Message-ID: <${id}@tide.example>`,
        ...(references === ""
          ? []
          : [`In-Reply-To: ${references.split(" ").at(-1)}`, `References: ${references}`]),
        "List-Id: <linux-tide.lists.example>",
        "To: linux-tide@lists.example",
        "",
        ...Array.from({ length: 12 }, (_, line) => `${text ?? `text of ${id}`} (${line})`),
        "",
        "",
      ].join("\n");
    })
    .join("");
}

const series = { subject: "[PATCH v2] pond: count pages without a lock" };
const letters: Letter[] = [
  { id: "old", hoursAgo: 60 * 24, subject: "tide: meeting notes" },
  {
    id: "bot",
    hoursAgo: 30,
    from: "kernel test robot <lkp@intel.com>",
    subject: "[tide:master 3/9] build failed",
  },
  { id: "mine", hoursAgo: 28, from: "Test Reader <reader@kernel.example>", ...series },
  { id: "review", hoursAgo: 20, answers: ["mine"], ...series, text: "Why is the barrier needed?" },
  { id: "late", hoursAgo: 10 },
  { id: "late2", hoursAgo: 9, from: "Chen Wei <chen@kernel.example>", answers: ["late"] },
  { id: "late3", hoursAgo: 8, answers: ["late", "late2"] },
  {
    id: "noise",
    hoursAgo: 3,
    from: "Chen Wei <chen@kernel.example>",
    subject: "tide: colours of the web page",
  },
];

describe("reading what is unread", () => {
  let workbench: Workbench;
  let folder = "";
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "kernel-mail-triage-"));
    writeFileSync(join(folder, "tide.mbox"), mboxOf(letters));
    workbench = await openWorkbench({ archives: [{ path: join(folder, "tide.mbox"), name: "tide" }] });
    await workbench.openSideBar();
    await workbench.expand(workbench.row(/^Archive tide/));
  });
  after(async () => {
    await workbench.close();
    rmSync(folder, { recursive: true, force: true });
  });
  afterEach(async function () {
    if (this.currentTest?.state === "failed") await workbench.screenshot(`failed-${this.currentTest.title}`);
  });

  const current = (id: string) =>
    workbench.reader().locator(`article.current[data-message="${id}@tide.example"]`);
  const press = (keys: string) => workbench.page.keyboard.press(keys);
  /** The row of the tree that keys act on. */
  const focused = (name: RegExp) =>
    workbench.row(name).and(workbench.page.locator(".monaco-list:focus .monaco-list-row.focused"));

  it("counts what came lately, but neither own mail nor robots' nor what is old", async () => {
    await workbench.row(/^Archive tide, 5 unread, 5 threads, 8 messages$/).waitFor();
    await workbench.row(/^Search For Me, 1 unread$/).waitFor();
    await workbench.row(/^Unread\. tide: how late may a timer fire\?, Ada Moreno, 3 messages/).waitFor();
    await workbench.row(/^Unread\. pond: count pages .* answers you, followed\.$/).waitFor();
    await workbench.row(/^tide: meeting notes/).waitFor();
    await workbench.page.locator(".activitybar .badge-content").filter({ hasText: /^1$/ }).waitFor();
    await workbench.page.getByRole("button", { name: /^Kernel Mail: 1 message for you, 5 unread/ }).waitFor();
  });

  it("marks a message read when one moves on from it, and says how many are left", async () => {
    await workbench.row(/^Unread\. tide: how late/).click();
    await current("late").waitFor();
    await workbench.reader().locator("main.done").waitFor();
    await press("j");
    await current("late2").waitFor();
    await workbench.row(/^Archive tide, 4 unread/).waitFor();
    await workbench.reader().locator(".entry.unread").nth(1).waitFor();
  });

  for (const theme of Object.keys(themes) as ThemeName[]) {
    it(`looks right in ${theme} (screenshot)`, async () => {
      await workbench.theme(theme);
      await workbench.screenshot(`${theme}-threads`);
    });
  }

  it("marks read and goes on by d, and gives it back by z", async () => {
    await press("d");
    await current("late3").waitFor();
    await workbench.row(/^Archive tide, 3 unread/).waitFor();
    await press("z");
    await workbench.row(/^Archive tide, 4 unread/).waitFor();
    await press("p");
    await current("late2").waitFor();
  });

  it("goes on to the next thread with D, and mutes one by m", async () => {
    await press("D");
    await current("review").waitFor();
    await workbench.row(/^tide: how late may a timer fire/).waitFor();
    await press("n");
    await current("noise").waitFor();
    await press("m");
    await workbench.reader().getByText("Everything is read.").waitFor();
    await workbench.row(/colours of the web page/).waitFor({ state: "detached" });
    await press("z");
    await workbench.row(/colours of the web page/).waitFor();
  });

  it("stars by s, in the reader and in the tree", async () => {
    await press("s");
    await workbench.row(/colours of the web page.*starred\.$/).waitFor();
    const row = workbench.row(/^tide: how late may a timer fire/);
    await press("u");
    await focused(/colours of the web page/).waitFor();
    await row.click();
    await current("late").waitFor();
    await workbench.reader().locator("article.current").focus();
    await press("u");
    await focused(/^tide: how late may a timer fire/).waitFor();
    await press("s");
    await workbench.row(/^tide: how late may a timer fire.*starred\.$/).waitFor();
    // A key acts on the row that has the focus, and opens nothing: the next key is one of the tree again.
    await press("j");
    await focused(/pond: count pages/).waitFor();
    await press("s");
    await focused(/pond: count pages.*starred/).waitFor();
    await current("late").waitFor();
    await press("z");
    await focused(/pond: count pages(?!.*starred)/).waitFor();
    // Several that are selected are meant together.
    await press("Shift+ArrowUp");
    await workbench
      .row(/^tide: how late/)
      .and(workbench.page.locator(".selected"))
      .waitFor();
    await press("w");
    await workbench.row(/^tide: how late.*followed\.$/).waitFor();
    await press("z");
    await workbench.row(/^tide: how late may a timer fire(?!.*followed)/).waitFor();
  });

  it("keeps the threads that robots began in a row of their own", async () => {
    await workbench.expand(workbench.row("Robots"));
    await workbench.row(/^\[?tide:master 3\/9\]? ?build failed|^build failed/).waitFor();
  });

  it("searches as one types, keeps the result as a root, and saves it", async () => {
    await workbench.command("Kernel Mail: Search Mail...");
    const input = workbench.page.locator(".quick-input-widget input.input");
    const option = (at: number, text: string) =>
      workbench.page
        .locator(`.quick-input-widget .monaco-list-row[data-index="${at}"]`)
        .filter({ hasText: text })
        .waitFor();
    await input.fill("barri");
    await option(1, "pond: count pages");
    // What Enter does stands first, also where subjects have the word.
    await input.fill("pond");
    await option(0, "Show all of “pond”");
    await option(1, "pond: count pages");
    await input.fill("barrier");
    await option(0, "Show all of “barrier”");
    await input.press("Enter");
    await workbench.row("Search Search: barrier").waitFor();
    await workbench.screenshot("threads-search");
    await workbench.ask("Kernel Mail: Save Search...", "Barriers");
    await workbench.row("Search Barriers").waitFor();
    assert.equal(await workbench.row("Search Search: barrier").count(), 0);
  });

  it("marks a list read at once, and undoes it at once", async () => {
    await workbench.menu(workbench.row(/^tide: how late may a timer fire/), "Mark Unread");
    await workbench.row(/^Archive tide, 1 unread/).waitFor();
    await workbench.menu(workbench.row(/^Archive tide/), "Mark List Read...");
    await workbench.pick(/All of It/);
    await workbench.row(/^Archive tide, 5 threads/).waitFor();
    await workbench.toast("“tide” marked read.").getByRole("button", { name: "Undo" }).click();
    await workbench.row(/^Archive tide, 1 unread/).waitFor();
  });

  it("remembers all of it when the window is loaded anew", async () => {
    await workbench.row(/^tide: meeting notes/).click();
    await current("old").waitFor();
    const before = await workbench.row(/^Archive tide/).getAttribute("aria-label");
    await workbench.reload();
    await workbench.openSideBar();
    await workbench.row(/^Archive tide, \d unread/).waitFor();
    assert.equal(await workbench.row(/^Archive tide/).getAttribute("aria-label"), before);
    // What was open is open, what was chosen is chosen.
    await workbench
      .row(/^tide: meeting notes/)
      .and(workbench.page.locator('[aria-selected="true"]'))
      .waitFor();
  });
});
