/** Rules about trailers in own text (R12xx). */
import { formatMailbox, type Mailbox, parseAddresses } from "../../mail/address.ts";
import { readPatchPrefix } from "../../mail/subject.ts";
import { replaceLines } from "../edit.ts";
import { isSelf } from "../identity.ts";
import { TRAILER_NAMES } from "../trailer.ts";
import type { Rule } from "./rule.ts";
import { type DraftSheet, nameWords, type SheetLine, wholeLines, writeLine } from "./sheet.ts";

/** A line that is meant as a trailer of a person: a name as trailers have it, and an address. */
interface PersonLine {
  line: SheetLine;
  name: string;
  value: string;
  comment: string;
  mailbox: Mailbox;
}

const PERSON =
  /^[ \t]{0,4}([A-Za-z][A-Za-z]{0,20}(?:-[A-Za-z]{1,20}){0,6}-by|cc) ?:[ \t]{0,10}(\S.{0,400})$/i;
/** Names of one person who gave it; the others name whoever is meant. */
const OWN = /^(?:Reviewed|Acked|Tested|NACKed|Signed-off|Co-developed)-by$/;
const ADDRESS = /[^\s<>@]{1,100}@[^\s<>@]{1,100}/;

/** The trailers of persons among the own lines; what stands in a patch of one's own belongs to that patch. */
function personLines({ own }: DraftSheet): PersonLine[] {
  return own.flatMap((line) => {
    const shape = PERSON.exec(line.text.trimEnd());
    if (shape === null) return [];
    const name = shape[1] ?? "";
    const [written = "", ...comment] = (shape[2] ?? "").split(/\s+(?=#)/);
    if (!ADDRESS.test(written)) return [];
    const [mailbox] = parseAddresses(written.replace(/\s*[([].*[)\]]\s*$/, ""));
    if (mailbox === undefined || !mailbox.address.includes("@")) return [];
    return [{ line, name, value: written, comment: comment.join(" "), mailbox }];
  });
}

/** `reviewed-By` as R1201 writes it: known names as they are known, others with one capital. */
export function tidyName(name: string): string {
  const known = TRAILER_NAMES.find((one) => one.toLowerCase() === name.toLowerCase());
  return known ?? name.charAt(0).toUpperCase() + name.slice(1).toLowerCase();
}

/** How many letters must change to make one word of the other; more than `most` is not counted on. */
function distance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + same));
    }
    row = next;
  }
  return row[b.length] ?? most + 1;
}

/** The known name that is meant, at most two letters away. */
function nearest(name: string): string | undefined {
  const lower = name.toLowerCase();
  return TRAILER_NAMES.map((one) => ({ one, off: distance(one.toLowerCase(), lower, 2) }))
    .filter(({ off }) => off <= 2)
    .sort((a, b) => a.off - b.off)[0]?.one;
}

/** `Reported-and-tested-by` as the two names it is made of. */
function split(name: string): string[] | undefined {
  const parts = /^(.+?)(?:-and-|-&-|-)(.+)-by$/i.exec(name);
  if (parts === null) return undefined;
  const names = [`${parts[1]}-by`, `${parts[2]}-by`].map(tidyName);
  return names.every((one) => TRAILER_NAMES.includes(one)) ? names : undefined;
}

const isKnown = (name: string): boolean =>
  TRAILER_NAMES.some((one) => one.toLowerCase() === name.toLowerCase());

/** A patch of one's own stands below: the trailers above it are its changelog's. */
const holdsPatch = ({ own }: DraftSheet): boolean =>
  own.some(({ kind, text }) => kind === "diff" && /^(?:diff --git|---) /.test(text));

/** An address without what stands behind `+`, in lower case. */
const plainAddress = (address: string): string => address.toLowerCase().replace(/\+[^@]*(?=@)/, "");

