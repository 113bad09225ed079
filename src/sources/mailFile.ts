/** The mail in a file of its own. */
import { lineFeeds, looksLikeMail } from "./mboxLines.ts";

/** Apple Mail (`.emlx`) writes above a mail how many bytes it has, and a property list behind it. */
const counted = /^(\d{1,10}) *\n/;

/** The mail that a file holds, or its beginning does: the bytes as they are but for what a program put around them. */
export function mailIn(stored: Buffer): Buffer {
  const [line = "", count] = counted.exec(stored.toString("latin1", 0, 24)) ?? [];
  const mail = stored.subarray(line.length, line.length + Number(count));
  return lineFeeds(count !== undefined && looksLikeMail(mail) ? mail : stored);
}
