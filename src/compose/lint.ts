/** The checker: what a careful maintainer would remark on a draft before it is sent. */
import type { Message } from "../mail/message.ts";
import type { Aliases } from "./aliases.ts";
import type { Self } from "./draft.ts";
import type { Edit } from "./edit.ts";
import { rules } from "./rules/catalogue.ts";
import type { Finding, Severity } from "./rules/rule.ts";
import { readParent, readSheet, type SheetContext } from "./rules/sheet.ts";

/** A rule turned down, up or off. */
export type Level = Severity | "off";

/** What is known beside the draft; the more there is, the more rules can speak. */
export interface LintOptions {
  /** The message that the draft answers. */
  parent?: Message | undefined;
  self?: Self | undefined;
  /** Addresses known to be lists. */
  lists?: readonly string[];
  /** Globs of addresses that are never taken over as recipients (R113). */
  exclude?: readonly string[];
  /** Addresses, in lower case, from which mail came back (R114). */
  bounced?: ReadonlySet<string>;
  /** The person's address books: names that stand for mailboxes. */
  aliases?: Aliases;
  /** The line above what is cited, as `attributionOf` has it. */
  attribution?: string;
  /** By rule id. */
  levels?: Readonly<Record<string, Level>>;
}

/** Checks a draft's text, `\n` line ends; the findings in the order of the text. */
export type Lint = (text: string) => Finding[];

/** A checker for drafts that answer one message: what can be prepared about that message is prepared once. */
export function openLint({
  parent,
  self,
  lists,
  exclude,
  bounced,
  aliases,
  attribution,
  levels = {},
}: LintOptions = {}): Lint {
  const context: SheetContext = {
    parent: parent === undefined ? undefined : readParent(parent),
    self,
    lists: new Set(lists?.map((list) => list.toLowerCase())),
    exclude: exclude ?? [],
    bounced: bounced ?? new Set(),
    aliases: aliases ?? new Map(),
    attribution,
  };
  const active = rules.filter(({ id }) => levels[id] !== "off");
  return (text) => {
    const sheet = readSheet(text, context);
    const findings: Finding[] = [];
    for (const { id, severity, check } of active) {
      const level = levels[id] as Severity | undefined;
      check(sheet, (place, message, more = {}) => {
        const finding: Finding = {
          rule: id,
          severity: level ?? more.severity ?? severity,
          ...place,
          message,
        };
        if (more.fix !== undefined) finding.fix = more.fix;
        findings.push(finding);
      });
    }
    return findings.sort((a, b) => a.line - b.line || a.column - b.column);
  };
}

/** The edits of all safe fixes that do not meet each other; of two that do, the first in the text. */
export function safeEdits(findings: readonly Finding[]): Edit[] {
  const chosen: Edit[] = [];
  const meets = (a: Edit, b: Edit): boolean => {
    const before = (x: Edit, y: Edit) =>
      x.endLine < y.line || (x.endLine === y.line && x.endColumn <= y.column);
    const isInsert = (x: Edit) => x.line === x.endLine && x.column === x.endColumn;
    if (isInsert(a) && isInsert(b)) return a.line === b.line && a.column === b.column;
    return !before(a, b) && !before(b, a);
  };
  for (const { fix } of findings) {
    if (fix?.safe !== true || fix.edits.some((edit) => chosen.some((held) => meets(held, edit)))) continue;
    chosen.push(...fix.edits);
  }
  return chosen;
}
