/** A draft as the text that is edited, and that text as a draft again, without loss. */
import { formatMailbox, type Mailbox, parseAddresses } from "../mail/address.ts";
import { extractIds, messageIdFromUrl } from "../mail/messageId.ts";
import type { Draft } from "./draft.ts";
import { addressProblem, oneLine } from "./headerFields.ts";

/** Header lines are folded here where they can be; wider ones are hard to read in an editor. */
const foldAt = 78;
const continuation = "    ";

/** What is wrong with a draft's text. Lines and columns count from 1, columns in UTF-16 units, the end excluded. */
export interface DraftProblem {
  rule: string;
  severity: "error" | "warning" | "info";
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
  message: string;
}

/** A field of the header block as it stands in the text. Lines count from 1, both ends included. */
export interface DraftField {
  name: string;
  value: string;
  firstLine: number;
  lastLine: number;
}

export interface ReadDraft {
  draft: Draft;
  problems: DraftProblem[];
  /** The first line of the body, from 1. */
  bodyLine: number;
  /** Every field in order, those that are not sent included. */
  fields: DraftField[];
}

/** Mailboxes folded between them, each line but the last ending in a comma. */
export function writeMailboxes(name: string, mailboxes: readonly Mailbox[]): string {
  let text = `${name}:`;
  let column = text.length;
  mailboxes.forEach((mailbox, index) => {
    const comma = index < mailboxes.length - 1 ? "," : "";
    const piece = formatMailbox({ name: oneLine(mailbox.name), address: oneLine(mailbox.address) }) + comma;
    if (index > 0 && column + 1 + piece.length > foldAt) {
      text += `\n${continuation}${piece}`;
      column = continuation.length + piece.length;
    } else {
      text += ` ${piece}`;
      column += 1 + piece.length;
    }
  });
  return text;
}

/** A field of ids, each on a line of its own (R305). */
export const writeIds = (name: string, ids: readonly string[]): string =>
  `${name}: ${ids.map((id) => `<${oneLine(id)}>`).join("\n ")}`;

/** The draft as text: the header block, an empty line, the body. Line ends are `\n`. */
export function writeDraft(draft: Draft): string {
  const header = [
    writeMailboxes("From", [draft.from]),
    writeMailboxes("To", draft.to),
    writeMailboxes("Cc", draft.cc),
    ...(draft.bcc.length > 0 ? [writeMailboxes("Bcc", draft.bcc)] : []),
    `Subject: ${oneLine(draft.subject)}`.trimEnd(),
    ...(draft.inReplyTo === undefined ? [] : [writeIds("In-Reply-To", [draft.inReplyTo])]),
    ...(draft.references.length > 0 ? [writeIds("References", draft.references)] : []),
    ...(draft.messageId === "" ? [] : [writeIds("Message-ID", [draft.messageId])]),
  ];
  return `${header.join("\n")}\n\n${draft.body}`;
}

/** The fields a draft may have; anything else is told and not sent (R404). */
const known = ["from", "to", "cc", "bcc", "subject", "in-reply-to", "references", "message-id"];
/** Fields that other tools write and that are set anew when the mail is sent: no reason for a warning. */
const setWhenSent = [
  "date",
  "mime-version",
  "content-type",
  "content-transfer-encoding",
  "user-agent",
  "x-mailer",
];

/** The header block: fields, where the body begins, and lines that are no field. */
function readFields(lines: readonly string[]): { fields: DraftField[]; bodyIndex: number; isOpen: boolean } {
  const fields: DraftField[] = [];
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? "";
    if (/^[ \t]*$/.test(line)) return { fields, bodyIndex: index + 1, isOpen: false };
    const field = fields.at(-1);
    if (/^[ \t]/.test(line) && field) {
      field.value += ` ${line.trim()}`;
      field.lastLine = index + 1;
      continue;
    }
    const name = /^[A-Za-z][A-Za-z0-9-]{0,76}(?=[ \t]*:)/.exec(line.slice(0, 400))?.[0];
    if (name === undefined) return { fields, bodyIndex: index, isOpen: true };
    const value = line.slice(line.indexOf(":") + 1).trim();
    fields.push({ name, value, firstLine: index + 1, lastLine: index + 1 });
  }
  return { fields, bodyIndex: lines.length, isOpen: false };
}

/** The first line (from 1) of the body in a draft's text. */
export const bodyLineOf = (text: string): number => readFields(text.split("\n")).bodyIndex + 1;

