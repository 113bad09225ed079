/** Rules about subject, threading and the shape of the header (R2xx, R3xx, R4xx). */
import { formatMailbox, type Mailbox, parseAddresses } from "../../mail/address.ts";
import { readPatchPrefix, replySubject, stripReply } from "../../mail/subject.ts";
import { type Aliases, resolveAlias } from "../aliases.ts";
import { type DraftField, writeIds, writeMailboxes } from "../draftText.ts";
import { replaceLines } from "../edit.ts";
import { isAsciiLocal } from "../headerFields.ts";
import { isSelf } from "../identity.ts";
import { threadingOf } from "../threading.ts";
import type { Fix, Rule } from "./rule.ts";
import { type DraftSheet, fieldPlace, wholeLines, writeField } from "./sheet.ts";

/** What reading the header told about a rule. */
const told =
  (id: string): Rule["check"] =>
  ({ problems }, tell) => {
    for (const { rule, severity, message, ...place } of problems) {
      if (rule === id) tell(place, message, { severity });
    }
  };

/** In-Reply-To and References as the parent asks for them, else as the draft itself allows. */
function rebuilt(sheet: DraftSheet): Fix | undefined {
  const { draft, parent } = sheet;
  const threading = parent === undefined ? undefined : threadingOf(parent.message);
  const inReplyTo = threading?.inReplyTo ?? draft.inReplyTo ?? draft.references.at(-1);
  if (inReplyTo === undefined) return undefined;
  const references = threading?.references ?? [
    ...draft.references.filter((id) => id !== inReplyTo),
    inReplyTo,
  ];
  return {
    title: "Rebuild In-Reply-To and References",
    edits: [
      writeField(sheet, "In-Reply-To", writeIds("In-Reply-To", [inReplyTo])),
      writeField(sheet, "References", writeIds("References", references)),
    ],
  };
}

/** The field with the names of the person's address books in it resolved, where it holds any. */
function resolved({ lines, aliases }: DraftSheet, field: DraftField | undefined): Fix | undefined {
  if (field === undefined || aliases.size === 0) return undefined;
  const means = ({ name, address }: Mailbox): Mailbox[] => {
    if (!address.includes("@")) return resolveAlias(aliases, address || name);
    const [alias, rest] = swallowed(aliases, name);
    return alias === undefined ? [] : [...resolveAlias(aliases, alias), { name: rest, address }];
  };
  const mailboxes = parseAddresses(field.value);
  if (!mailboxes.some((one) => means(one).length > 0)) return undefined;
  const written = mailboxes.flatMap((one) => (means(one).length > 0 ? means(one) : [one]));
  const text = writeMailboxes(field.name, written).split("\n");
  return {
    title: "Write whom your address book means",
    edits: [replaceLines(lines, field.firstLine, field.lastLine, text)],
    safe: true,
  };
}

/** The field without those whose address a mail can not carry (R1008). */
function withoutUnwritable(sheet: DraftSheet, field: DraftField | undefined): Fix | undefined {
  if (field === undefined || !/^(?:to|cc|bcc)$/i.test(field.name)) return undefined;
  const mailboxes = parseAddresses(field.value);
  const kept = mailboxes.filter(({ address }) => isAsciiLocal(address));
  if (kept.length === mailboxes.length) return undefined;
  const out = mailboxes.filter((one) => !kept.includes(one)).map(({ name, address }) => name || address);
  const written = kept.length === 0 ? [] : writeMailboxes(field.name, kept).split("\n");
  return {
    title: `Leave out ${out.join(", ")}`,
    edits: [replaceLines(sheet.lines, field.firstLine, field.lastLine, written)],
  };
}

/** `bo, Dan <dan@x.example>` is read as one person; where `bo` stands in the address books, it was meant as another. */
function swallowed(aliases: Aliases, name: string): [alias: string | undefined, rest: string] {
  const [, first = "", rest = ""] = /^(\S+), (.+)$/.exec(name) ?? [];
  return aliases.has(first.toLowerCase()) ? [first, rest] : [undefined, name];
}

const isReply = ({ draft }: DraftSheet): boolean =>
  draft.inReplyTo !== undefined || stripReply(draft.subject).isReply;

