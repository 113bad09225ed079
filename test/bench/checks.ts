/**
 * How often each rule of the checker speaks about real replies, beside the shares that the specification states:
 * `node test/bench/checks.ts [CORPUS...]`, where a corpus is `linux-sh`, `kgdb-bugreport` or `threads`. With
 * `--samples=RULE` it prints what the rule found in some of them instead, to be read for false alarms.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { gunzipSync } from "node:zlib";
import { runProgram } from "../../src/base/process.ts";
import { writeDraft } from "../../src/compose/draftText.ts";
import { openLint } from "../../src/compose/lint.ts";
import { authorsOf } from "../../src/compose/recipients.ts";
import { rules } from "../../src/compose/rules/catalogue.ts";
import type { Finding } from "../../src/compose/rules/rule.ts";
import type { Mailbox } from "../../src/mail/address.ts";
import { readBody } from "../../src/mail/body.ts";
import { type Message, parseMessage } from "../../src/mail/message.ts";
import { stripReply } from "../../src/mail/subject.ts";
import { corporaFolder } from "../corpora.ts";
import { splitMbox } from "../mirror.ts";

/** Shares in per cent that the specification found on two other lists: of all replies, of maintainers' replies. */
const STATED: Readonly<Record<string, string>> = {
  "L-TOP-POST": "1.0 / 0.2",
  "L-NO-OWN": "0.3 / 0.1",
  "L-HTML": "0",
  "L-NO-IRT": "0.2",
  "L-IRT-MISMATCH": "0.65",
  "L-NON-UTF8": "0.02",
  "L-BIDI": "0.1",
  "L-DISCLAIMER": "0.08",
  "L-SUBJECT-RE": "0.2",
  "L-TRAILING-QUOTE": "24.6 / 12.7",
  "L-FULL-QUOTE": "19 / 12.5",
  "L-FULL-QUOTE warning": "7.1 / 4.4",
  "L-QUOTE-RATIO": "21 / 15",
  "L-QUOTE-RATIO warning": "9.6 / 6.2",
  "L-LONG-BLOCK": "21 / 14",
  "L-LONG-BLOCK warning": "10.5 / 6.6",
  "L-DEEP-QUOTE": "13.8 / 10.6",
  "L-DEEP-QUOTE warning": "4.3 / 3.2",
  "L-QUOTED-SIG": "13.7 / 9.9",
  "L-ORPHAN-ATTR": "3.6",
  "L-NO-ATTR": "5.9",
  "L-ATTR-WRAPPED": "4.5",
  "L-BANNER": "1.4",
  "L-PROSE-LONG": "10.5 / 5.1",
  "L-PROSE-LONG warning": "5.4 / 2.6",
  "L-QUOTE-BROKEN": "0.19",
  "L-NO-BLANK": "10",
  "L-TRAIL-WS": "7.8",
  "L-NBSP": "2.3",
  "L-CURLY": "0.7",
  "L-TAB-LOST": "1.9",
  "L-SIG-DASH": "2.2",
};
/** People with the most replies stand for maintainers. */
const MAINTAINERS = 25;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { samples: { type: "string" }, count: { type: "string", default: "15" } },
});

