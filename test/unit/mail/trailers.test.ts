/** Trailers: lines in, names and people out. */
import assert from "node:assert/strict";
import { readTrailer, readTrailers } from "../../../src/mail/trailers.ts";

const AL = { name: "Al Pha", address: "al@x.example" };

describe("mail/trailers", () => {
  for (const name of [
    "Signed-off-by",
    "Co-developed-by",
    "Acked-by",
    "Reviewed-by",
    "Tested-by",
    "Reported-by",
    "Suggested-by",
    "NACKed-by",
    "Cc",
  ]) {
    it(`R1202 ${name}`, () => assert.deepEqual(readTrailer(`${name}: Al Pha <al@x.example>`)?.mailbox, AL));
  }
  it("R1201 a comment behind the address", () => {
    const trailer = readTrailer("Tested-by: Al Pha <al@x.example> # on arm64");
    assert.deepEqual(
      [trailer?.mailbox, trailer?.comment, trailer?.value],
      [AL, "on arm64", "Al Pha <al@x.example>"],
    );
  });
  it("R1204 Fixes:", () =>
    assert.equal(readTrailer('Fixes: 0123456789ab ("fs: x")')?.value, '0123456789ab ("fs: x")'));
  it("R1202 links", () => assert.equal(readTrailer("Closes: https://x.example/1")?.name, "Closes"));
  it("R1202 known names in any case", () => {
    for (const line of [
      "signed-off-by: Al Pha <al@x.example>",
      "LINK: https://x.example",
      "cc: al@x.example",
    ])
      assert.ok(readTrailer(line), line);
  });
  it("R1201 other names with a capital", () =>
    assert.deepEqual(readTrailer("Requested-by: Al Pha <al@x.example>")?.mailbox, AL));
  it("R1202 Assisted-by: names a tool", () =>
    assert.equal(readTrailer("Assisted-by: Agent:model-1")?.mailbox, undefined));
  it("an address without a name", () =>
    assert.deepEqual(readTrailer("Cc: al@x.example")?.mailbox, { name: "", address: "al@x.example" }));
  it("a name in quotes", () =>
    assert.equal(readTrailer('Cc: "Pha, Al" <al@x.example>')?.mailbox?.name, "Pha, Al"));
  for (const text of [
    "Note: this is prose",
    "url:    https://github.com/robot/linux/commits/x",
    "base:   https://git.example/linux.git thermal",
    "patch link:    https://lore.kernel.org/r/a@x.example",
    "config: arm-randconfig (https://robot.example/config)",
    "compiler: arm-linux-gnueabi-gcc (GCC) 13.2.0",
    "branch: https://git.example/linux.git master",
    "requested-by: Al Pha <al@x.example>",
    "Reviewed-by: yes, I did",
    "Fixes: the problem",
    "Link: see below",
    " Acked-by: Al Pha <al@x.example>",
    "From: Al Pha <al@x.example>",
    "Cc: everyone",
    "http://x.example/a:b",
    "",
    `Acked-by: ${"a".repeat(1100)} <al@x.example>`,
  ]) {
    it(`R1206 no trailer: ${text.slice(0, 40)}`, () => assert.equal(readTrailer(text), undefined));
  }
  it("every trailer with its line; a wrapped Fixes: is one", () => {
    const lines = [
      "text",
      "",
      'Fixes: 0123456789ab ("fs: a long',
      'subject")',
      "Acked-by: Al Pha <al@x.example>",
    ];
    assert.deepEqual(
      readTrailers(lines, 10).map(({ name, value, line }) => [name, value, line]),
      [
        ["Fixes", '0123456789ab ("fs: a long subject")', 12],
        ["Acked-by", "Al Pha <al@x.example>", 14],
      ],
    );
  });
});
