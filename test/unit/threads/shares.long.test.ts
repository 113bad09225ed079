/**
 * How much of what real lists cite is found in its source (V702), list by list, by this project's reading and by the
 * specification's own count (each marked line, one mark less, against the parent alone).
 *
 * Kernel lists come out at 98.6 to 99.5 % exact by that count, above the specification's 97.1 %: it was measured on lists
 * with more Outlook and HTML mail. Where more is missing it is what no parent says: cited header blocks and "To/cc"
 * tables of mailers (notmuch), and mail whose HTML part was answered while its plain part is compared (threads, the user
 * list in it; there whole paragraphs count as rewrapped).
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { runProgram } from "../../../src/base/process.ts";
import { isUserError } from "../../../src/base/report.ts";
import { readStructure } from "../../../src/mail/body.ts";
import { decodeText } from "../../../src/mail/decode.ts";
import { readSkeleton } from "../../../src/mail/skeleton.ts";
import { type CitedMessage, citedSources } from "../../../src/threads/provenance.ts";
import { SaidTexts } from "../../../src/threads/saidText.ts";
import { corpus } from "../../corpora.ts";
import { splitMbox } from "../../threadViews.ts";

interface Told extends CitedMessage {
  parent: string | undefined;
}

function readMails(mbox: Buffer): Map<string, Told> {
  return new Map(
    splitMbox(mbox).map((raw) => {
      const { messageId, references } = readSkeleton(raw);
      return [messageId, { messageId, parent: references.at(-1), body: decodeText(raw).body }];
    }),
  );
}

const blanks = (text: string): string => text.replace(/\s+/g, " ").trim();
const tight = (line: string): string =>
  blanks(line.replace(/^(?:> ?)+/, (marks) => marks.replaceAll(" ", "")));

/** The specification's count over one reply. */
function countAsSpecified(
  body: string,
  parent: string,
  count: { exact: number; wrapped: number; neither: number },
) {
  const lines = new Set(parent.split("\n").map(tight));
  let whole: string | undefined;
  for (const line of body.split("\n")) {
    if (!line.startsWith(">")) continue;
    const cited = tight(line.replace(/^> ?/, ""));
    const words = cited.replace(/^>+/, "");
    if (words === "") continue;
    whole ??= blanks(parent.replace(/^(?:> ?)+/gm, ""));
    if (lines.has(cited)) count.exact++;
    else if (whole.includes(words)) count.wrapped++;
    else count.neither++;
  }
}

const percent = (part: number, whole: number): string =>
  `${((100 * part) / Math.max(1, whole)).toFixed(1)} %`;

/** Counts one list and prints its shares. */
function measure(name: string, mails: Map<string, Told>): { found: number; all: number } {
  const count = { verbatim: 0, rewrapped: 0, edited: 0, foreign: 0, unknown: 0 };
  const asSpecified = { exact: 0, wrapped: 0, neither: 0 };
  let [replies, complete, nearly, all] = [0, 0, 0, 0];
  const said = new SaidTexts();
  for (const message of mails.values()) {
    const ancestors: Told[] = [];
    for (
      let at = mails.get(message.parent ?? "");
      at && ancestors.length < 60;
      at = mails.get(at.parent ?? "")
    )
      ancestors.push(at);
    const [parent] = ancestors;
    if (parent === undefined) continue;
    const body = message.body ?? "";
    countAsSpecified(body, parent.body ?? "", asSpecified);
    const sources = citedSources(body, readStructure(body, { ancestors }).blocks, ancestors, said);
    if (sources.length === 0) continue;
    for (const { state } of sources) count[state]++;
    const same = sources.filter(({ state }) => state === "verbatim" || state === "rewrapped").length;
    replies++;
    all += sources.length;
    if (same === sources.length) complete++;
    if (same >= sources.length * 0.9) nearly++;
  }
  const { exact, wrapped, neither } = asSpecified;
  const marked = exact + wrapped + neither;
  console.log(
    [
      `      ${name.padEnd(10)} ${all} lines of ${replies} replies: verbatim ${percent(count.verbatim, all)}`,
      `rewrapped ${percent(count.rewrapped, all)}`,
      `neither ${percent(count.edited + count.foreign + count.unknown, all)}`,
      `all found in ${percent(complete, replies)}, nine tenths in ${percent(nearly, replies)}`,
      `as specified: exact ${percent(exact, marked)}, rewrapped ${percent(wrapped, marked)}, neither ${percent(neither, marked)}`,
    ].join("; "),
  );
  return { found: count.verbatim + count.rewrapped, all };
}

describe("cited lines of real lists", function () {
  this.timeout(600_000);

  it("V702 nearly all are found in every list (specification: exact 97.1 %, rewrapped 2.1 %, neither 0.8 %)", async function () {
    const gz = (path: string): Buffer => gunzipSync(readFileSync(path));
    const folder = (set: string): Buffer => {
      const path = corpus(this, set);
      const names = readdirSync(path).filter((file) => file.endsWith(".gz"));
      return Buffer.concat(names.map((file) => gz(join(path, file))));
    };
    const lists: [name: string, mbox: Buffer][] = [
      ["threads", folder("threads")],
      ["series", folder("series")],
      ["kgdb", gz(corpus(this, "kgdb-bugreport", "first600.mboxrd.gz"))],
      ["notmuch", readFileSync(corpus(this, "notmuch", "lkml.mboxrd"))],
    ];
    try {
      const { stdout } = await runProgram("xz", ["-dc", corpus(this, "scale", "linux-sh.mboxrd.xz")]);
      lists.push(["linux-sh", stdout]);
    } catch (error) {
      if (!isUserError(error)) throw error;
      console.log("      skipped: linux-sh, without the program xz");
    }
    for (const [name, mbox] of lists) {
      const { found, all } = measure(name, readMails(mbox));
      assert.ok(found / all >= 0.94, `${name}: ${percent(found, all)}`);
    }
  });
});