async function mailsOf(folder: string, name: string): Promise<Buffer[]> {
  if (name === "linux-sh") {
    const { stdout } = await runProgram("xz", ["-dc", join(folder, "scale", "linux-sh.mboxrd.xz")]);
    return splitMbox(stdout);
  }
  if (name === "threads") {
    return readdirSync(join(folder, name))
      .filter((file) => file.endsWith(".mboxrd.gz"))
      .flatMap((file) => splitMbox(gunzipSync(readFileSync(join(folder, name, file)))));
  }
  const scratch = mkdtempSync(join(tmpdir(), "kernel-mail-checks-"));
  try {
    const bundle = join(folder, name, "v2-epoch0.bundle");
    await runProgram("git", ["clone", "--quiet", "--bare", bundle, scratch]);
    const { stdout: commits } = await runProgram("git", ["-C", scratch, "rev-list", "--all"]);
    const input = commits
      .toString("utf8")
      .split("\n")
      .filter(Boolean)
      .map((commit) => `${commit}:m\n`)
      .join("");
    const { stdout } = await runProgram("git", ["-C", scratch, "cat-file", "--batch"], { input });
    const mails: Buffer[] = [];
    for (let at = 0; at < stdout.length; ) {
      const end = stdout.indexOf("\n", at);
      const size = Number(stdout.subarray(at, end).toString().split(" ")[2]);
      mails.push(stdout.subarray(end + 1, end + 1 + size));
      at = end + size + 2;
    }
    return mails;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** A reply as it would have stood in the editor when it was sent. */
function asDraft(message: Message): string {
  return writeDraft({
    from: message.from[0] ?? { name: "", address: "" },
    to: message.to,
    cc: message.cc,
    bcc: [],
    subject: message.subject,
    messageId: "",
    ...(message.inReplyTo[0] === undefined ? {} : { inReplyTo: message.inReplyTo[0] }),
    references: message.references,
    body: `${message.body}\n`,
  });
}

/** How long a check of a reply of 2,000 lines takes, in milliseconds: a long patch cited, answered every hundred lines. */
async function longDraft(): Promise<{ bestMs: number; medianMs: number }> {
  const said = Array.from({ length: 1500 }, (_, at) =>
    at < 600
      ? `line ${at} of a message that says something about clocks`
      : `+\tint line_${at} = compute(${at});`,
  );
  said.splice(600, 0, "--- a/clk.c", "+++ b/clk.c", "@@ -0,0 +1,900 @@");
  const mail = `From: Bob <bob@x.example>\nTo: list@x.example\nSubject: [PATCH] x\nMessage-ID: <c@x>\n\n`;
  const parent = await parseMessage(Buffer.from(`${mail}${said.join("\n")}\n`));
  const lines = said.flatMap((line, at) =>
    at % 100 < 99 ? [`> ${line}`] : [`> ${line}`, "", "A remark on this, in a few words.", ""],
  );
  while (lines.length < 2000)
    lines.push(`Own line ${lines.length}, which says a thing or two about the above.`);
  const head =
    "From: Ada <ada@example.org>\nTo: Bob <bob@x.example>\nSubject: Re: [PATCH] x\nIn-Reply-To: <c@x>\n\n";
  const text = head + lines.join("\n");
  const lint = openLint({ parent });
  const times = Array.from({ length: 50 }, () => {
    const startedMs = performance.now();
    lint(text);
    return performance.now() - startedMs;
  }).sort((a, b) => a - b);
  return { bestMs: times[0] ?? 0, medianMs: times[25] ?? 0 };
}

/** Who wrote it: a list that puts itself into From is nobody's identity. */
const writers = (message: Message): Mailbox[] =>
  message.from.some(({ name }) => / via /i.test(name)) ? authorsOf(message) : message.from;

interface Checked {
  message: Message;
  text: string;
  findings: Finding[];
}

const folder = corporaFolder();
if (folder === undefined) throw new Error("No real mail: set KERNEL_MAIL_CORPORA.");
const checked: Checked[] = [];
let spentMs = 0;
for (const name of positionals.length > 0 ? positionals : ["linux-sh", "kgdb-bugreport", "threads"]) {
  const messages: Message[] = [];
  for (const raw of await mailsOf(folder, name)) messages.push(await parseMessage(raw));
  const byId = new Map(messages.map((message) => [message.messageId, message]));
  let count = 0;
  for (const message of messages) {
    if (!stripReply(message.subject).isReply) continue;
    if (readBody(message.body).some(({ kind, depth }) => kind === "diff" && depth === 0)) continue;
    const parent = byId.get(message.inReplyTo[0] ?? message.references.at(-1) ?? "");
    const [self] = writers(message);
    const text = asDraft({ ...message, from: self === undefined ? [] : [self] });
    const lint = openLint({
      parent,
      self: self && { identity: self, identities: [], addresses: [] },
    });
    const startedMs = performance.now();
    checked.push({ message, text, findings: lint(text) });
    spentMs += performance.now() - startedMs;
    count++;
  }
  console.log(`${name}: ${messages.length} messages, ${count} replies without a patch of their own`);
}

if (values.samples !== undefined) {
  const [rule, severity] = values.samples.split(" ");
  const hits = checked.filter(({ findings }) =>
    findings.some((one) => one.rule === rule && (severity === undefined || one.severity === severity)),
  );
  const step = Math.max(1, Math.floor(hits.length / Number(values.count)));
  for (let at = 0; at < hits.length; at += step) {
    const hit = hits[at] as Checked;
    const found = hit.findings.find(
      (one) => one.rule === rule && (severity === undefined || one.severity === severity),
    );
    if (found === undefined) continue;
    const lines = hit.text.split("\n");
    console.log(
      `\n=== ${hit.message.messageId}\n${found.severity} ${found.line}:${found.column} ${found.message}`,
    );
    for (let line = Math.max(1, found.line - 4); line <= Math.min(lines.length, found.endLine + 3); line++) {
      const mark = line >= found.line && line <= found.endLine ? "|" : " ";
      if (line < found.line + 12 || line > found.endLine - 2) console.log(`${mark} ${lines[line - 1]}`);
    }
    if (found.fix !== undefined)
      console.log(`fix: ${found.fix.title} ${JSON.stringify(found.fix.edits[0]?.text)}`);
  }
  console.log(`\n${hits.length} of ${checked.length} replies`);
} else {
  const counts = new Map<string, number>();
  for (const { message } of checked) {
    const address = message.from[0]?.address.toLowerCase() ?? "";
    counts.set(address, (counts.get(address) ?? 0) + 1);
  }
  const busiest = new Set(
    [...counts]
      .sort((a, b) => b[1] - a[1])
      .slice(0, MAINTAINERS)
      .map(([address]) => address),
  );
  const theirs = checked.filter(({ message }) => busiest.has(message.from[0]?.address.toLowerCase() ?? ""));
  const share = (of: readonly Checked[], fires: (finding: Finding) => boolean): string => {
    const hits = of.filter(({ findings }) => findings.some(fires)).length;
    return ((hits * 100) / Math.max(1, of.length)).toFixed(2).padStart(7);
  };
  console.log(`${checked.length} replies, ${theirs.length} of them by the ${MAINTAINERS} busiest`);
  const { bestMs, medianMs } = await longDraft();
  console.log(
    `${(spentMs / checked.length).toFixed(2)} ms a reply; a draft of 2,000 lines ${medianMs.toFixed(1)} ms (best ${bestMs.toFixed(1)})\n`,
  );
  console.log(`${"rule".padEnd(28)}   all % theirs %   stated (all / maintainers)`);
  for (const { id } of rules) {
    for (const severity of ["", "error", "warning"]) {
      const fires = (finding: Finding) =>
        finding.rule === id && (severity === "" || finding.severity === severity);
      const hits = checked.filter(({ findings }) => findings.some(fires)).length;
      const all = checked.filter(({ findings }) => findings.some(({ rule }) => rule === id)).length;
      if (severity !== "" && (hits === 0 || hits === all)) continue;
      const name = severity === "" ? id : `${id} ${severity}`;
      console.log(
        `${name.padEnd(28)} ${share(checked, fires)} ${share(theirs, fires)}   ${STATED[name] ?? ""}`,
      );
    }
  }
}
