/** lore links: a URL in, the Message-ID that it names out. */
import assert from "node:assert/strict";
import { archivedId, loreLink, messagePage } from "../../../src/mail/loreLink.ts";

const check = (url: string, id: string | undefined): void => assert.equal(archivedId(url), id);

describe("mail/loreLink", () => {
  it("a list and an id", () => check("https://lore.kernel.org/linux-clk/abc@x.example/", "abc@x.example"));
  it("a slash inside an id", () => check("https://lore.kernel.org/all/a%2Fb@x.example/", "a/b@x.example"));
  it("a plus stays", () => check("https://lore.kernel.org/all/a+b@x.example", "a+b@x.example"));
  it("an anchor and a view", () =>
    check("https://lore.kernel.org/all/abc@x.example/t/#m0123", "abc@x.example"));
  it("a redirector", () => check("https://patch.msgid.link/abc@x.example", "abc@x.example"));
  it("a list's front page", () => check("https://lore.kernel.org/linux-clk/", undefined));
  it("a search", () => check("https://lore.kernel.org/all/?q=f:abc@x.example", undefined));
  it("another public-inbox", () =>
    check("https://inbox.kernel.example/meta/2024010112.abc@x.example/raw", "2024010112.abc@x.example"));
  it("a user in a path", () => check("https://x.example/u/someone@y.example/", undefined));
  it("files that belong to a mail", () =>
    check(
      "https://download.01.org/0day-ci/archive/20261008/202610081429.a30c99f2-robot@kernel.example",
      undefined,
    ));
  it("a profile", () => check("https://x.example/@someone1234/abc", undefined));
  it("no URL", () => check("abc@x.example", undefined));
  it("a link keeps what a path may hold", () =>
    assert.equal(loreLink("1-ada+x@kernel.example"), "https://lore.kernel.org/r/1-ada+x@kernel.example"));
  it("a link escapes what it may not", () =>
    assert.equal(loreLink("a/b?c#d%e@x"), "https://lore.kernel.org/r/a%2Fb%3Fc%23d%25e@x"));
  it("the page of a message on a server", () => {
    assert.equal(messagePage(undefined, "a/b@x"), "https://lore.kernel.org/r/a%2Fb@x");
    assert.equal(messagePage("https://lore.kernel.org/", "a@x"), "https://lore.kernel.org/r/a@x");
    assert.equal(messagePage("https://inbox.example/list/", "a/b@x"), "https://inbox.example/list/a%2Fb@x/");
  });
  it("a link leads to its id", () => check(loreLink("a/b?c#d%e&f=g@x.example"), "a/b?c#d%e&f=g@x.example"));
});
