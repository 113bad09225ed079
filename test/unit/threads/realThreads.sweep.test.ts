/** Real threads: what the rules promise of bodies, folds and sources holds there, and the measured shares stay. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { readStructure } from "../../../src/mail/body.ts";
import { decodeText } from "../../../src/mail/decode.ts";
import { foldBlocks } from "../../../src/mail/fold.ts";
import { findLinks } from "../../../src/mail/links.ts";
import { prose } from "../../../src/mail/prose.ts";
import { readSkeleton } from "../../../src/mail/skeleton.ts";
import { type CitedMessage, citedSources, citeStates, joinSources } from "../../../src/threads/provenance.ts";
import { findRejoined } from "../../../src/threads/rejoin.ts";
import { SaidTexts } from "../../../src/threads/saidText.ts";
import { corpus } from "../../corpora.ts";

interface RealMessage {
  messageId: string;
  parent: string | undefined;
  subject: string;
  body: string;
}

/** The messages of one thread file, by Message-ID. */
function readThread(path: string): Map<string, RealMessage> {
  const mails = gunzipSync(readFileSync(path))
    .toString("latin1")
    .split(/^From mboxrd@z .*\n/m)
    .filter(Boolean);
  const messages = mails.map((mail): RealMessage => {
    const raw = Buffer.from(mail.replace(/^>(>*From )/gm, "$1"), "latin1");
    const { messageId, references, subject } = readSkeleton(raw);
    return { messageId, parent: references.at(-1), subject, body: decodeText(raw).body };
  });
  return new Map(messages.map((message) => [message.messageId, message]));
}

function ancestorsOf(message: RealMessage, thread: Map<string, RealMessage>): CitedMessage[] {
  const chain: CitedMessage[] = [];
  for (
    let at = thread.get(message.parent ?? "");
    at !== undefined && chain.length < 60;
    at = thread.get(at.parent ?? "")
  ) {
    chain.push(at);
  }
  return chain;
}

const percent = (part: number, whole: number): number => Math.round((1000 * part) / whole) / 10;

describe("real threads", function () {
  this.timeout(300_000);
  const threads = (test: Mocha.Context): Map<string, RealMessage>[] => {
    const folder = corpus(test, "threads");
    return readdirSync(folder)
      .filter((name) => name.endsWith(".gz"))
      .map((name) => readThread(join(folder, name)));
  };

  it("every line is in one block, own text never folds, links hold their text", function () {
    for (const thread of threads(this)) {
      for (const message of thread.values()) {
        const { body } = message;
        const lines = body.split("\n");
        const { blocks } = readStructure(body);
        const folded = foldBlocks(body, blocks, { parent: "seen" });
        for (const division of [blocks, folded, joinSources(folded, [])]) {
          let next = 1;
          for (const { firstLine, lastLine } of division) {
            assert.equal(firstLine, next, message.messageId);
            next = lastLine + 1;
          }
          assert.equal(next, lines.length + 1, message.messageId);
        }
        for (const block of folded)
          assert.ok(!block.folded || block.depth > 0 || block.kind === "footer", message.messageId);
        for (const { line, column, endColumn, text } of findLinks(body, blocks))
          assert.equal(lines[line - 1]?.slice(column - 1, endColumn - 1), text);
        assert.ok(prose(Buffer.from(body)).length <= Buffer.byteLength(body));
      }
    }
  });

  it("the first attribution of replies is found (section 4: 94.1 %)", function () {
    let [replies, found] = [0, 0];
    for (const thread of threads(this)) {
      for (const { body, parent, subject } of thread.values()) {
        const { lines, blocks } = readStructure(body);
        if (parent === undefined || !/^re:/i.test(subject) || !lines.some(({ depth }) => depth > 0)) continue;
        replies++;
        if (blocks.some(({ kind, depth }) => kind === "attribution" && depth <= 1)) found++;
      }
    }
    console.log(`      attributions: ${found} of ${replies} replies, ${percent(found, replies)} %`);
    assert.ok(percent(found, replies) >= 94.1);
  });

  it("cited lines are found in their ancestors (V702: exact 97.1 %, rewrapped 2.1 %, neither 0.8 %)", function () {
    const count = { verbatim: 0, rewrapped: 0, edited: 0, foreign: 0, unknown: 0 };
    let [replies, nearly, all, rejoined] = [0, 0, 0, 0];
    for (const thread of threads(this)) {
      const said = new SaidTexts();
      for (const message of thread.values()) {
        const ancestors = ancestorsOf(message, thread);
        if (ancestors.length === 0) continue;
        const { blocks } = readStructure(message.body, { ancestors });
        const sources = citedSources(message.body, blocks, ancestors, said);
        rejoined += findRejoined(message.body, blocks, sources, ancestors, said).length;
        if (sources.length === 0) continue;
        for (const { state } of sources) count[state]++;
        const same = sources.filter(({ state }) => state === "verbatim" || state === "rewrapped").length;
        replies++;
        all += sources.length;
        if (same >= sources.length * 0.9) nearly++;
        for (const { folded, firstLine, lastLine, kind } of foldBlocks(message.body, blocks, {
          parent: "seen",
          states: citeStates(sources),
        })) {
          const own = sources.find(({ line }) => line >= firstLine && line <= lastLine);
          assert.ok(
            !folded || kind === "attribution" || (own?.state !== "foreign" && own?.state !== "edited"),
          );
        }
      }
    }
    const shares = Object.entries(count).map(([state, lines]) => `${state} ${percent(lines, all)} %`);
    console.log(`      ${all} cited lines: ${shares.join(", ")}; ${rejoined} rejoined`);
    console.log(
      `      at least 90 % of the lines match in ${percent(nearly, replies)} % of ${replies} replies`,
    );
    assert.ok(percent(count.verbatim, all) >= 93);
    assert.ok(percent(count.verbatim + count.rewrapped, all) >= 99);
    assert.ok(percent(nearly, replies) >= 95);
  });
});
