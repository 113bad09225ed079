/** What a rule of the checker is: a judgement over a draft, and its explanation. */
import type { DraftProblem } from "../draftText.ts";
import type { Edit } from "../edit.ts";
import type { DraftSheet, Place } from "./sheet.ts";

/** How grave: an error stops sending until it is overruled; a hint is not even underlined. */
export type Severity = "error" | "warning" | "info" | "hint";

/** A way to put a finding right. */
export interface Fix {
  /** What it does, as a command: "Trim to replies". */
  title: string;
  edits: Edit[];
  /** It changes nothing that a person would want to look at again: "Fix All Safe Problems" takes it. */
  safe?: boolean;
}

/** Something that a rule has found. Lines and columns count from 1 in the draft's text, columns in UTF-16 units. */
export interface Finding extends Omit<DraftProblem, "severity"> {
  severity: Severity;
  fix?: Fix;
}

/** Says what was found where. `severity` is that of the rule unless given. */
export type Tell = (
  place: Place,
  message: string,
  more?: { severity?: Severity | undefined; fix?: Fix | undefined },
) => void;

export interface Rule {
  id: string;
  severity: Severity;
  /** What is wrong, in a few words. */
  title: string;
  /** Why it matters on a list. */
  why: string;
  /** Lines of a draft as they should not be, and as they should. */
  before: string;
  after: string;
  check(sheet: DraftSheet, tell: Tell): void;
}
