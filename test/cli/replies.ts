/** Replies to real mail, each written as text, read back, rendered, and judged by python3. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runProgram } from "../../src/base/process.ts";
import { readDraft, writeDraft } from "../../src/compose/draftText.ts";
import { replyTo } from "../../src/compose/reply.ts";
import { toWire } from "../../src/compose/wire.ts";
import { parseMessage } from "../../src/mail/message.ts";
import { root } from "../fixtures.ts";
import { ada } from "../mails.ts";

/** What the command line's `reply` and then `render` make of a mail. */
async function replyBytes(raw: Uint8Array): Promise<{ bytes: Uint8Array; lost: string[] }> {
  const { draft } = replyTo(await parseMessage(raw), ada);
  const { draft: read, problems } = readDraft(writeDraft(draft));
  const lost = [
    ...problems.map(({ message }) => message),
    ...(JSON.stringify(read) === JSON.stringify(draft) ? [] : [`not read back: ${JSON.stringify(draft)}`]),
  ];
  return { bytes: toWire(read, { date: { ms: 0, zoneMinutes: 0 } }).bytes, lost };
}

/** Answers every mail; resolves with a line for each thing that is not as it should be. */
export async function judgeReplies(mails: readonly Uint8Array[]): Promise<string[]> {
  const problems: string[] = [];
  const input: Uint8Array[] = [];
  const sizes: [number, number][] = [];
  for (const raw of mails) {
    const { bytes, lost } = await replyBytes(raw);
    problems.push(...lost);
    input.push(raw, bytes);
    sizes.push([raw.byteLength, bytes.byteLength]);
  }
  const folder = mkdtempSync(join(tmpdir(), "kernel-mail-replies-"));
  try {
    const sizesFile = join(folder, "sizes.json");
    writeFileSync(sizesFile, JSON.stringify(sizes));
    const script = join(root(), "test", "cli", "replyByPython.py");
    const { code, stdout, stderr } = await runProgram("python3", [script, sizesFile], {
      input: Buffer.concat(input),
    });
    if (code !== 0) throw new Error(`python3: ${stderr}`);
    return [...problems, ...stdout.toString("utf8").split("\n").filter(Boolean)];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
