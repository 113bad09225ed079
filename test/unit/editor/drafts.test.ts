import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeWhole } from "../../../src/base/wholeFile.ts";
import type { Draft } from "../../../src/compose/draft.ts";
import { createDraft, draftAnswering, draftName, listDrafts } from "../../../src/editor/drafts.ts";

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

describe("draftName", () => {
  const is = (subject: string, name: string) => () => assert.equal(draftName(subject), name);
  it("keeps words", is("Re: [PATCH v2 1/3] clk: fix foo", "clk-fix-foo"));
  it("leaves out what a path cannot hold", is("../../etc/passwd\0", "etc-passwd"));
  it("keeps letters of every script", is("Re: größe 折り目", "größe-折り目"));
  it("has a name for nothing", is("...", "draft"));
  it("is short", () => assert.ok(draftName("x".repeat(500)).length <= 48));
});
