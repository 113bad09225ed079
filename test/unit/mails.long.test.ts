/** Strange mails damaged by chance, taken through all that reads and answers a mail. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { isUserError } from "../../src/base/report.ts";
import { readDraft, writeDraft } from "../../src/compose/draftText.ts";
import { replyTo } from "../../src/compose/reply.ts";
import { toWire } from "../../src/compose/wire.ts";
import { decodeText } from "../../src/mail/decode.ts";
import { findLinks } from "../../src/mail/links.ts";
import { type Message, parseMessage } from "../../src/mail/message.ts";
import { prose } from "../../src/mail/prose.ts";
import { readSkeleton } from "../../src/mail/skeleton.ts";
import { viewMessage } from "../../src/reader/view.ts";
import { MboxSplit } from "../../src/sources/mboxSplit.ts";
import { readMessage } from "../../src/threads/reading.ts";
import { corpus } from "../corpora.ts";
import { fixturePath } from "../fixtures.ts";
import { ada } from "../mails.ts";
import { splitMbox } from "../mirror.ts";
import { chance, damaged } from "./sources/mutations.ts";
import { mail, mboxOf } from "./sources/shelf.ts";

/** How long in seconds, or how many, and from which seed on: set by hand to look longer or elsewhere. */
const seconds = Number(process.env["KERNEL_MAIL_MUTATION_SECONDS"] ?? 60);
const atMost = Number(process.env["KERNEL_MAIL_MUTATIONS"] ?? Number.POSITIVE_INFINITY);
const seed = Number(process.env["KERNEL_MAIL_MUTATION_SEED"] ?? 1);

/** One mail may take no longer, in milliseconds: most take a few, and the machine has others to serve. */
const hangsMs = 20_000;
/** Larger mails only make the run slower. */
const largest = 100_000;

/** What a mail is made of, put where it does not belong. */
const pieces = [
  "Content-Type: multipart/mixed; boundary=x\n",
  "Content-Type: message/rfc822\n",
  "Content-Type: text/html; charset=utf-7\n",
  "Content-Transfer-Encoding: base64\n",
  "Content-Transfer-Encoding: quoted-printable\n",
  "Content-Type: text/plain; format=flowed; delsp=yes\n",
  "--x\n",
  "--x--\n",
  "=?utf-8?q?",
  "=?iso-2022-jp?b?",
  "?=",
  "References: <a@b> <a@b>\n",
  `References: ${"<".repeat(300)}\n`,
  "In-Reply-To: <x@y> from z\n",
  "Message-ID: <>\n",
  "Date: Thu, 32 Foo 99999 25:61\n",
  "Date: Sat, 31 Dec 2085 23:59:59 +9999\n",
  'From: "(((((<<<<" <@,@:>\n',
  "To: undisclosed-recipients:;\n",
  `${">".repeat(500)} deep\n`,
  "On Mon, Jan 1, 2024 at 10:00 AM A wrote:\n",
  "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,99999999999 +1,2 @@\n",
  "@@ -0,0 +1 @@",
  "-- \n",
  "Reviewed-by: \n",
  "https://lore.kernel.org/r/",
  "=",
  "%",
  "\x1b$B",
  "+AAAAAA-",
  "\u2028",
];

/** A damaged mail; every other one has pieces of mail put in at the beginnings of lines. */
function broken(raw: Buffer, next: () => number): Buffer {
  if (next() < 0.5) return damaged(raw, next);
  let bytes = next() < 0.3 ? damaged(raw, next) : raw;
  for (let count = 1 + Math.floor(next() * 4); count > 0; count--) {
    const near = Math.floor(next() ** 2 * bytes.length);
    const at = bytes.indexOf(10, near) + 1;
    const piece = Buffer.from(pieces[Math.floor(next() * pieces.length)] ?? "", "latin1");
    bytes = Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)]);
  }
  return bytes;
}

function filesBelow(path: string): string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== "INDEX.tsv")
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => statSync(file).size < largest)
    .sort();
}

