/** Mailboxes: a header value in, names and addresses out; and back. */
import assert from "node:assert/strict";
import { addressKey, formatMailbox, parseAddresses } from "../../../src/mail/address.ts";

/** Each mailbox as `name|address`. */
const read = (value: string): string[] =>
  parseAddresses(value).map(({ name, address }) => `${name}|${address}`);
const check = (value: string, ...expected: string[]): void => assert.deepEqual(read(value), expected);
const written = (name: string, address: string): string => formatMailbox({ name, address });

describe("mail/address parseAddresses", function () {
  this.timeout(60_000);
  it("a name and an address", () => check("Al Pha <al@x.example>", "Al Pha|al@x.example"));
  it("an address alone, bare or in brackets", () =>
    check("al@x.example, <bo@x.example>", "|al@x.example", "|bo@x.example"));
  it("R118 a quoted name keeps comma and brackets", () =>
    check('"Doe, Jane (X)" <j@x.example>', "Doe, Jane (X)|j@x.example"));
  it("escapes inside quotes", () => check('"a \\"b\\" \\\\" <a@x.example>', 'a "b" \\|a@x.example'));
  it("R115 groups are flattened", () =>
    check(
      "team: p@x.example, Q <q@x.example>;, r@x.example",
      "|p@x.example",
      "Q|q@x.example",
      "|r@x.example",
    ));
  it("R115 undisclosed recipients are nobody", () => check("undisclosed-recipients:;"));
  it("R115 `;` separates on input", () => check("a@x.example; b@x.example", "|a@x.example", "|b@x.example"));
  it("D204 an encoded word cannot smuggle in a second mailbox", () =>
    check("=?utf-8?q?a=40x=2Eexample=3E=2C_b?= <c@x.example>", "a@x.example>, b|c@x.example"));
  it("D204 encoded words inside quotes are decoded", () =>
    check('"=?utf-8?q?caf=C3=A9?=" <c@x.example>', "café|c@x.example"));
  it("a comment is the name of a bare address", () =>
    check("al@x.example (Al (the) Pha)", "Al (the) Pha|al@x.example"));
  it("a comment inside a name stays in it", () =>
    check("Al Pha (ACME) <al@x.example>", "Al Pha (ACME)|al@x.example"));
  it("a comment behind the brackets does not", () =>
    check("Al Pha <al@x.example> (away), (Bo) <bo@x.example>", "Al Pha|al@x.example", "Bo|bo@x.example"));
  it("comments inside an address are dropped", () =>
    check("Pete <pete(his)@x.example(host)>", "Pete|pete@x.example"));
  it("forgotten quotes around a comma", () => check("Doe, Jane <j@x.example>", "Doe, Jane|j@x.example"));
  it("forgotten brackets", () => check("Jane Doe j@x.example", "Jane Doe|j@x.example"));
  it("forgotten comma", () => check("A <a@x.example> B <b@x.example>", "A|a@x.example", "B|b@x.example"));
  it("a nickname in brackets is no address", () =>
    check("Foo <nick> <a@x.example>", "Foo <nick>|a@x.example"));
  it("a bracket, quote or comment that never closes is text", () => {
    check("A <a@x.example, b@x.example", "A|a@x.example", "|b@x.example");
    check('"open <a@x.example>, b@x.example', "open|a@x.example", "|b@x.example");
    check("(open <a@x.example>", "(open|a@x.example");
  });
  it("a quoted local part keeps its quotes", () => check('"a b"@x.example', '|"a b"@x.example'));
  it("an address literal", () => check("n@[IPv6:::1], a@x.example", "|n@[IPv6:::1]", "|a@x.example"));
  it("a source route is dropped", () => check("<@a.example,@b.example:c@x.example>", "|c@x.example"));
  it("Mailman's masked addresses", () => check("al at x.example (Al Pha)", "Al Pha|al@x.example"));
  it("a name without an address is kept", () => check("Jane Doe", "Jane Doe|"));
  it("a local name is an address", () => check("root", "|root"));
  it("D207 names lose control characters and show bidi controls", () =>
    check("A\u0007l \u202efoo <a@x.example>", "Al ⟦RLO⟧foo|a@x.example"));
  it("nothing is nobody", () => check(" , ,; "));
  it("hostile lists end in bounded time and size", () => {
    for (const value of ["(", '"', "<", "<a@", "a,", "((((", "\\", ":", "[@["]) read(value.repeat(200_000));
    assert.equal(read("a@x,".repeat(50_000)).length, 10_000);
  });
});

describe("mail/address formatMailbox", () => {
  it("R118 plain names stand as they are, letters of all kinds too", () => {
    assert.equal(written("Al Pha", "al@x.example"), "Al Pha <al@x.example>");
    assert.equal(written("Ünal Öz", "u@x.example"), "Ünal Öz <u@x.example>");
  });
  it("R118 G13 names with specials are quoted and escaped", () => {
    assert.equal(written("Doe, Jane (X)", "j@x.example"), '"Doe, Jane (X)" <j@x.example>');
    assert.equal(written('a "b" \\', "a@x.example"), '"a \\"b\\" \\\\" <a@x.example>');
    for (const special of '()<>@,;:\\".[]') assert.match(written(`a${special}b`, "a@x.example"), /^"/);
  });
  it("R118 a name that only repeats the address is left out", () =>
    assert.equal(written("Al@x.example", "al@X.example"), "al@X.example"));
  it("what is written is read again", () => {
    for (const name of ["", "Al Pha", "Doe, Jane (X)", 'a "b" \\', "Ünal (ACME) Öz", "x: y; z"]) {
      assert.deepEqual(parseAddresses(written(name, "a@x.example")), [{ name, address: "a@x.example" }]);
    }
  });
  it("R110 addresses compare in lower case", () =>
    assert.equal(addressKey(" Al@X.Example "), "al@x.example"));
  it("plain lists are read the same with and without a closer look", () => {
    const odd = ", =?utf-8?q?Z?= <z@x.example>";
    for (const list of [
      "a@x.example",
      "Al Pha <al@x.example>",
      "al@x.example, Bo  Lind  <bo+k=1@x.example>,c@x.example ,",
      '"Pha, Al" <al@x.example>, "" <b@x.example>, <c@x.example>',
      "O'Al J. Pha-Bo/X <al@x.example>,\tAl<b@x.example>",
      "Al Pha <al@x.example> Bo <bo@x.example>",
      "Al <al@x.example>, Bo, Cy <cy@x.example>",
    ])
      assert.deepEqual(parseAddresses(list), parseAddresses(list.replace(/,$/, "") + odd).slice(0, -1), list);
  });
});
