/** Precision and recall of links, counted on lines of real mail that a person has judged. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { decodeText } from "../../../src/mail/decode.ts";
import { findLinks } from "../../../src/mail/links.ts";
import { MboxSplit } from "../../../src/sources/mboxSplit.ts";
import { corpus } from "../../corpora.ts";
import { fixturePath } from "../../fixtures.ts";

/** The judged lines by their hash: `kind@column-endColumn` of every link. */
function judged(): Map<string, string[]> {
  const rows = readFileSync(fixturePath("linkTable.tsv"), "utf8").split("\n");
  const table = new Map<string, string[]>();
  for (const row of rows) {
    const [hash = "", links = ""] = row.split("\t");
    if (hash !== "" && !hash.startsWith("#")) table.set(hash, links === "" ? [] : links.split(" "));
  }
  return table;
}

const hashOf = (lines: readonly string[], at: number): string =>
  createHash("sha256")
    .update(lines.slice(at - 1, at + 2).join("\n"))
    .digest("hex")
    .slice(0, 16);

function* bodies(raws: Iterable<Uint8Array>): Generator<string> {
  for (const raw of raws) yield decodeText(raw).body;
}

function mailsOf(mbox: Buffer): Buffer[] {
  const mails: Buffer[] = [];
  const split = new MboxSplit({ base: 0, take: ({ bytes }) => mails.push(Buffer.from(bytes)) });
  split.push(mbox);
  split.end();
  return mails;
}

function* mailsBelow(folder: string): Generator<Buffer> {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile() && entry.name.endsWith(".eml")) yield readFileSync(join(entry.parentPath, entry.name));
  }
}

describe("mail/links, on judged lines of real mail", function () {
  this.timeout(300_000);
  it("finds nearly all links, and hardly anything else", function () {
    const packed = corpus(this, "scale", "linux-sh.mboxrd.xz");
    const mbox = execFileSync("xz", ["-dc", packed], { maxBuffer: 1 << 29 });
    const table = judged();
    const counts = { lines: 0, links: 0, found: 0, right: 0 };
    for (const raws of [mailsOf(mbox), mailsBelow(corpus(this, "real-odd"))]) {
      for (const body of bodies(raws)) {
        const lines = ["", ...body.split("\n")];
        let links: ReturnType<typeof findLinks> | undefined;
        for (let at = 1; at < lines.length && table.size > 0; at++) {
          if ((lines[at]?.length ?? 0) < 8) continue;
          const hash = hashOf([...lines.slice(at - 1, at + 1), lines[at + 1] ?? ""], 1);
          const expected = table.get(hash);
          if (expected === undefined) continue;
          table.delete(hash);
          links ??= findLinks(body);
          const found = links
            .filter(({ line }) => line === at)
            .map(({ kind, column, endColumn }) => `${kind}@${column}-${endColumn}`);
          counts.lines += 1;
          counts.links += expected.length;
          counts.found += found.length;
          counts.right += found.filter((link) => expected.includes(link)).length;
        }
      }
    }
    const [precision, recall] = [counts.right / counts.found, counts.right / counts.links];
    console.log(
      `      ${counts.lines} lines, ${counts.links} links, precision ${precision.toFixed(4)}, recall ${recall.toFixed(4)}`,
    );
    assert.equal(table.size, 0, "judged lines that were not met");
    assert.ok(precision >= 0.995, `precision ${precision}`);
    assert.ok(recall >= 0.99, `recall ${recall}`);
  });
});
