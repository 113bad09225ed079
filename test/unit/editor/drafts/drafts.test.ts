import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeWhole } from "../../../../src/base/wholeFile.ts";
import type { Draft } from "../../../../src/compose/draft.ts";
import {
  createDraft,
  draftAnswering,
  draftName,
  finishSaves,
  listDrafts,
  savingFolder,
} from "../../../../src/editor/drafts/drafts.ts";

const draft = (inReplyTo: string, subject = "Re: [PATCH] clk: fix foo"): Draft => ({
  from: { name: "Ada Reviewer", address: "ada@example.org" },
  to: [{ name: "Bob B", address: "bob@x.example" }],
  cc: [{ name: "", address: "list@lists.kernel.example" }],
  bcc: [],
  subject,
  messageId: "new@example.org",
  inReplyTo,
  references: [inReplyTo],
  body: "On Monday, Bob B wrote:\n> text\n\n",
});

describe("drafts", () => {
  let folder = "";
  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), "kernel-mail-drafts-")), "drafts");
  });
  afterEach(() => rmSync(join(folder, ".."), { recursive: true, force: true }));

  it("writes a draft as text, and leaves no temporary file", async () => {
    const path = await createDraft(folder, draft("a@x"));
    assert.match(readFileSync(path, "utf8"), /^From: Ada Reviewer <ada@example\.org>\nTo: Bob B/);
    assert.deepEqual(readdirSync(folder), [path.slice(folder.length + 1)]);
  });
  it("keeps drafts from other people's eyes", async function () {
    if (process.platform === "win32") this.skip();
    const path = await createDraft(folder, draft("a@x"));
    assert.equal(statSync(path).mode & 0o077, 0);
    assert.equal(statSync(folder).mode & 0o077, 0);
  });
  it("gives two drafts of one subject two files", async () => {
    const paths = [await createDraft(folder, draft("a@x")), await createDraft(folder, draft("b@x"))];
    assert.notEqual(paths[0], paths[1]);
  });
  it("finds the draft that answers a message", async () => {
    await createDraft(folder, draft("a@x"));
    const path = await createDraft(folder, draft("b@x"));
    assert.equal((await draftAnswering(folder, "b@x", false))?.path, path);
  });
  it("finds none where none is", async () => {
    assert.equal(await draftAnswering(folder, "a@x", false), undefined);
    await createDraft(folder, draft("a@x"));
    assert.equal(await draftAnswering(folder, "c@x", false), undefined);
  });
  it("tells an answer to one person from an answer to the list", async () => {
    await createDraft(folder, draft("a@x"));
    assert.equal(await draftAnswering(folder, "a@x", true), undefined);
    const path = await createDraft(folder, { ...draft("a@x"), cc: [] });
    assert.equal((await draftAnswering(folder, "a@x", true))?.path, path);
  });
  it("lists drafts whatever a person made of them", async () => {
    const path = await createDraft(folder, draft("a@x"));
    writeFileSync(path, "no header at all");
    assert.equal((await listDrafts(folder)).length, 1);
  });
  it("replaces a file whole", async () => {
    const path = await createDraft(folder, draft("a@x"));
    await writeWhole(path, "other");
    assert.equal(readFileSync(path, "utf8"), "other");
    assert.equal(readdirSync(folder).length, 1);
  });
});

describe("saves that were cut short", () => {
  let folder = "";
  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), "kernel-mail-drafts-")), "drafts");
    mkdirSync(savingFolder(folder), { recursive: true });
  });
  afterEach(() => rmSync(join(folder, ".."), { recursive: true, force: true }));

  /** What becomes of a draft that reads so when its newer text was being saved; undefined is a missing file. */
  const finish = async (draft: string | undefined, text: string, isNewer = false) => {
    const [path, copy] = [join(folder, "a.eml"), join(savingFolder(folder), "a.eml")];
    writeFileSync(copy, text);
    if (draft !== undefined) writeFileSync(path, draft);
    if (isNewer) utimesSync(copy, 1000, 1000);
    else if (draft !== undefined) utimesSync(path, 1000, 1000);
    const restored = await finishSaves(folder);
    assert.deepEqual(readdirSync(savingFolder(folder)), [], "the copy is gone");
    const kept = join(folder, "discarded", "unsaved-a.eml");
    return [
      readFileSync(path, "utf8"),
      restored.length,
      existsSync(kept) ? readFileSync(kept, "utf8") : undefined,
    ];
  };

  it("puts back the text of a draft that was emptied", async () =>
    assert.deepEqual(await finish("", "all of it"), ["all of it", 1, undefined]));
  it("puts back the text of a draft of which the beginning was written", async () =>
    assert.deepEqual(await finish("all", "all of it"), ["all of it", 1, undefined]));
  it("puts back a draft that is gone", async () =>
    assert.deepEqual(await finish(undefined, "all of it"), ["all of it", 1, undefined]));
  it("leaves a draft alone that was saved", async () =>
    assert.deepEqual(await finish("all of it", "all of it"), ["all of it", 0, undefined]));
  it("keeps both where the save never began", async () =>
    assert.deepEqual(await finish("older", "newer"), ["older", 0, "newer"]));
  it("leaves a draft alone that was changed since", async () =>
    assert.deepEqual(await finish("newest", "older", true), ["newest", 0, undefined]));
  it("has nothing to do where nothing was saved", async () => {
    rmSync(folder, { recursive: true });
    assert.deepEqual(await finishSaves(folder), []);
  });
});

describe("draftName", () => {
  const is = (subject: string, name: string) => () => assert.equal(draftName(subject), name);
  it("keeps words", is("Re: [PATCH v2 1/3] clk: fix foo", "clk-fix-foo"));
  it("leaves out what a path cannot hold", is("../../etc/passwd\0", "etc-passwd"));
  it("keeps letters of every script", is("Re: größe 折り目", "größe-折り目"));
  it("has a name for nothing", is("...", "draft"));
  it("is short", () => assert.ok(draftName("x".repeat(500)).length <= 48));
});