export const trailerRules: readonly Rule[] = [
  {
    id: "L-TRAILER",
    severity: "warning",
    title: "A trailer that is not written as trailers are",
    why: "Tools find trailers by their form: `Name-by: Full Name <address>`, one capital, one blank behind the colon, nothing in front and nothing behind but a `# comment`.",
    before: "reviewed-By:  Ada <ada@example.org>",
    after: "Reviewed-by: Ada <ada@example.org>",
    check: (sheet, tell) => {
      for (const { line, name, value, comment, mailbox } of personLines(sheet)) {
        if (/^cc$/i.test(name) && line.kind !== "trailers") continue;
        const tidy = /^cc$/i.test(name) ? "Cc" : tidyName(name);
        // Where the value is well formed it stays as it is written: names have their own spelling.
        const isWhole = /^(?:.{1,200} )?<[^\s<>]+>$|^[^\s<>]+@[^\s<>]+$/.test(value.trim());
        const person = isWhole ? value.trim() : formatMailbox(mailbox);
        const text = `${tidy}: ${person}${comment === "" ? "" : ` ${comment}`}`;
        if (text === line.text.trimEnd() || (!isKnown(name) && tidy === name)) continue;
        const fix = {
          title: `Write ${tidy}: as tools read it`,
          edits: [writeLine(sheet, line.number, text)],
          safe: true,
        };
        tell(wholeLines(sheet, line.number), "Tools may not find this trailer as it is written.", { fix });
      }
    },
  },
  {
    id: "L-TRAILER-UNKNOWN",
    severity: "info",
    title: "A trailer that nobody knows",
    why: "Tools and people know a handful of names. A combined one is read as none of its parts.",
    before: "Reported-and-tested-by: Ada Reviewer <ada@example.org>",
    after: "Reported-by: Ada Reviewer <ada@example.org>\nTested-by: Ada Reviewer <ada@example.org>",
    check: (sheet, tell) => {
      for (const { line, name, value } of personLines(sheet)) {
        if (isKnown(name)) continue;
        const parts = split(name);
        const near = parts === undefined ? nearest(name) : undefined;
        const names = parts ?? (near === undefined ? [] : [near]);
        const texts = names.map((one) => `${one}: ${value}`);
        const fix = {
          title: `Write ${names.join(" and ")}`,
          edits: [replaceLines(sheet.lines, line.number, line.number, texts)],
        };
        const message =
          parts === undefined
            ? `${name} is no trailer that tools know.`
            : `${name} is two trailers in one; tools read neither.`;
        tell(wholeLines(sheet, line.number), message, names.length > 0 ? { fix } : {});
      }
    },
  },
  {
    id: "L-TRAILER-IDENT",
    severity: "warning",
    title: "A trailer in somebody else's name",
    why: "A Reviewed-by or Acked-by is given by the person it names, from their own address.",
    before: "From: Ada Reviewer <ada@example.org>\n\nReviewed-by: Ada <ada@home.example>",
    after: "From: Ada Reviewer <ada@example.org>\n\nReviewed-by: Ada Reviewer <ada@example.org>",
    check: (sheet, tell) => {
      const { from } = sheet.draft;
      if (from.address === "" || holdsPatch(sheet)) return;
      for (const { line, name, comment, mailbox } of personLines(sheet)) {
        if (!OWN.test(tidyName(name))) continue;
        const sameName = from.name === "" || nameWords(mailbox.name) === nameWords(from.name);
        const sameAddress =
          plainAddress(mailbox.address) === plainAddress(from.address) ||
          (sheet.self !== undefined && isSelf(mailbox.address, sheet.self));
        if (sameAddress && sameName) continue;
        const text = `${tidyName(name)}: ${formatMailbox(from)}${comment === "" ? "" : ` ${comment}`}`;
        const [said, sender] = sameName
          ? [mailbox.address, from.address]
          : [mailbox.name || mailbox.address, from.name || from.address];
        const message = sameAddress
          ? `From says “${from.name}”, this trailer “${mailbox.name}”.`
          : `This trailer names ${said}, and the message is from ${sender}.`;
        tell(wholeLines(sheet, line.number), message, {
          // The same person by another address, or by another spelling of a full name, is most often meant so.
          severity:
            (sameName && from.name !== "") || (sameAddress && /\S \S/.test(mailbox.name))
              ? "info"
              : "warning",
          fix: { title: "Use your own identity", edits: [writeLine(sheet, line.number, text)] },
        });
      }
    },
  },
  {
    id: "L-TRAILER-WRAPPED",
    severity: "warning",
    title: "A trailer over two lines",
    why: "Tools read one line: a name or an address on the next one is lost, and so is the end of a Fixes: subject.",
    before: 'Fixes: 0123456789ab ("clk: a subject that\nis long")',
    after: 'Fixes: 0123456789ab ("clk: a subject that is long")',
    check: (sheet, tell) => {
      const { own } = sheet;
      own.forEach((line, at) => {
        const next = own[at + 1];
        if (next === undefined || next.number !== line.number + 1) return;
        const openFixes =
          /^Fixes: [0-9a-f]{7,40} \("(?:(?!"\)).)*$/i.test(line.text.slice(0, 400)) &&
          /"\)\s*$/.test(next.text);
        const openPerson =
          /^[A-Z][A-Za-z-]{1,40}-by:(?: [^<>@]{0,100})?$/.test(line.text.trimEnd()) &&
          /^\s*[^<>@]{0,60}<[^\s<>@]+@[^\s<>@]+>\s*$/.test(next.text);
        if (!openFixes && !openPerson) return;
        const joined = `${line.text.trimEnd()} ${next.text.trim()}`;
        tell(wholeLines(sheet, line.number, next.number), "This trailer goes on in the next line.", {
          fix: {
            title: "Join it",
            edits: [replaceLines(sheet.lines, line.number, next.number, [joined])],
            safe: true,
          },
        });
      });
    },
  },
  {
    id: "L-TRAILER-PLACE",
    severity: "info",
    title: "A trailer for something that is no patch",
    why: "Tools attach Reviewed-by and its kin to the patch that is answered. In answer to a discussion nobody collects it.",
    before: "Subject: Re: Locking rules of foo\n\nReviewed-by: Ada Reviewer <ada@example.org>",
    after: "Answer the patch itself, or its cover letter.",
    check: (sheet, tell) => {
      const { parent, draft } = sheet;
      if (
        parent === undefined ||
        readPatchPrefix(draft.subject).isPatch ||
        readPatchPrefix(draft.subject).pull
      )
        return;
      if (/^(?:diff --git |@@ -\d)/m.test(parent.message.body)) return;
      const given = personLines(sheet).find(({ name }) =>
        /^(?:Reviewed|Acked|Tested)-by$/.test(tidyName(name)),
      );
      if (given === undefined) return;
      tell(
        wholeLines(sheet, given.line.number),
        "What this answers is no patch: tools attach the trailer to nothing.",
      );
    },
  },
];
