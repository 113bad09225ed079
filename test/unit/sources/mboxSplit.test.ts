import assert from "node:assert/strict";
import { type Cut, MboxSplit } from "../../../src/sources/mboxSplit.ts";
import { envelope } from "./shelf.ts";

/** Cuts a text pushed in pieces of `piece` bytes; gives the stored mails. */
function cut(text: string, piece = text.length || 1, take: (each: Cut) => void = () => undefined): string[] {
  const data = Buffer.from(text, "latin1");
  const mails: string[] = [];
  const split = new MboxSplit({
    base: 0,
    take: (each) => {
      take(each);
      mails.push(data.toString("latin1", each.offset, each.offset + each.length));
    },
  });
  for (let at = 0; at < data.length; at += piece) split.push(data.subarray(at, at + piece));
  split.end();
  return mails;
}

const a = "From: a@example.org\nSubject: a\n\nbody a\n";
const b = "From: b@example.org\nSubject: b\n\nbody b\n";
const crlf = (text: string): string => text.replaceAll("\n", "\r\n");
const cr = (text: string): string => text.replaceAll("\n", "\r");
const same = (text: string): string => text;
const hole = "\0".repeat(4096);
const counted = (body: string, length = body.length): string =>
  `From: c@example.org\nContent-Length: ${length}\n\n${body}`;

/**
 * Python's mailbox takes each line "From " for a separator, formail wants an empty line and a date (and fails on
 * CRLF), git mailsplit a time and a year. Where they differ we take what loses no mail and invents none.
 */
const cases: [title: string, text: string, mails: string[]][] = [
  ["mboxrd: an envelope and an empty line before the next", `${envelope}${a}\n${envelope}${b}\n`, [a, b]],
  [
    "an escaped line is body",
    `${envelope}${a}>From x Thu Jan  1 00:00:00 1970\n\n${envelope}${b}`,
    [`${a}>From x Thu Jan  1 00:00:00 1970\n`, b],
  ],
  [
    "no empty line before the separator, fields behind it (git's own sample)",
    `${envelope}${a}${envelope}${b}`,
    [a, b],
  ],
  [
    "no empty line before, no fields behind: body",
    `${envelope}${a}${envelope}text\n`,
    [`${a}${envelope}text\n`],
  ],
  [
    "an empty line and a date, a broken header behind: still a mail of its own",
    `${envelope}${a}\n${envelope}=?broken\n\n${b}`,
    [a, `=?broken\n\n${b}`],
  ],
  [
    "a line of prose that begins with From",
    `${envelope}${a}\nFrom Russia with love\n\n${envelope}${b}`,
    [`${a}\nFrom Russia with love\n`, b],
  ],
  [
    "prose with something like a field behind it",
    `${envelope}${a}\nFrom Russia with love\nYear: 1963\n`,
    [`${a}\nFrom Russia with love\nYear: 1963\n`],
  ],
  ["Mozilla's separator without a date", `From - \n${a}From - \n${b}`, [a, b]],
  [
    "one word and no date, prose behind",
    `${envelope}${a}\nFrom perl5-porters:\n\n==\n`,
    [`${a}\nFrom perl5-porters:\n\n==\n`],
  ],
  [
    "pipermail",
    `From ada at example.org  Wed Jan  1 00:06:40 2003\n${a}\nFrom bob at example.org  Thu Jan  2 00:06:40 2003\n${b}`,
    [a, b],
  ],
  [
    "a date as Exim writes it",
    `From x@example.org Sun, 11 Nov 2007 06:58:35 +0200\n${a}\nFrom y@example.org Sun, 11 Nov 2007 06:58:35 +0200\n${b}`,
    [a, b],
  ],
  [
    "a date in another language",
    `From x@example.org So J\xe4n  5 06:58:35 2020\n${a}\nFrom y@example.org So J\xe4n  5 06:58:35 2020\n${b}`,
    [a, b],
  ],
  [
    "prose with a time of day and no field behind it",
    `${envelope}${a}\nFrom Monday 10:30 on:\nall is well\n`,
    [`${a}\nFrom Monday 10:30 on:\nall is well\n`],
  ],
  ["an ISO date", `From x 2020-01-02 03:04:05\n${a}\nFrom y 2020-01-02T03:04:05\n${b}`, [a, b]],
  ["CRLF", crlf(`${envelope}${a}\n${envelope}${b}\n`), [crlf(a), crlf(b)]],
  ["CR alone", cr(`${envelope}${a}\n${envelope}${b}\n`), [cr(a), cr(b)]],
  ...[crlf, cr, same].flatMap((first) =>
    [crlf, cr, same].map((second): [string, string, string[]] => [
      `mails whose lines end in different ways, glued together (${first.name}, ${second.name})`,
      `${first(`${envelope}${a}\n${envelope}${b}\n`)}${second(`${envelope}${a}\n${envelope}${b}`)}`,
      [first(a), first(b), second(a), second(b)],
    ]),
  ),
  [
    "a Mac's mails behind others without an empty line between",
    `${envelope}${a}${cr(`${envelope}${a}${envelope}${b}`)}${envelope}${b}`,
    [a, cr(a), cr(b), b],
  ],
  [
    "a separator behind zeros, which a crash leaves for lost pages",
    `${envelope}${a.slice(0, -5)}${hole}${envelope}${b}`,
    [`${a.slice(0, -5)}${hole}`, b],
  ],
  ...["L", "Subject: x", "> ", "  "].map((before): [string, string, string[]] => [
    `an envelope and fields pasted into a line, behind “${before}”: text, as real mails have it`,
    `${envelope}${a}\n${before}${envelope}${b}`,
    [`${a}\n${before}${envelope}${b}`],
  ]),
  ["zeros before the first envelope", `${hole}${envelope}${a}\n${envelope}${b}`, [a, b]],
  ["zeros in a mail", `${envelope}${a}${hole}x\n\n${envelope}${b}`, [`${a}${hole}x\n`, b]],
  ["U+FEFF before the first envelope", `\xef\xbb\xbf${envelope}${a}\n${envelope}${b}`, [a, b]],
  ["empty lines before the first envelope", `\n\n${envelope}${a}`, [a]],
  ["blank lines that are not empty before the first envelope", `    \n\t\n${envelope}${a}`, [a]],
  ["text before the first envelope is no mail", `Not an mbox yet.\n\n${envelope}${a}`, [a]],
  ["a mail whose envelope was cut off is one", `${a}\n${envelope}${b}`, [a, b]],
  ["no mail at all", "This is no mbox.\n", []],
  ["nothing", "", []],
  ["an envelope and nothing", envelope, [""]],
  ["two envelopes in a row", `${envelope}\n${envelope}${a}`, ["", a]],
  [
    "no line end at the end",
    `${envelope}${a}\n${envelope}From: b@example.org\n\nlast`,
    [a, "From: b@example.org\n\nlast"],
  ],
  [
    "a very long line that begins like a separator",
    `${envelope}${a}\nFrom ${"x".repeat(600)} Mon Sep 17 00:00:00 2001\n${b}`,
    [`${a}\nFrom ${"x".repeat(600)} Mon Sep 17 00:00:00 2001\n${b}`],
  ],
  [
    "mboxcl2: a count that leads to a separator",
    `${envelope}${counted(`x\n\n${envelope}${b}\ny\n`)}\n${envelope}${a}`,
    [counted(`x\n\n${envelope}${b}\ny\n`), a],
  ],
  [
    "mboxcl2: a count that leads to the end",
    `${envelope}${counted(`x\n\n${envelope}${b}`)}`,
    [counted(`x\n\n${envelope}${b}`)],
  ],
  [
    "mboxcl2: a count that leads to the end before an empty line",
    `${envelope}${counted(`x\n\n${envelope}${b}`)}\n`,
    [counted(`x\n\n${envelope}${b}`)],
  ],
  [
    "a count too small is not believed",
    `${envelope}${counted("one\ntwo\n", 3)}\n${envelope}${a}`,
    [counted("one\ntwo\n", 3), a],
  ],
  [
    "a count too large is not believed",
    `${envelope}${counted("one\n", 9999)}\n${envelope}${a}`,
    [counted("one\n", 9999), a],
  ],
  [
    "a count that leads into a mail is not believed",
    `${envelope}${counted("one\n", 30)}\n${envelope}${a}\n${envelope}${b}`,
    [counted("one\n", 30), a, b],
  ],
  [
    "an absurd count is not believed",
    `${envelope}${counted("one\n", 999999999999)}\n${envelope}${a}`,
    [counted("one\n", 999999999999), a],
  ],
  [
    "a field of another name that ends alike counts nothing",
    `${envelope}X-${counted(`x\n\n${envelope}${b}`).replace(/^.*\n/, "")}`,
    [
      `X-${counted("x\n")
        .replace(/^.*\n/, "")
        .replace(/\d+/, `${`x\n\n${envelope}${b}`.length}`)}`,
      b,
    ],
  ],
  [
    "counts one after the other",
    `${envelope}${counted("1\n")}\n${envelope}${counted("2\n")}\n${envelope}${counted("3\n")}\n`,
    [counted("1\n"), counted("2\n"), counted("3\n")],
  ],
];

