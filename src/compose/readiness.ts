/** What keeps a draft from being sent, and what has to be accepted by name first. */
import { readBody } from "../mail/body.ts";
import type { DraftProblem, ReadDraft } from "./draftText.ts";
import { envelopeOf } from "./recipientChange.ts";

/**
 * The problems of a draft as it was read: those of its header, and nobody to send to, no subject, nothing of one's own.
 * Errors refuse, warnings have to be accepted.
 */
export function readiness({ draft, problems, bodyLine, fields }: ReadDraft): DraftProblem[] {
  const found: DraftProblem[] = [...problems];
  const add = (rule: string, message: string, name: string) => {
    const field = fields.find((one) => one.name.toLowerCase() === name);
    const line = field?.firstLine ?? (name === "" ? bodyLine : 1);
    found.push({
      rule,
      severity: "error",
      line,
      column: 1,
      endLine: field?.lastLine ?? line,
      endColumn: 1000,
      message,
    });
  };
  if (envelopeOf(draft).length === 0) add("L-NO-RCPT", "Nobody is named who could get this message.", "to");
  if (/^(?:re:\s*)*$/i.test(draft.subject.trim())) add("L-SUBJECT-EMPTY", "The subject is empty.", "subject");
  if (draft.messageId === "") add("L-MSGID", "The Message-ID is missing.", "message-id");
  if (ownLines(draft.body).length === 0) add("L-NO-OWN", "There is nothing of your own in it.", "");
  return found;
}

/** The lines of a body that the person wrote: not cited, no attribution, no signature, not blank. */
export function ownLines(body: string): string[] {
  const lines = body.split("\n");
  return readBody(body)
    .filter(({ kind, depth }) => depth === 0 && kind !== "attribution" && kind !== "signature")
    .flatMap(({ firstLine, lastLine }) => lines.slice(firstLine - 1, lastLine))
    .filter((line) => line.trim() !== "");
}
