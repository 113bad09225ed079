/** What the person should know about a draft that was just made: a rule, how grave, one sentence. */
import type { Mailbox } from "../mail/address.ts";

export interface Note {
  /** A rule number (R101) or the name of a check (L-NO-LIST). */
  rule: string;
  severity: "error" | "warning" | "info";
  text: string;
  /** Recipients that one click adds. */
  add?: Mailbox[];
  /** Recipients that one click removes. */
  drop?: Mailbox[];
}
