/** Adding one's own archives: what works, what is said when it does not, and that nothing is written into them. */
import assert from "node:assert/strict";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { root } from "../fixtures.ts";
import { splitMbox, writeMirror } from "../mirror.ts";
import { openWorkbench, type Workbench } from "./workbench.ts";

const sampleFile = (): string => join(root(), "media", "sample", "sample.mbox");

/** The sample with other ids and addresses, so that no archive's mail is another one's copy. */
const sampleWith = (word: string): Buffer =>
  Buffer.from(readFileSync(sampleFile()).toString("latin1").replaceAll("example", word), "latin1");

/** Every file below a folder with its size, bytes and time of change. */
function contentsOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .sort()
    .map((name) => {
      const path = join(folder, name);
      const { mtimeMs, size } = statSync(path);
      const bytes = statSync(path).isFile() ? readFileSync(path).toString("base64") : "";
      return `${name} ${size} ${mtimeMs} ${bytes}`;
    });
}

describe("adding archives", () => {
  let workbench: Workbench;
  let mail = "";

  before(async () => {
    workbench = await openWorkbench();
    mail = join(workbench.folder, "mail");
    mkdirSync(mail);
    await workbench.openSideBar();
  });
  after(() => workbench.close());
  afterEach(async function () {
    if (this.currentTest?.state === "failed") await workbench.screenshot(`failed-${this.currentTest.title}`);
    await workbench.dismissToasts();
  });

  /** Adds an archive by typing its path. */
  const add = async (path: string): Promise<void> => {
    await workbench.ask("Kernel Mail: Add Archive...", /Type a Path/, path);
  };

  /** The command is over with its last word; until then it may still move the focus to the tree. */
  const isAdded = (name: string) => workbench.toast(`“${name}” holds 43 messages.`).waitFor();

  /** Adds what cannot be read; the toast says `sentence`, and in it the next step. */
  const refuses = async (path: string, ...parts: (string | RegExp)[]): Promise<void> => {
    const before = contentsOf(mail);
    await add(path);
    let toast = workbench.page.locator(".notification-toast");
    for (const part of parts) toast = toast.filter({ hasText: part });
    await toast.first().waitFor();
    assert.deepEqual(contentsOf(mail), before, "nothing was written");
  };

  it("adds an mbox by its path", async () => {
    const file = join(mail, "own.mbox");
    copyFileSync(sampleFile(), file);
    const before = contentsOf(mail);
    await add(file);
    await workbench.row(/^Archive own\.mbox, 5 threads, 43 messages$/).waitFor();
    await isAdded("own.mbox");
    assert.deepEqual(contentsOf(mail), before, "nothing was written");
  });

  it("adds a public-inbox v2 mirror by its path", async () => {
    const folder = join(mail, "mirror");
    writeMirror(splitMbox(sampleWith("mirror")), folder);
    const before = contentsOf(folder);
    await add(folder);
    await workbench.row(/^Archive mirror, 5 threads, 43 messages$/).waitFor();
    await isAdded("mirror");
    assert.deepEqual(contentsOf(folder), before, "nothing was written");
  });

  it("adds an mbox from the explorer's menu", async () => {
    writeFileSync(join(workbench.workspace, "dropped.mbox"), sampleWith("dropped"));
    await workbench.command("View: Show Explorer");
    await workbench.menu(workbench.row(/dropped\.mbox/), "Add Archive...");
    await workbench.row(/^Archive dropped\.mbox, 5 threads, 43 messages$/).waitFor();
    await isAdded("dropped.mbox");
  });

  it("says that it is there already", async () => {
    await add(join(mail, "own.mbox"));
    await workbench.toast("among your archives already").waitFor();
  });

  it("shows new mail after it was appended, and keeps what was open", async () => {
    const file = join(mail, "own.mbox");
    const more =
      "From mboxrd@z Thu Jan  1 00:00:00 1970\nFrom: Kim Haugen <kim.haugen@example.net>\nTo: linux-pond@lists.kernel.example\n" +
      "Subject: pond on one CPU?\nDate: Sat, 17 Oct 2026 10:00:00 +0200\nMessage-ID: <20261017100000.z1@example.net>\n\nDoes it help there?\n\n";
    writeFileSync(file, more, { flag: "a" });
    await workbench.command("Kernel Mail: Check for New Mail");
    await workbench.row(/^Archive own\.mbox, 1 unread, 6 threads, 44 messages$/).waitFor();
  });

  it("takes an archive away again without touching it, and undoes that", async () => {
    const before = contentsOf(mail);
    const row = workbench.row(/^Archive mirror/);
    await workbench.menu(row, "Remove Archive");
    await row.waitFor({ state: "detached" });
    await workbench.toast("Its files were not touched").getByRole("button", { name: "Undo" }).click();
    await workbench.row(/^Archive mirror, 5 threads, 43 messages$/).waitFor();
    assert.deepEqual(contentsOf(mail), before);
  });

  it("says that a file is missing", () => refuses(join(mail, "nowhere"), "nowhere", /Check the path/));

  it("says that a folder is no archive", async () => {
    const folder = join(mail, "plain");
    mkdirSync(folder);
    writeFileSync(join(folder, "notes.txt"), "no mail here\n");
    await refuses(folder, "plain", /mbox|Maildir/);
  });

  it("says that an mbox is empty", async () => {
    writeFileSync(join(mail, "empty.mbox"), "");
    await refuses(join(mail, "empty.mbox"), "empty.mbox” is empty", /Choose a file with mail/);
  });

  it("says that a file is no mbox", async () => {
    writeFileSync(join(mail, "letter.mbox"), "Dear all,\n\nthis is no mbox.\n");
    await refuses(join(mail, "letter.mbox"), "letter.mbox", /mbox/);
  });

  it("reads an mbox whose last message was cut off, and holds all of it", async () => {
    const whole = sampleWith("cut");
    writeFileSync(join(mail, "cut.mbox"), whole.subarray(0, whole.length - 300));
    await add(join(mail, "cut.mbox"));
    await workbench.row(/^Archive cut\.mbox, 5 threads, 43 messages$/).waitFor();
  });

  it("says that a mirror is damaged, and shows the mails that can be read", async () => {
    const folder = join(mail, "damaged");
    writeMirror(splitMbox(sampleWith("damaged")), folder);
    damage(join(folder, "git", "0.git"));
    const before = contentsOf(folder);
    await add(folder);
    await workbench.row(/^Archive damaged/).waitFor();
    await workbench.page
      .locator(".notification-toast")
      .filter({ hasText: "damaged" })
      .filter({ hasText: /git/ })
      .first()
      .waitFor();
    assert.deepEqual(contentsOf(folder), before, "nothing was written");
  });
});

