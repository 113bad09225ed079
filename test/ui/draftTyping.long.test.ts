/** Typing in a draft: no letter is lost, moved or doubled, however slow the extension is, and whatever dies meanwhile. */
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../fixtures.ts";
import { extensionHosts, slowDown } from "./extensionHost.ts";
import { openWorkbench, type Workbench } from "./workbench.ts";

/** The header and the attribution of a draft; NAME is its own name. */
const HEAD = `From: Test Reader <reader@kernel.example>
To: Bo Lind <bo.lind@kernel.example>
Cc: linux-pond@lists.kernel.example
Subject: Re: [PATCH 2/3] pond: typing NAME
Message-ID: <1.typing@kernel.example>

On Mon, Oct 5, 2026 at 15:20:48 +0200, Bo Lind wrote:
`;
const headOf = (name: string): string => HEAD.replace("NAME", name);
/** 15 letters a second. */
const LETTER_MS = 66;

describe("typing in a draft", () => {
  let workbench: Workbench;
  const folder = (): string => join(workbench.storage, "drafts");
  const path = (name: string): string => join(folder(), `${name}.eml`);
  const saved = (name: string): string => readFileSync(path(name), "utf8");
  /** Writes a draft and opens it from the Drafts tree, the cursor at the top. */
  const open = async (name: string, text: string): Promise<void> => {
    mkdirSync(folder(), { recursive: true });
    writeFileSync(path(name), text.replace("NAME", name));
    await openFromTree(name);
  };
  const openFromTree = async (name: string): Promise<void> => {
    await workbench.openSideBar();
    await workbench.row(new RegExp(`^Draft, .*typing ${name}`)).click();
    await workbench.tab(new RegExp(`^${name}\\.eml`)).waitFor();
    await workbench.lens("Preview").waitFor({ state: "attached" });
    await workbench.intoText();
    await press("Control+Home");
  };
  const type = (text: string): Promise<void> => workbench.page.keyboard.type(text, { delay: LETTER_MS });
  const press = async (key: string, times = 1): Promise<void> => {
    for (let time = 0; time < times; time++) await workbench.page.keyboard.press(key);
  };

  before(async function () {
    if (process.platform !== "linux") this.skip();
    const sample = join(root(), "media", "sample", "sample.mbox");
    workbench = await openWorkbench({ archives: [{ path: sample, name: "Sample archive" }] });
    await workbench.openSideBar();
    await workbench.row(/^Archive Sample archive, 5 threads/).waitFor();
  });
  after(() => workbench?.close());
  afterEach(async function () {
    if (workbench === undefined) return;
    if (this.currentTest?.state === "failed")
      await workbench.screenshot(`failed-${this.currentTest.title.slice(0, 60)}`);
    await workbench.command("View: Close All Editors");
    for (const name of workbench.drafts().keys()) rmSync(join(folder(), name), { force: true });
  });

  it("gives the text of an editor without us, with the extension 300 ms behind", async () => {
    await open("race", `${HEAD}> First of the lines.\n> One is here. Two is there.\n> Last.\n`);
    const resume = slowDown(workbench.folder, 300);
    try {
      await press("ArrowDown", 7);
      await press("Alt+Enter");
      await type("This one is wrong, I would say.\nThe second line of it.");
      await press("ArrowDown", 2);
      await press("Home");
      await press("Control+ArrowRight", 5);
      await press("Shift+Alt+Enter");
      await type("Split here, and no letter is lost.");
      await press("Control+End");
      await type("- an item that goes on\n- another one\n\nReviewed-by: me");
      await press("Control+Home");
      await press("ArrowDown", 2);
      await press("End");
      await type(", carol@kernel.example");
      const expected = `${headOf("race").replace("lists.kernel.example", "lists.kernel.example, carol@kernel.example")}> First of the lines.

This one is wrong, I would say.
The second line of it.

> One is here.

Split here, and no letter is lost.

> Two is there.
> Last.
- an item that goes on
- another one

Reviewed-by: me`;
      await press("Escape");
      assert.equal(await workbench.editorText(), expected);
    } finally {
      await resume();
    }
    await workbench.until(() => saved("race").endsWith("Reviewed-by: me"), "the draft is saved");
  });

  it("wraps what was typed too long behind the cursor, and changes nothing but line ends", async () => {
    await open("wrap", `${HEAD}> One.\n\n`);
    const sentence =
      "Words and words and more of them that make a line much longer than it should be in a mail, ";
    const text = `${sentence}end.\nAnother line that is short.\n\tcode(${"x, ".repeat(25)}y);\nDone.`;
    const resume = slowDown(workbench.folder, 300);
    try {
      await press("Control+End");
      await type(text);
    } finally {
      await resume();
    }
    await workbench.until(() => saved("wrap").includes("Done."), "the draft is saved");
    await workbench.until(
      () =>
        saved("wrap")
          .split("\n")
          .every((line) => line.length <= 72 || /^\tcode|^On /.test(line)),
      "the long line is wrapped",
    );
    const own = saved("wrap").slice(headOf("wrap").length + "> One.\n\n".length);
    const words = (one: string): string => one.replace(/\s+/g, " ");
    assert.equal(words(own), words(text));
    assert.match(own, /\nAnother line that is short\.\n\tcode\((?:x, ){25}y\);\nDone\.$/);
  });

  it("goes on when the extension host is killed", async () => {
    await open("killed", `${HEAD}> One.\n\n`);
    await press("Control+End");
    await type("Before it dies, ");
    const hosts = extensionHosts(workbench.folder);
    assert.ok(hosts.length > 0);
    for (const pid of hosts) process.kill(pid, "SIGKILL");
    await type("while it is dead, and after.");
    await workbench.until(
      () => saved("killed").endsWith("\n\nBefore it dies, while it is dead, and after."),
      "the draft is saved",
    );
    await workbench.until(() => {
      const now = extensionHosts(workbench.folder);
      return now.length > 0 && !now.some((pid) => hosts.includes(pid));
    }, "a new extension host");
    // The extension is back when the draft says again what can be done with it, and what the dead one said is gone.
    await workbench.lens("Preview").waitFor({ state: "attached" });
    await workbench.dismissToasts();
  });

  it("is one text in two windows", async () => {
    await open("two", `${HEAD}> One.\n\n`);
    await press("Control+End");
    await type("From the first window. ");
    await workbench.until(() => saved("two").endsWith("first window. "), "saved by the first");
    await workbench.inSecondWindow(async () => {
      await openFromTree("two");
      await press("Control+End");
      await type("From the second. ");
      await workbench.until(() => saved("two").endsWith("window. From the second. "), "saved by the second");
    });
    await workbench.page.locator(".view-lines").last().getByText("From the second.").waitFor();
    await press("Control+End");
    await type("And the first again.");
    await workbench.until(() => saved("two").endsWith("second. And the first again."), "saved once more");
  });
});
