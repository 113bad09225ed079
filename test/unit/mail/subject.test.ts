/** Subjects: reply words off, prefixes read. */
import assert from "node:assert/strict";
import { readPatchPrefix, replySubject, stripReply } from "../../../src/mail/subject.ts";

const reply = (subject: string, expected: string): void => assert.equal(replySubject(subject), expected);

/** A prefix as one line: version, n/of, marks, tags, bare. */
function prefix(subject: string): string {
  const { isPatch, version, n, of, rfc, resend, pull, isReply, tags, bare } = readPatchPrefix(subject);
  const marks = Object.entries({ isPatch, rfc, resend, pull, isReply })
    .filter(([, on]) => on)
    .map(([name]) => name);
  return [`v${version}`, n === undefined ? "-" : `${n}/${of}`, marks.join("+"), tags.join("+"), bare].join(
    " | ",
  );
}
const check = (subject: string, expected: string): void => assert.equal(prefix(subject), expected);

describe("mail/subject replies", function () {
  this.timeout(60_000);
  it("G20 R201 R204 reply words of all kinds are one, brackets stay", () =>
    reply("RE: re: Aw: [PATCH v3 2/7] clk: fix foo", "Re: [PATCH v3 2/7] clk: fix foo"));
  it("G21 only the start is looked at", () =>
    reply("[PATCH] clk: Re: encode rate", "Re: [PATCH] clk: Re: encode rate"));
  it("G22 counters and full-width colons", () => reply("Re[2]: 答复：问题", "Re: 问题"));
  it("G23 R205 the old subject goes", () => {
    reply("Re: New topic (was: Old topic)", "Re: New topic");
    reply("New topic [was: [PATCH] Old (topic)]", "Re: New topic");
  });
  it("R205 a subject that is nothing else keeps it", () => reply("(was: Old topic)", "Re: (was: Old topic)"));
  it("G24 R203 Fwd and one-letter words stay", () => {
    reply("Fwd: log from tester", "Re: Fwd: log from tester");
    reply("R: log", "Re: R: log");
  });
  it("G25 R207 no subject", () => {
    reply("", "Re: your mail");
    reply("Re:", "Re: your mail");
  });
  it("R201 every reply word, with every counter", () => {
    for (const word of ["Re", "AW", "Antw", "sv", "VS", "Odp", "ynt", "回复", "回覆", "答复"]) {
      for (const count of ["", "[2]", "(3)", "^4", " [2]"]) {
        for (const colon of [":", "：", " :"]) reply(`${word}${count}${colon} topic`, "Re: topic");
      }
    }
  });
  it("R201 words that only begin like one stay", () => {
    for (const subject of ["Reply: x", "regmap: x", "sv x", "re x"]) reply(subject, `Re: ${subject}`);
  });
  it("R201 blanks are collapsed", () =>
    assert.deepEqual(stripReply(" Re:   a \t b "), { bare: "a b", isReply: true }));
  it("hostile subjects end", () => {
    for (const subject of [
      "re:".repeat(100_000),
      " ".repeat(1_000_000),
      "re[".repeat(100_000),
      "[".repeat(100_000),
    ]) {
      replySubject(subject);
      readPatchPrefix(subject);
    }
  });
});

describe("mail/subject readPatchPrefix", function () {
  this.timeout(60_000);
  it("a plain patch", () => check("[PATCH] a: b", "v1 | - | isPatch |  | a: b"));
  it("version, count and tree", () =>
    check("[PATCH net-next v2 1/3] x: y", "v2 | 1/3 | isPatch | net-next | x: y"));
  it("a cover letter in a reply", () =>
    check("Re: [RFC PATCHv3 00/12] foo", "v3 | 0/12 | isPatch+rfc+isReply |  | foo"));
  it("several brackets: the list's own in front", () =>
    check("[list-a] [PATCH 5.10 01/10] x", "v1 | 1/10 | isPatch | list-a+5.10 | x"));
  it("a reply word between brackets", () => check("[list-a] Re: [PATCH] x", "v1 | - | isPatch | list-a | x"));
  it("RFC with a count but without PATCH is a patch", () =>
    check("[RFC v2 1/2] z", "v2 | 1/2 | isPatch+rfc |  | z"));
  it("RFC alone is not", () => check("[RFC] z", "v1 | - | rfc |  | z"));
  it("RESEND and PULL", () => {
    check("[RESEND PATCH v2] x", "v2 | - | isPatch+resend |  | x");
    check("[GIT PULL] x", "v1 | - | pull |  | x");
  });
  it("words written together", () => {
    check("[PATCH/RFC] a", "v1 | - | isPatch+rfc |  | a");
    check("[PATCH1/3] b", "v1 | 1/3 | isPatch |  | b");
    check("[v2,3/7] c", "v2 | 3/7 | isPatch |  | c");
    check("[PATCH-next 1 / 2] d", "v1 | 1/2 | isPatch | next | d");
  });
  it("a colon after the brackets goes, as in git; one of the title stays", () => {
    check("[RFC PATCH]: extend it", "v1 | - | isPatch+rfc |  | extend it");
    check("[PATCH] : [x] y", "v1 | - | isPatch | x | y");
    check(": a", "v1 | - |  |  | : a");
  });
  it("no bracket, no patch; an open one is text", () => {
    check("mm: [PATCH] later", "v1 | - |  |  | mm: [PATCH] later");
    check("[PATCH v2 x", "v1 | - |  |  | [PATCH v2 x");
  });
});
