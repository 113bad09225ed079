/** Surgery on replies to real mail: whole lines go, what is kept is as it was, what is answered stays, twice is once. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { LEFT_OUT } from "../../../src/compose/citing.ts";
import { cutNear, restore } from "../../../src/compose/cutText.ts";
import { applyEdits, type Edit } from "../../../src/compose/edit.ts";
import { paragraphAt } from "../../../src/compose/paragraphs.ts";
import { replyTo } from "../../../src/compose/reply.ts";
import { readReply } from "../../../src/compose/replySheet.ts";
import { trimDeep, trimToReplies } from "../../../src/compose/trim.ts";
import { refill, wrapLine } from "../../../src/compose/wrap.ts";
import { type Message, parseMessage } from "../../../src/mail/message.ts";
import { corpus } from "../../corpora.ts";
import { ada } from "../../mails.ts";
import { splitMbox } from "../../mirror.ts";

const OWN = "I would write this another way.";

/** True when the lines of `part` stand in `whole` in the same order. */
function isPartOf(part: readonly string[], whole: readonly string[]): boolean {
  let at = 0;
  for (const line of whole) if (line === part[at]) at++;
  return at === part.length;
}

/** A reply to a message with an answer below every `step`-th cited line, from `first` on. */
function answered(message: Message, first: number, step: number): string {
  const { body } = replyTo(message, ada).draft;
  let cited = 0;
  return body
    .split("\n")
    .flatMap((line) => {
      if (!line.startsWith("> ")) return [line];
      cited++;
      return cited >= first && (cited - first) % step === 0 ? [line, "", OWN, ""] : [line];
    })
    .join("\n");
}

describe("surgery on replies to real mail", () => {
  const threads = async function* (test: Mocha.Context) {
    const folder = corpus(test, "threads");
    for (const name of readdirSync(folder)
      .filter((one) => one.endsWith(".mboxrd.gz"))
      .sort()) {
      for (const raw of splitMbox(gunzipSync(readFileSync(join(folder, name)))))
        yield await parseMessage(raw);
    }
  };

  it("R705 to R713: trims, and puts everything back", async function () {
    const counts = { replies: 0, trimmed: 0, lines: 0, restored: 0, again: 0 };
    let slowest = 0;
    for await (const message of threads(this)) {
      for (const [first, step] of [
        [7, 40],
        [3, 1000],
      ] as const) {
        const before = answered(message, first, step);
        if (!before.includes(OWN)) continue;
        counts.replies++;
        for (const trim of [trimToReplies, trimDeep]) {
          const started = performance.now();
          const after = applyEdits(before, trim(before));
          slowest = Math.max(slowest, performance.now() - started);
          const [old, now] = [before.split("\n"), after.split("\n")];
          const where = `${message.messageId} ${trim.name}`;
          assert.ok(
            isPartOf(
              now.filter((line) => line !== LEFT_OUT),
              old,
            ),
            `${where}: only whole lines go`,
          );
          const own = (lines: string[]) => lines.filter((line) => line === OWN).length;
          assert.equal(own(now), own(old), `${where}: own text stays`);
          if (applyEdits(after, trim(after)) !== after) counts.again++;
          if (trim === trimToReplies) {
            const answeredLines = old.filter(
              (line, at) => old[at + 2] === OWN && old[at + 1] === "" && /[^>\s]/.test(line),
            );
            assert.ok(
              isPartOf(answeredLines, now),
              `${where}: what is answered stays\n${answeredLines.find((line) => !now.includes(line))}`,
            );
            if (after !== before) {
              counts.trimmed++;
              counts.lines += old.length - now.length;
            }
          }
        }
        const trimmed = applyEdits(before, trimToReplies(before));
        const cut = cutNear(trimmed, message, 1);
        if (cut !== undefined) {
          const whole = applyEdits(trimmed, [restore(trimmed, cut, cut.passages)]);
          const kept = trimmed
            .split("\n")
            .filter((line, at) => at + 1 !== cut.mark && line !== ">" && line !== "");
          assert.ok(
            isPartOf(kept, whole.split("\n")),
            `${message.messageId}: putting back changes nothing else`,
          );
          counts.restored++;
        }
      }
    }
    console.log(`      ${JSON.stringify(counts)}, slowest trim ${slowest.toFixed(0)} ms`);
    // A trim may take what told a cited diff from prose: then the next one reads a line another way.
    assert.ok(counts.again * 100 < counts.replies, "twice is once");
    assert.ok(counts.trimmed > 500 && counts.restored > 500);
  });

  it("R803 and G72: fills own prose of real mail without a letter changed, and twice is once", async function () {
    const bare = (text: string): string => text.replace(/[\s>]+/g, "");
    const counts = { paragraphs: 0, changed: 0, refused: 0 };
    for await (const message of threads(this)) {
      const { body } = message;
      if (body.length > 60_000) continue;
      const { lines } = readReply(body);
      for (let line = 1; line <= lines.length; line += 7) {
        const result = refill(body, line, 72);
        if ("refused" in result) {
          counts.refused++;
          continue;
        }
        counts.paragraphs++;
        const role = lines[line - 1]?.kind;
        assert.ok(role === "text" || role === "cited", `${message.messageId}:${line} is ${role}`);
        if (result.length === 0) continue;
        counts.changed++;
        const after = applyEdits(body, result);
        assert.equal(bare(after), bare(body), `${message.messageId}:${line}`);
        const paragraph = paragraphAt(body, line);
        assert.ok(!("refused" in paragraph));
        const again = refill(after, paragraph.firstLine, 72);
        if (!("refused" in again))
          assert.deepEqual(again satisfies Edit[], [], `${message.messageId}:${line} twice`);
        assert.deepEqual(wrapLine(body, line, 998), []);
      }
    }
    console.log(`      ${JSON.stringify(counts)}`);
    assert.ok(counts.changed > 500);
  });
});