/** The body of a draft's text, and the line (from 1) on which it begins. */
export function bodyOf(text: string): { body: string; bodyLine: number } {
  const lines = text.split("\n");
  const { bodyIndex } = readFields(lines);
  return { body: lines.slice(bodyIndex).join("\n"), bodyLine: bodyIndex + 1 };
}

/** Ids in a field: in angle brackets, or bare, or in an archive's link, where they are escaped (R307). */
function readIds(value: string): string[] {
  const bracketed = extractIds(value);
  if (bracketed.length > 0) return [...new Set(bracketed)];
  return value.split(/\s+/).flatMap((word) => {
    const id = /^https?:\/\//i.test(word) ? messageIdFromUrl(word) : word;
    return id !== undefined && /^[^<>\s@]+@[^<>\s]+$/.test(id) ? [id] : [];
  });
}

/**
 * A draft's text as a draft, whatever a person made of it: field names in any case, folded as they like, CRLF or LF,
 * a forgotten empty line. The body is taken as it stands. What cannot be read is told, never thrown.
 */
export function readDraft(text: string): ReadDraft {
  const lines = text
    .replace(/^\ufeff/, "")
    .replace(/\r\n?/g, "\n")
    .split("\n");
  const { fields, bodyIndex, isOpen } = readFields(lines);
  const problems: DraftProblem[] = [];
  const tell = (
    severity: DraftProblem["severity"],
    rule: string,
    message: string,
    firstLine: number,
    lastLine = firstLine,
  ) => {
    const endColumn = (lines[lastLine - 1] ?? "").length + 1;
    problems.push({ rule, severity, line: firstLine, column: 1, endLine: lastLine, endColumn, message });
  };
  const all = (name: string) => fields.filter((field) => field.name.toLowerCase() === name);
  const single = (name: string) => {
    const [first, ...more] = all(name);
    for (const field of more) {
      tell(
        "warning",
        "L-HEADER",
        `${field.name} stands here twice; the first one counts.`,
        field.firstLine,
        field.lastLine,
      );
    }
    return first;
  };
  const mailboxes = (found: readonly DraftField[]) =>
    found.flatMap((field) => {
      const parsed = parseAddresses(field.value);
      for (const { name, address } of parsed) {
        const problem = addressProblem(address || name);
        if (problem !== undefined) tell("error", "L-BAD-ADDR", problem, field.firstLine, field.lastLine);
      }
      return parsed;
    });

  for (const field of fields) {
    const name = field.name.toLowerCase();
    if (known.includes(name)) continue;
    const message = setWhenSent.includes(name)
      ? `${field.name} is set when the message is sent.`
      : `${field.name} is not sent: a reply has no such field.`;
    tell(
      setWhenSent.includes(name) ? "info" : "warning",
      "L-HEADER",
      message,
      field.firstLine,
      field.lastLine,
    );
  }
  if (isOpen) {
    tell("warning", "L-HEADER", "An empty line is missing between header and text.", bodyIndex + 1);
  }

  const fromField = single("from");
  const [from, ...more] = mailboxes(fromField ? [fromField] : []);
  if (!from) tell("error", "L-FROM", "From names nobody.", fromField?.firstLine ?? 1);
  else if (more.length > 0) tell("error", "L-FROM", "From names more than one.", fromField?.firstLine ?? 1);

  const idField = single("message-id");
  const parentField = single("in-reply-to");
  const referencesField = single("references");
  const ids = (field: DraftField | undefined) => {
    const found = field ? readIds(field.value) : [];
    if (field && field.value !== "" && found.length === 0) {
      tell("error", "L-MSGID", `${field.name} holds no Message-ID.`, field.firstLine, field.lastLine);
    }
    return found;
  };
  const parents = ids(parentField);
  if (parentField && parents.length > 1) {
    tell("warning", "L-IRT", "In-Reply-To names more than one; the first counts.", parentField.firstLine);
  }
  const [inReplyTo] = parents;
  const draft: Draft = {
    from: from ?? { name: "", address: "" },
    to: mailboxes(all("to")),
    cc: mailboxes(all("cc")),
    bcc: mailboxes(all("bcc")),
    subject: single("subject")?.value ?? "",
    messageId: ids(idField)[0] ?? "",
    ...(inReplyTo === undefined ? {} : { inReplyTo }),
    references: ids(referencesField),
    body: lines.slice(bodyIndex).join("\n"),
  };
  return { draft, problems, bodyLine: bodyIndex + 1, fields };
}
