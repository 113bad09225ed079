/** Compares our reading of real mail with that of Python's email package, field by field. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runProgram } from "../../../src/base/process.ts";
import { isUserError } from "../../../src/base/report.ts";
import { type Message, parseMessage } from "../../../src/mail/message.ts";
import { root } from "../../fixtures.ts";

/** A mail of a corpus: what it is called in the list of differences, and its bytes. */
export interface NamedMail {
  name: string;
  raw: Buffer;
}

/** What emailByPython.py says of one mail; see there. */
interface Opinion {
  failed?: string;
  id: string | null;
  subject: string;
  from: [name: string, address: string];
  date: number | null;
  text: string | null;
  flowed: boolean;
}

const here = (name: string): string => join(root(), "test", "unit", "mail", name);

/** Known differences: `field name-of-mail` to the reason, grouped by reason in the file. */
export function knownDifferences(): Map<string, string> {
  const reasons = JSON.parse(readFileSync(here("emailByPython.json"), "utf8")) as Record<string, string[]>;
  return new Map(Object.entries(reasons).flatMap(([reason, names]) => names.map((name) => [name, reason])));
}

/** Asks Python; undefined when there is none on this machine. */
async function askPython(mails: NamedMail[]): Promise<Opinion[] | undefined> {
  const input = Buffer.concat(
    mails.flatMap(({ raw }) => {
      const size = Buffer.alloc(4);
      size.writeUInt32BE(raw.length);
      return [size, raw];
    }),
  );
  try {
    const { code, stdout, stderr } = await runProgram("python3", [here("emailByPython.py")], { input });
    if (code !== 0) throw new Error(stderr);
    const lines = stdout.toString("utf8").trimEnd().split("\n");
    return lines.map((line) => JSON.parse(line) as Opinion);
  } catch (error) {
    if (isUserError(error)) return undefined;
    throw error;
  }
}

/** The form in which texts are compared; the same as `canonical` in emailByPython.py. */
function canonical(text: string, flowed: boolean): string {
  return text
    .replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u2400-\u2426\ufeff\ufffd]/g, "")
    .split("\n")
    .map((line) => {
      const ended = line.replace(/[ \t]+$/, "");
      return flowed ? ended.replace(/^[> \t]+/, "") : ended;
    })
    .join("\n")
    .replace(/\n{2,}/g, "\n\n")
    .replace(/^\n+|\n+$/g, "");
}

/** The fields in which we and Python differ. */
function differences(message: Message, python: Opinion): string[] {
  if (python.failed !== undefined) return ["failed"];
  const from = message.from[0] ?? { name: "", address: "" };
  const text = (): string =>
    createHash("sha256").update(canonical(message.body, python.flowed)).digest("hex");
  const same: Record<string, boolean> = {
    id: (message.hasMessageId ? message.messageId : null) === python.id,
    subject: message.subject === python.subject,
    from: from.name === python.from[0] && from.address === python.from[1],
    date: (message.date?.ms ?? null) === python.date,
    text: python.text === null || text() === python.text,
  };
  return Object.keys(same).filter((field) => !same[field]);
}

/** Every difference as `field name-of-mail`; undefined when there is no Python. */
export async function compareWithPython(mails: NamedMail[]): Promise<string[] | undefined> {
  const opinions = await askPython(mails);
  if (opinions === undefined) return undefined;
  const found: string[] = [];
  for (const [index, { name, raw }] of mails.entries()) {
    const python = opinions[index];
    if (python === undefined) throw new Error(`Python said nothing of ${name}`);
    for (const field of differences(await parseMessage(raw), python)) found.push(`${field} ${name}`);
  }
  return found;
}