/** Overwrites bytes in the middle of every pack and loose object of a repository. */
function damage(repository: string): void {
  const objects = join(repository, "objects");
  for (const name of readdirSync(objects, { recursive: true, encoding: "utf8" })) {
    if (!/\.pack$|^[0-9a-f]{2}\/[0-9a-f]{38}$/.test(name)) continue;
    const path = join(objects, name);
    chmodSync(path, 0o644);
    const bytes = readFileSync(path);
    bytes.fill(0, Math.floor(bytes.length / 2), Math.floor(bytes.length / 2) + 200);
    writeFileSync(path, bytes);
  }
}

describe("adding a mirror where git is not installed", () => {
  let workbench: Workbench;
  before(async () => {
    workbench = await openWorkbench({ searchPath: "/nonexistent" });
    await workbench.openSideBar();
  });
  after(() => workbench.close());
  afterEach(async function () {
    if (this.currentTest?.state === "failed") await workbench.screenshot(`failed-${this.currentTest.title}`);
  });

  it("says what to install, and still reads an mbox", async () => {
    const folder = join(workbench.folder, "mirror");
    writeMirror(splitMbox(readFileSync(sampleFile())), folder);
    await workbench.ask("Kernel Mail: Add Archive...", /Type a Path/, folder);
    await workbench.toast("“git” was not found").filter({ hasText: "Install git" }).first().waitFor();
    await workbench.command("Kernel Mail: Open Sample Archive");
    await workbench.row(/^Archive Sample archive, 5 threads, 43 messages$/).waitFor();
  });
});
