/** Ids: field values in, cleaned ids out. */
import assert from "node:assert/strict";
import {
  ancestry,
  cleanReferences,
  extractIds,
  isSynthetic,
  messageIdFromUrl,
  ownId,
  syntheticId,
} from "../../../src/mail/messageId.ts";

const source = (references: string, inReplyTo = "", messageId = "me@x") => ({
  references,
  inReplyTo,
  messageId,
  isAddress: (id: string) => id === "bob@x.example",
});
const check = (references: string, inReplyTo: string, ...expected: string[]): void =>
  assert.deepEqual(ancestry(source(references, inReplyTo)), expected);

describe("mail/messageId", function () {
  this.timeout(60_000);
  it("R303 ids without what stands around them", () =>
    assert.deepEqual(extractIds('Your message "x" <a@x> (comment) <<b@x> <c d@x> <>'), ["a@x", "b@x"]));
  it("R303 each id once, first place kept", () => check("<a@x> <b@x> <a@x>", "", "a@x", "b@x"));
  it("R303 addresses, the answers to git's prompt and the mail itself are no ancestors", () =>
    check("<bob@x.example> <y> <N> <me@x> <a@x>", "<n>", "a@x"));
  it("R302 References, the parent last", () => check("<a@x> <b@x>", "<b@x>", "a@x", "b@x"));
  it("R302 In-Reply-To alone, as many as it holds", () => {
    check("", "<a@x>", "a@x");
    check("", '"Bob\'s message" <a@x> <b@x>', "a@x", "b@x");
  });
  it("a single In-Reply-To is the parent wherever References has it", () => {
    check("<a@x> <b@x> <c@x>", "<b@x>", "a@x", "c@x", "b@x");
    check("<a@x>", "<z@x>", "a@x", "z@x");
  });
  it("several In-Reply-To ids are added, none is preferred", () =>
    check("<a@x>", "<b@x> <a@x>", "a@x", "b@x"));
  it("1,000 References", () => {
    const ids = Array.from({ length: 1_000 }, (_, index) => `${index}@x`);
    assert.deepEqual(cleanReferences(source(ids.map((id) => `<${id}>`).join(" "))), ids);
  });
  it("hostile References end, and are bounded", () => {
    for (const value of ["<", ">", "<a", "<>", "< >"]) extractIds(value.repeat(300_000));
    for (const value of ["<a", "<a@x>", "<<"]) extractIds(value.repeat(200_000));
  });
  it("D105 of more References the root stays, and who is nearest", () => {
    const ids = Array.from({ length: 9_000 }, (_, index) => `${index}@x`);
    const kept = cleanReferences(source(ids.map((id) => `<${id}>`).join(" ")));
    assert.deepEqual([kept.length, kept[0], kept[1], kept.at(-1)], [1_000, "0@x", "8001@x", "8999@x"]);
  });

  it("own id: in brackets, with text around, without brackets, folded inside", () => {
    assert.equal(ownId("<a@x>"), "a@x");
    assert.equal(ownId("<a@x> (added by host.example)"), "a@x");
    assert.equal(ownId("a@x"), "a@x");
    assert.equal(ownId("<aa bb@x>"), "aabb@x");
  });
  it("no own id: empty, blank, several words, or too long", () => {
    for (const value of ["", " ", "<>", "two words", `<${"a".repeat(999)}>`]) {
      assert.equal(ownId(value), undefined, value.slice(0, 20));
    }
  });
  it("a made-up id is the same whatever the line ends and the empty lines at the end", () => {
    const id = syntheticId(Buffer.from("From: a\n\ntext\n"));
    assert.match(id, /^[0-9a-f]{64}@synthetic\.kernel-mail\.invalid$/);
    assert.equal(syntheticId(Buffer.from("From: a\r\n\r\ntext\r\n\r\n")), id);
    assert.notEqual(syntheticId(Buffer.from("From: a\n\nother\n")), id);
  });
  it("no mail can claim a made-up id", () => {
    const id = syntheticId(Buffer.from("x"));
    assert.ok(isSynthetic(id));
    assert.equal(ownId(`<${id}>`), undefined);
  });

  it("R307 ids out of archive links, percent-decoded", () => {
    const id = "20260101.a+b/c@x.example";
    for (const end of ["", "/", "/T/#u", "/t.mbox.gz", "/raw", "#r"]) {
      assert.equal(messageIdFromUrl(`https://lore.example/list-a/20260101.a%2Bb%2Fc@x.example${end}`), id);
    }
    assert.equal(messageIdFromUrl("https://lore.example/r/a%40x.example?x=1"), "a@x.example");
    assert.equal(messageIdFromUrl("a@x.example"), "a@x.example");
  });
  it("links without an id, or with broken escapes", () => {
    assert.equal(messageIdFromUrl("https://bob@lore.example/list-a/"), undefined);
    assert.equal(messageIdFromUrl("https://lore.example/list-a/%zz@x.example/"), "%zz@x.example");
  });
});
