/** The person's marks as lines of text that sort, compare and merge well, for a repository of one's own. */
import { UserError } from "../base/report.ts";
import { MARK_KINDS, type Mark, type MarkKind, type ReadUpTo } from "./stateMarks.ts";

const HEAD = "# Kernel Mail state 1: what, when it was said, about what, how";

const isoOf = (ms: number): string => new Date(ms).toISOString();

/**
 * One line for each mark: its kind, when it was made, the Message-ID in angle brackets, and its value as JSON (so that a
 * note of several lines is one line); "" is a mark that was taken away. `list` lines say up to when a list is read, before
 * 1970 that this was taken back. Sorted, so that a diff shows news alone.
 */
export function writeState(marks: readonly Mark[], lists: readonly ReadUpTo[]): string {
  const lines = [
    ...marks.map(
      ({ messageId, kind, value, setMs }) =>
        `${kind} ${isoOf(setMs)} <${messageId}> ${JSON.stringify(value)}`,
    ),
    ...lists.map(
      ({ list, arrived, setMs }) => `list ${isoOf(setMs)} <${list}> ${JSON.stringify(isoOf(arrived * 1000))}`,
    ),
  ];
  return [HEAD, ...lines.sort(), ""].join("\n");
}

/** The opposite of `writeState`. Lines that say nothing known are counted, not guessed at. Throws a UserError for other files. */
export function readState(text: string): { marks: Mark[]; lists: ReadUpTo[]; skipped: number } {
  const [head = "", ...lines] = text.split("\n");
  if (!head.startsWith("# Kernel Mail state 1")) {
    throw new UserError(
      "This file holds no state of Kernel Mail.",
      "Choose one that Export State wrote: its first line begins with “# Kernel Mail state 1”.",
    );
  }
  const marks: Mark[] = [];
  const lists: ReadUpTo[] = [];
  let skipped = 0;
  for (const line of lines) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    const [, what = "", when = "", about = "", how = ""] =
      /^(\w+) (\S+) <([^>]{1,998})> (".*")\s*$/.exec(line) ?? [];
    const setMs = Date.parse(when);
    const value = stringIn(how);
    if (value === undefined || Number.isNaN(setMs)) skipped += 1;
    else if (MARK_KINDS.some((kind) => kind === what)) {
      marks.push({ messageId: about, kind: what as MarkKind, value, setMs });
    } else if (what === "list" && !Number.isNaN(Date.parse(value))) {
      lists.push({ list: about, arrived: Math.floor(Date.parse(value) / 1000), setMs });
    } else skipped += 1;
  }
  return { marks, lists, skipped };
}

function stringIn(json: string): string | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}
