/** `check`: what the checker finds in a draft, one object for each finding. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { readGitConfig } from "../base/gitConfig.ts";
import { homePath } from "../base/homePath.ts";
import { type Aliases, aliasFiles, readAliases } from "../compose/aliases.ts";
import { readDraft } from "../compose/draftText.ts";
import { chooseSelf, excludedRecipients } from "../compose/identity.ts";
import { openLint } from "../compose/lint.ts";
import { type Message, parseMessage } from "../mail/message.ts";
import type { Call } from "./call.ts";
import { readText } from "./readText.ts";
import { UsageError } from "./usage.ts";

/** The message that the draft answers, when there is an index and it has it. Never makes an index. */
async function findParent(call: Call, text: string): Promise<Message | undefined> {
  const { inReplyTo } = readDraft(text).draft;
  if (inReplyTo === undefined || !existsSync(call.db)) return undefined;
  const archive = await call.open();
  try {
    const [found] = await archive.raw({ messageIds: [inReplyTo] });
    return found && (await parseMessage(found.raw));
  } finally {
    archive.close();
  }
}

/** The names of git's address books; one that cannot be read holds none, and is told. */
async function readBooks(config: Parameters<typeof aliasFiles>[0], say: Call["say"]): Promise<Aliases> {
  const { paths, format } = aliasFiles(config);
  if (format === undefined) return new Map();
  const readBook = async (path: string): Promise<string> => {
    try {
      return await readFile(homePath(path), "utf8");
    } catch (error) {
      say(`No names are taken from git's sendemail.aliasesFile: ${whatFailed(error)}.`);
      return "";
    }
  };
  const texts = await Promise.all(paths.map(readBook));
  return new Map(texts.flatMap((text) => [...readAliases(text, format)]));
}

/** What the system says of a file, as "ENOENT: no such file or directory, open '/x'". */
const whatFailed = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export async function check(call: Call): Promise<number> {
  const [file, ...more] = call.args;
  if (file === undefined || more.length > 0) throw new UsageError("check takes one draft file.");
  const text = (await readText(file)).replace(/^\ufeff/, "").replace(/\r\n?/g, "\n");
  const config = await readGitConfig("git", process.cwd(), call.signal);
  const lint = openLint({
    parent: await findParent(call, text),
    self: chooseSelf(config),
    exclude: excludedRecipients(config),
    aliases: await readBooks(config, call.say),
  });
  const findings = lint(text);
  for (const { severity, rule, line, column, endLine, endColumn, message, fix } of findings) {
    const place = { line, column, endLine, endColumn };
    await call.out.print({ severity, rule, ...place, message, ...(fix === undefined ? {} : { fix }) });
  }
  return findings.some(({ severity }) => severity === "error") ? 1 : 0;
}