describe("MboxSplit", () => {
  for (const [title, text, mails] of cases) {
    it(title, () => assert.deepEqual(cut(text), mails));
  }
  for (const piece of [1, 7, 100]) {
    it(`cuts the same in pieces of ${piece} bytes`, () => {
      for (const [title, text, mails] of cases) assert.deepEqual(cut(text, piece), mails, title);
    });
  }
  it("cuts the same wherever a piece ends", () => {
    const text = `${`${envelope}${a}\n`.repeat(150)}${envelope}${counted(`x\n\n${envelope}${b}\ny\n`)}\n${envelope}${b}`;
    const whole = cut(text);
    assert.equal(whole.length, 152);
    for (const piece of [4095, 4096, 4097, 5000]) assert.deepEqual(cut(text, piece), whole);
  });
  it("gives no more of a large mail than its first mebibyte, and its true length", () => {
    const large = `From: l@example.org\n\n${"0123456789abcde\n".repeat(1 << 19)}`;
    const seen: Cut[] = [];
    const mails = cut(`${envelope}${a}\n${envelope}${large}\n${envelope}${b}`, 1 << 20, (each) =>
      seen.push({ ...each, bytes: Buffer.from(each.bytes) }),
    );
    assert.deepEqual(
      mails.map(({ length }) => length),
      [a.length, large.length, b.length],
    );
    assert.equal(seen[1]?.bytes.length, 1 << 20);
    assert.equal(seen[1]?.bytes.toString("latin1"), large.slice(0, 1 << 20));
  });
  it("looks at no byte for two mails when none of them has a body", () => {
    // One that read on to the next body for each of them would take minutes.
    const bare = `${envelope}Subject: x\n`.repeat(40_000);
    assert.equal(cut(bare).length, 40_000);
    assert.equal(cut(cr(bare)).length, 40_000);
  });
  it("takes many counted mails in one piece without recursing", () =>
    assert.equal(cut(`${envelope}${counted("1\n")}\n`.repeat(50_000)).length, 50_000));
});