const writeSubject = (sheet: DraftSheet, subject: string, title: string, safe = false): Fix => ({
  title,
  edits: [writeField(sheet, "Subject", `Subject: ${subject}`)],
  ...(safe ? { safe: true } : {}),
});

export const headerRules: readonly Rule[] = [
  {
    id: "L-HEADER",
    severity: "warning",
    title: "A header field that is not sent",
    why: "A reply has From, To, Cc, Subject and the fields that thread it; everything else in the header block is set when the message is sent, or not sent at all.",
    before: "Subject: Re: clk: fix foo\nX-Priority: 1",
    after: "Subject: Re: clk: fix foo",
    check: told("L-HEADER"),
  },
  {
    id: "L-BAD-ADDR",
    severity: "error",
    title: "No mail address",
    why: "A server refuses the whole message for one recipient that it cannot read.",
    before: "Cc: Carol <carol.example.org>",
    after: "Cc: Carol <carol@example.org>",
    check: (sheet, tell) => {
      for (const { rule, severity, message, ...place } of sheet.problems) {
        const field = sheet.fields.find(({ firstLine }) => firstLine === place.line);
        const fix = resolved(sheet, field) ?? withoutUnwritable(sheet, field);
        if (rule === "L-BAD-ADDR") tell(place, message, { severity, fix });
      }
      if (sheet.aliases.size === 0) return;
      for (const field of sheet.fields) {
        if (!/^(?:to|cc|bcc)$/i.test(field.name)) continue;
        for (const { name } of parseAddresses(field.value)) {
          const [alias] = swallowed(sheet.aliases, name);
          if (alias === undefined) continue;
          const place = wholeLines(sheet, field.firstLine, field.lastLine);
          const message = `“${alias}” of your address book is read as a part of the name “${name}”.`;
          tell(place, message, { fix: resolved(sheet, field) });
        }
      }
    },
  },
  {
    id: "L-FROM",
    severity: "error",
    title: "From is not you",
    why: "Lists and trailers go by the address in From. One that is not among your identities may be refused, and one that did not get the message surprises people.",
    before: "From: Ada",
    after: "From: Ada Reviewer <ada@example.org>",
    check: (sheet, tell) => {
      told("L-FROM")(sheet, tell);
      const { draft, self } = sheet;
      const { address } = draft.from;
      if (self === undefined || address === "") return;
      if (isSelf(address, self)) return;
      const fix = {
        title: `Write as ${self.identity.address}`,
        edits: [writeField(sheet, "From", `From: ${formatMailbox(self.identity)}`)],
      };
      tell(fieldPlace(sheet, "from"), `${address} is none of your identities.`, { severity: "warning", fix });
    },
  },
  {
    id: "L-MSGID",
    severity: "error",
    title: "No Message-ID",
    why: "Threads are made of Message-IDs; a field that should hold one and does not breaks the thread.",
    before: "In-Reply-To: the mail of yesterday",
    after: "In-Reply-To: <20261116091542.1@example.org>",
    check: told("L-MSGID"),
  },
  {
    id: "L-NO-MSGID",
    severity: "error",
    title: "The message answered has no Message-ID",
    why: "A reply is threaded by the Message-ID of what it answers. Without one it begins a thread of its own, and nobody sees what it belongs to.",
    before: "(no In-Reply-To)",
    after: "Ask its author to send it again, or answer another message of the thread.",
    check: (sheet, tell) => {
      if (sheet.parent === undefined || sheet.parent.message.hasMessageId) return;
      tell(
        fieldPlace(sheet, "subject"),
        "The message that this answers has no Message-ID: the reply cannot stand in its thread.",
      );
    },
  },
  {
    id: "L-NO-IRT",
    severity: "error",
    title: "A reply outside its thread",
    why: "Without In-Reply-To and References a reply starts a new thread in every archive and mail program.",
    before: "Subject: Re: [PATCH] clk: fix foo",
    after:
      "Subject: Re: [PATCH] clk: fix foo\nIn-Reply-To: <patch@example.org>\nReferences: <patch@example.org>",
    check: (sheet, tell) => {
      const { draft } = sheet;
      if (!isReply(sheet) || (draft.inReplyTo !== undefined && draft.references.length > 0)) return;
      const missing = [
        ...(draft.inReplyTo === undefined ? ["In-Reply-To"] : []),
        ...(draft.references.length === 0 ? ["References"] : []),
      ];
      tell(fieldPlace(sheet, "subject"), `This reply has no ${missing.join(" and no ")}.`, {
        // With one of the two it is still threaded nearly everywhere.
        severity: missing.length === 2 ? "error" : "warning",
        fix: rebuilt(sheet),
      });
    },
  },
  {
    id: "L-IRT-MISMATCH",
    severity: "warning",
    title: "In-Reply-To and References disagree",
    why: "The last entry of References is the message answered. Where it is another one than In-Reply-To names, programs thread the reply in different places.",
    before: "In-Reply-To: <b@example.org>\nReferences: <b@example.org> <a@example.org>",
    after: "In-Reply-To: <b@example.org>\nReferences: <a@example.org> <b@example.org>",
    check: (sheet, tell) => {
      told("L-IRT")(sheet, tell);
      const { draft } = sheet;
      const last = draft.references.at(-1);
      if (draft.inReplyTo === undefined || last === undefined || last === draft.inReplyTo) return;
      tell(fieldPlace(sheet, "in-reply-to"), "In-Reply-To is not the last entry of References.", {
        fix: rebuilt(sheet),
      });
    },
  },
  {
    id: "L-SUBJECT-EMPTY",
    severity: "error",
    title: "No subject",
    why: "Most readers of a list decide by the subject alone.",
    before: "Subject: Re:",
    after: "Subject: Re: your mail",
    check: (sheet, tell) => {
      if (stripReply(sheet.draft.subject).bare !== "") return;
      tell(fieldPlace(sheet, "subject"), "The subject says nothing.");
    },
  },
  {
    id: "L-SUBJECT-RE",
    severity: "warning",
    title: "Not exactly one Re:",
    why: "One `Re: ` marks an answer. Several are noise, translated ones (Aw:, Sv:) are not recognised everywhere, and an answer without one looks like a new topic.",
    before: "Subject: RE: Re: Aw: [PATCH] clk: fix foo",
    after: "Subject: Re: [PATCH] clk: fix foo",
    check: (sheet, tell) => {
      const { subject } = sheet.draft;
      const { bare, isReply: marked } = stripReply(subject);
      if (bare === "") return;
      if (marked) {
        const rest = /^\s*re:(.*)$/is.exec(subject)?.[1];
        if (rest !== undefined && !stripReply(rest).isReply) return;
        tell(
          fieldPlace(sheet, "subject"),
          "The subject has more than one reply word, or one that is not Re:.",
          {
            fix: writeSubject(sheet, replySubject(subject), "Leave one Re:", true),
          },
        );
        return;
      }
      // A patch that answers is a new version, and a new topic names the old one.
      if (sheet.draft.inReplyTo === undefined || readPatchPrefix(subject).isPatch) return;
      if (/[([]was:/i.test(subject)) return;
      tell(fieldPlace(sheet, "subject"), "This answers a message, but its subject has no Re:.", {
        fix: writeSubject(sheet, replySubject(subject), "Put Re: before it", true),
      });
    },
  },
  {
    id: "L-SUBJECT-CHANGED",
    severity: "info",
    title: "Another subject than the message answered",
    why: "Threads go by Message-ID, but people look for subjects. A new one is fine when it says what it was.",
    before: "Subject: Locking rules of foo",
    after: "Subject: Locking rules of foo (was: [PATCH] clk: fix foo)",
    check: (sheet, tell) => {
      const { parent, draft } = sheet;
      if (parent === undefined || draft.subject === "") return;
      const before = stripReply(replySubject(parent.message.subject)).bare;
      const now = stripReply(replySubject(draft.subject)).bare;
      const plain = (text: string) => text.replace(/\s+/g, " ").trim().toLowerCase();
      if (plain(before) === plain(now) || /[([]was:/i.test(draft.subject)) return;
      // A new version sent as an answer has a subject of its own; another rule speaks of that.
      if (!stripReply(draft.subject).isReply && readPatchPrefix(draft.subject).isPatch) return;
      tell(fieldPlace(sheet, "subject"), "The subject is not that of the message answered.", {
        fix: writeSubject(
          sheet,
          `${stripReply(draft.subject).bare} (was: ${before})`,
          "Name the old subject",
        ),
      });
    },
  },
];
