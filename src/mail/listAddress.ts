/** Which addresses are mailing lists: those a message says it came through, and those of the usual hosts. */
import { fieldValues } from "./headers.ts";
import type { Message } from "./message.ts";

/** The lists a message says that it came through: List-Post, and List-Id read as an address. */
export function listsOf(message: Message): string[] {
  const lists: string[] = [];
  for (const value of fieldValues(message.headers, "list-post")) {
    const found = /mailto:([^>?\s]{3,320})/i.exec(value.slice(0, 400))?.[1];
    if (found) lists.push(found.toLowerCase());
  }
  for (const value of fieldValues(message.headers, "list-id")) {
    const open = value.lastIndexOf("<");
    const id = value
      .slice(open + 1)
      .replace(/>.*$/s, "")
      .trim()
      .toLowerCase();
    const dot = id.indexOf(".");
    if (dot > 0 && !/\s/.test(id)) lists.push(`${id.slice(0, dot)}@${id.slice(dot + 1)}`);
  }
  return [...new Set(lists)];
}

/** Hosts that are there for lists: vger.kernel.org, lists.linux.dev, lists.infradead.org, groups.io. */
const LIST_HOST =
  /^(?:vger\.kernel\.org|kvack\.org|[\w-]+\.lists\.\S+|lists?\.\S+|\S+\.groups\.io|groups\.io|googlegroups\.com)$/i;

/** True for an address at a host of mailing lists, by its name alone. */
export const isListAddress = (address: string): boolean =>
  LIST_HOST.test(address.slice(address.lastIndexOf("@") + 1).slice(0, 255));
