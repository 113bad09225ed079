/** Text that a command is given: a file, or what is piped in. */
import { readFile } from "node:fs/promises";
import { text as readStream } from "node:stream/consumers";
import { UserError } from "../base/report.ts";

/** The text of a file, or of stdin for `-`. Throws a UserError for what cannot be read or is not UTF-8. */
export async function readText(path: string): Promise<string> {
  if (path === "-") return readStream(process.stdin);
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const reason = error instanceof Error && "code" in error ? String(error.code) : "";
    const why =
      reason === "ENOENT" ? "There is no such file." : reason === "EISDIR" ? "It is a folder." : reason;
    throw new UserError(`${path} cannot be read.`, why);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new UserError(`${path} is not UTF-8 text.`, "Save it as UTF-8 and try again.");
  }
}
