/** A draft as the rules see it: read once, with what is known of the message it answers and of who writes. */
import type { Mailbox } from "../../mail/address.ts";
import type { Message } from "../../mail/message.ts";
import type { Aliases } from "../aliases.ts";
import { comparable } from "../citing.ts";
import type { Draft, Self } from "../draft.ts";
import { type DraftField, type DraftProblem, readDraft, writeMailboxes } from "../draftText.ts";
import { type Edit, replaceLines, shiftLines } from "../edit.ts";
import { ownProse } from "../paragraphs.ts";
import { type CitedRun, type ReplyLine, readReply } from "../replySheet.ts";
import { trimToReplies } from "../trim.ts";

/** The range of a finding; the end is excluded. */
export type Place = Pick<DraftProblem, "line" | "column" | "endLine" | "endColumn">;

/** A line of the body. */
export interface SheetLine extends ReplyLine {
  /** As it stands in the draft. */
  text: string;
  /** Its number in the draft, from 1. */
  number: number;
  /** Own text that is neither code, log, table, trailer nor anything else that is never wrapped (R803). */
  prose: boolean;
}

/** The message that is answered, prepared for looking its lines up. */
export interface Parent {
  message: Message;
  lines: readonly string[];
  /** Places (indexes from 0) of a line by what is left of it without marks' and other blanks. */
  byText: ReadonlyMap<string, readonly number[]>;
  /** Whether a comparable line's words stand in it in this order, however its lines are broken. */
  says(line: string): boolean;
}

export interface DraftSheet {
  /** All lines of the draft. */
  lines: readonly string[];
  draft: Draft;
  fields: readonly DraftField[];
  problems: readonly DraftProblem[];
  /** The first line of the body, from 1. */
  bodyLine: number;
  /** The lines of the body, in order. */
  body: readonly SheetLine[];
  /** Own lines alone: neither blank, cited, attribution nor signature. */
  own: readonly SheetLine[];
  /** Cited lines alone, the empty ones included. */
  cited: readonly SheetLine[];
  runs: readonly CitedRun[];
  /** Own text answers something; a greeting alone does not. */
  hasAnswer: boolean;
  /** The edits that trim the draft to what is answered; worked out once, when first asked for. */
  trimmed(): readonly Edit[];
  parent: Parent | undefined;
  self: Self | undefined;
  /** Addresses known to be lists, in lower case. */
  lists: ReadonlySet<string>;
  exclude: readonly string[];
  /** Addresses, in lower case, from which mail came back. */
  bounced: ReadonlySet<string>;
  aliases: Aliases;
  /** The line above what is cited, as `attributionOf` has it. */
  attribution: string | undefined;
}

export function readParent(message: Message): Parent {
  const lines = message.body.split("\n");
  const byText = new Map<string, number[]>();
  lines.forEach((line, at) => {
    const key = comparable(line);
    const places = byText.get(key);
    if (places === undefined) byText.set(key, [at]);
    else places.push(at);
  });
  let flat: string | undefined;
  const letters = (line: string) => line.replace(/^>+/, "").replaceAll(" ", "");
  const says = (line: string) => {
    flat ??= lines.map((one) => letters(comparable(one))).join("");
    return flat.includes(letters(line));
  };
  return { message, lines, byText, says };
}

/** What is known beside the draft. */
export type SheetContext = Pick<
  DraftSheet,
  "parent" | "self" | "lists" | "exclude" | "bounced" | "aliases" | "attribution"
>;

/** Reads a draft's text, `\n` line ends. */
export function readSheet(text: string, context: SheetContext): DraftSheet {
  const { draft, problems, bodyLine, fields } = readDraft(text);
  const lines = text.split("\n");
  const { lines: read, runs, hasAnswer } = readReply(draft.body);
  const written = lines.slice(bodyLine - 1);
  const prose = ownProse(read);
  const body = read.map(
    (line, at): SheetLine => ({
      ...line,
      text: written[at] ?? "",
      number: bodyLine + at,
      prose: prose[at] === true,
    }),
  );
  let trimmed: readonly Edit[] | undefined;
  return {
    ...context,
    trimmed: () => {
      trimmed ??= shiftLines(trimToReplies(draft.body), bodyLine - 1);
      return trimmed;
    },
    lines,
    draft,
    fields,
    problems,
    bodyLine,
    body,
    own: body.filter(({ role }) => role === "own"),
    cited: body.filter(({ role }) => role === "cited"),
    runs,
    hasAnswer,
  };
}

/** Whole lines, from 1, both ends included. */
export function wholeLines({ lines }: DraftSheet, first: number, last = first): Place {
  return { line: first, column: 1, endLine: last, endColumn: (lines[last - 1] ?? "").length + 1 };
}

/** A part of a line; `from` and `to` are indexes from 0, the end excluded. */
export const inLine = (line: number, from: number, to: number): Place => ({
  line,
  column: from + 1,
  endLine: line,
  endColumn: to + 1,
});

/** The first field of that name (in lower case), else the draft's first line. */
export function fieldPlace(sheet: DraftSheet, name: string): Place {
  const field = sheet.fields.find((one) => one.name.toLowerCase() === name);
  return field === undefined ? wholeLines(sheet, 1) : wholeLines(sheet, field.firstLine, field.lastLine);
}

/** Writes a field anew, lines of it included; where there is none it goes to the end of the header. */
export function writeField({ lines, fields, bodyLine }: DraftSheet, name: string, text: string): Edit {
  const field = fields.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (field !== undefined) return replaceLines(lines, field.firstLine, field.lastLine, text.split("\n"));
  const end = (lines[bodyLine - 2] ?? "") === "" ? bodyLine - 1 : bodyLine;
  return replaceLines(lines, end, end - 1, text.split("\n"));
}

/** A field of addresses written anew. */
export const writeRecipients = (sheet: DraftSheet, name: "To" | "Cc", mailboxes: readonly Mailbox[]): Edit =>
  writeField(sheet, name, writeMailboxes(name, mailboxes));

/** One line of the draft (its number from 1) written anew. */
export const writeLine = (sheet: DraftSheet, number: number, text: string): Edit => ({
  ...wholeLines(sheet, number),
  text,
});

/** The draft's recipients, by address in lower case. */
export const recipientsOf = ({ draft }: DraftSheet): Set<string> =>
  new Set([...draft.to, ...draft.cc, ...draft.bcc].map(({ address }) => address.toLowerCase()));

/** A name by its words alone: `Doe, Jane` is `Jane DOE`. */
export const nameWords = (name: string): string =>
  name
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)
    .sort()
    .join(" ");

/** Spans of a pattern (global) in a line; lines of a stranger's length are looked at up to 2,000 units. */
export const spans = (text: string, pattern: RegExp): [from: number, to: number, found: string][] =>
  [...text.slice(0, 2000).matchAll(pattern)].map((match) => [
    match.index,
    match.index + match[0].length,
    match[0],
  ]);
