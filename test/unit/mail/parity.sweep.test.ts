/** Real and weird mail: nothing throws or hangs, and we read what Python's email package and mailparser read. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { simpleParser } from "mailparser";
import { decodeText } from "../../../src/mail/decode.ts";
import { headerStart } from "../../../src/mail/headers.ts";
import { parseMessage } from "../../../src/mail/message.ts";
import { leaves, readParts } from "../../../src/mail/mime.ts";
import { readSkeleton } from "../../../src/mail/skeleton.ts";
import { decodeTransfer } from "../../../src/mail/transfer.ts";
import { corpus } from "../../corpora.ts";
import { splitMbox } from "../../mirror.ts";
import { compareWithPython, knownDifferences, type NamedMail } from "./emailByPython.ts";

/** Single mails below a folder, or the mails of an mboxrd. Names are paths below the corpora. */
function mailsOf(path: string, name: string): NamedMail[] {
  if (/\.mboxrd(\.gz)?$/.test(path)) {
    const bytes = readFileSync(path);
    const mails = splitMbox(path.endsWith(".gz") ? gunzipSync(bytes) : bytes);
    return mails.map((raw, index) => ({ name: `${name}#${index}`, raw }));
  }
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".tsv"))
    .flatMap((entry) => {
      const file = join(entry.parentPath, entry.name);
      const inner = `${name}/${file.slice(path.length + 1)}`;
      return file.endsWith(".gz") ? mailsOf(file, inner) : [{ name: inner, raw: readFileSync(file) }];
    });
}

const sets = ["notmuch/lkml.mboxrd", "kgdb-bugreport/first600.mboxrd.gz", "threads", "real-odd", "weird"];

for (const set of sets) {
  describe(`mail on real input: ${set}`, function () {
    this.timeout(120_000);
    const mails = (test: Mocha.Context): NamedMail[] => mailsOf(corpus(test, ...set.split("/")), set);

    it("reads what Python's email package reads, but for the differences with a reason", async function () {
      const read = mails(this);
      const found = await compareWithPython(read);
      if (found === undefined) {
        console.log("      skipped: there is no python3 to compare with");
        return this.skip();
      }
      const known = knownDifferences();
      const fresh = found.filter((difference) => !known.has(difference));
      const mine = [...known.keys()].filter((name) => name.slice(name.indexOf(" ") + 1).startsWith(set));
      const gone = mine.filter((name) => !found.includes(name));
      assert.deepEqual({ fresh, gone }, { fresh: [], gone: [] });
    });

    it("skeleton, search text and message agree", async function () {
      for (const { name, raw } of mails(this)) {
        const message = await parseMessage(raw);
        const skeleton = readSkeleton(raw);
        const [from = { name: "", address: "" }] = message.from;
        assert.deepEqual(
          [skeleton.messageId, skeleton.subject, skeleton.dateMs, skeleton.fromName, skeleton.fromAddress],
          [message.messageId, message.subject, message.date?.ms, from.name, from.address],
          name,
        );
        if (message.badges.includes("html")) continue;
        const { body, flowedLines } = decodeText(raw);
        assert.deepEqual([body, flowedLines], [message.body, message.flowedLines], name);
      }
    });
  });
}

describe("mail on real input: our decoders and mailparser", function () {
  this.timeout(120_000);
  it("one-part text is the same by both", async function () {
    const path = corpus(this, "notmuch", "lkml.mboxrd");
    const more = corpus(this, "threads");
    const mails = [
      ...mailsOf(path, "lkml"),
      ...mailsOf(more, "threads").filter((_, index) => index % 4 === 0),
    ];
    let compared = 0;
    for (const { name, raw } of mails) {
      const { root } = readParts(raw, headerStart(raw));
      const charset = root.parameters.get("charset")?.toLowerCase() ?? "";
      // Where the rules part from the library: format=flowed is undone by lines (D241), charsets that promise
      // nothing are guessed another way (D230), iso-8859-1 is windows-1252 (D231).
      const sameRules = charset === "utf-8" || charset === "koi8-r" || raw.every((byte) => byte < 0x80);
      const isPlain = root.type === "" || root.type === "text/plain";
      if (!isPlain || root.parameters.get("format") === "flowed" || !sameRules) continue;
      const { text = "" } = await simpleParser(raw.subarray(headerStart(raw)), { skipTextToHtml: true });
      // Controls become visible with us (D235), line ends at the end go.
      const theirs = text.replace(/\n+$/, "");
      const ours = decodeText(raw).body;
      if (/[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff]/.test(theirs)) continue;
      assert.equal(ours, theirs, name);
      compared++;
    }
    assert.ok(compared > 500, `${compared} mails compared`);
  });

  it("the parts of multipart mail are the same bytes by both", async function () {
    let compared = 0;
    for (const { name, raw } of mailsOf(corpus(this, "real-odd"), "real-odd")) {
      const { root } = readParts(raw, headerStart(raw));
      if (root.children.length === 0) continue;
      const parsed = await simpleParser(raw.subarray(headerStart(raw)), { skipTextToHtml: true });
      const attached = leaves(root).filter(
        ({ type, disposition }) => !/^(text|message)\//.test(type) && disposition === "attachment",
      );
      for (const part of attached) {
        const ours = decodeTransfer(raw.subarray(part.start, part.end), part.encoding);
        const found = parsed.attachments.some(({ content }) => content.equals(ours));
        assert.ok(found, `${name}: ${basename(part.name)}`);
        compared++;
      }
    }
    assert.ok(compared > 20, `${compared} parts compared`);
  });
});