/** The mails of a file, as an mbox is split; what comes before the first one is left out. */
function mailsOf(bytes: Buffer): Buffer[] {
  const mails: Buffer[] = [];
  const split = new MboxSplit({ base: 0, take: (cut) => mails.push(Buffer.from(cut.bytes)) });
  split.push(bytes);
  split.end();
  return mails;
}

const before = mail("before", "> cited\n\nown\n");
const behind = mail("behind", "From here\n");

/** In an mbox, whatever it holds, a mail takes no other with it. */
function keepsNeighbours(raw: Buffer): void {
  const victim = raw.toString("latin1").replace(/^content-length/gim, "X");
  const mails = mailsOf(Buffer.from(`${mboxOf(before)}${mboxOf(victim)}${mboxOf(behind)}`, "latin1"));
  assert.equal(mails[0]?.toString("latin1"), before, "the mail before it");
  assert.equal(mails.at(-1)?.toString("latin1"), behind, "the mail behind it");
}

/** Every line in one block, in order. */
function coversLines(body: string, blocks: readonly { firstLine: number; lastLine: number }[]): void {
  let next = 1;
  for (const { firstLine, lastLine } of blocks) {
    assert.equal(firstLine, next);
    assert.ok(lastLine >= firstLine);
    next = lastLine + 1;
  }
  assert.equal(next, body.split("\n").length + 1);
}

function answer(message: Message): void {
  const { draft } = replyTo(message, ada, { date: new Date(0) });
  const { draft: read } = readDraft(writeDraft(draft));
  try {
    toWire({ ...read, messageId: "answer@kernel.example" }, { date: { ms: 0, zoneMinutes: 0 } });
  } catch (error) {
    // A draft that cannot be sent as it is says why.
    if (!isUserError(error)) throw error;
  }
}

/** All that is done with a mail from the archive to the answer. */
async function read(raw: Buffer, parent: Message): Promise<void> {
  const skeleton = readSkeleton(raw);
  const message = await parseMessage(raw);
  assert.equal(skeleton.messageId, message.messageId, "both readers find the same Message-ID");
  assert.deepEqual(readSkeleton(Buffer.from(raw)), skeleton, "the same bytes have the same row");
  prose(Buffer.from(decodeText(raw).body));
  const { blocks } = readMessage(message, [parent], "seen");
  coversLines(message.body, blocks);
  findLinks(message.body, blocks);
  const { messageId } = message;
  const node = { ...skeleton, messageId, depth: 1, missing: false, parent: parent.messageId };
  viewMessage(message, {
    node: { ...node, dateMs: skeleton.dateMs ?? 0 },
    ancestors: [parent],
  });
  answer(message);
}

describe("mails damaged for a minute", () => {
  it("are read and answered, and take no neighbour with them", async function () {
    const folders = ["weird", "real-odd"].map((name) => corpus(this, name));
    const variants = filesBelow(corpus(this, "mbox-variants")).flatMap((file) => mailsOf(readFileSync(file)));
    const own = splitMbox(readFileSync(fixturePath("cli", "thread.mbox")));
    const mails = [...folders.flatMap(filesBelow).map((file) => readFileSync(file)), ...variants, ...own];
    const parent = await parseMessage(mails.at(-1) ?? Buffer.alloc(0));
    const stop = performance.now() + seconds * 1000;
    let count = 0;
    let slowest = 0;
    for (; count < atMost && performance.now() < stop; count++) {
      const next = chance(seed + count);
      const raw = broken(mails[Math.floor(next() * mails.length)] ?? Buffer.alloc(0), next);
      const started = performance.now();
      try {
        keepsNeighbours(raw);
        await read(raw, parent);
      } catch (error) {
        throw new Error(`seed ${seed + count}: ${error instanceof Error ? error.stack : String(error)}`);
      }
      const ms = performance.now() - started;
      slowest = Math.max(slowest, ms);
      assert.ok(ms < hangsMs, `seed ${seed + count} took ${Math.round(ms)} ms`);
    }
    console.log(
      `      ${count} mails damaged out of ${mails.length}, the slowest read in ${Math.round(slowest)} ms`,
    );
  }).timeout((seconds + 120) * 1000);
});
