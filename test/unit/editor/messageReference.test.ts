import assert from "node:assert/strict";
import { findReference, linkTrailer } from "../../../src/editor/messageReference.ts";
import { loreLink } from "../../../src/mail/loreLink.ts";

const finds = (text: string, ...messageIds: string[]): void =>
  assert.deepEqual(findReference(text).messageIds, messageIds);

describe("findReference", () => {
  it("takes a bare id", () => finds("20261116.1-ada@kernel.example", "20261116.1-ada@kernel.example"));
  it("takes an id in brackets", () => finds("<a.1@x.example>", "a.1@x.example"));
  it("takes a header line", () => finds("Message-ID: <a.1@x.example>", "a.1@x.example"));
  it("takes a header line without brackets", () => finds("Message-ID: a.1@x.example", "a.1@x.example"));
  it("takes a lore link", () => finds("https://lore.kernel.org/linux-clk/a.1@x.example/", "a.1@x.example"));
  it("takes a link into a thread", () =>
    finds("https://lore.kernel.org/all/a.1@x.example/T/#u", "a.1@x.example"));
  it("takes a lore link without its scheme", () => {
    finds("see lore.kernel.org/r/a.1@x.example.", "a.1@x.example");
    finds("www.lore.kernel.org/all/a.1@x.example/T/#u", "a.1@x.example");
    assert.equal(findReference("msgid.link/a@x").url, "https://msgid.link/a@x");
  });
  it("takes other archives by their id", () => finds("https://marc.info/?i=a.1@x.example", "a.1@x.example"));
  it("takes an escaped slash", () => finds("https://lore.kernel.org/r/a%2Fb@x.example", "a/b@x.example"));
  it("takes a link out of a sentence", () =>
    finds("As said in [1] (https://lore.kernel.org/r/a.1@x.example), no.", "a.1@x.example"));
  it("takes a Link: trailer", () => finds("Link: https://lore.kernel.org/r/a.1@x.example", "a.1@x.example"));
  it("takes notmuch's and mutt's forms", () => {
    finds("id:a.1@x.example", "a.1@x.example");
    finds("mid:a.1@x.example", "a.1@x.example");
  });
  it("puts ids of links before ids in brackets before bare words", () =>
    finds("bare@x <b@x> https://lore.kernel.org/r/link@x", "link@x", "b@x", "bare@x"));
  it("names an id once", () => finds("<a@x> a@x https://lore.kernel.org/r/a@x", "a@x"));
  it("finds nothing in prose", () => finds("cache the folio order"));
  it("finds nothing in a link that leads to no message", () => finds("https://lore.kernel.org/linux-clk/"));
  it("keeps the address for the browser", () =>
    assert.equal(findReference("see https://list.example/dev/a@x/.").url, "https://list.example/dev/a@x/"));
  it("does not read beyond its bound", () => finds(`${"x ".repeat(20_000)} a@x`));
});

describe("what points at a message", () => {
  it("a lore link comes back as the id", () => {
    const id = "a/b?c#d%e&f=g@x.example";
    assert.deepEqual(findReference(loreLink(id)).messageIds, [id]);
  });
  it("makes a trailer", () => assert.equal(linkTrailer("a@x"), "Link: https://lore.kernel.org/r/a@x"));
});
