/** Every rule of the checker, and the page that explains one. */
import { citedRules } from "./cited.ts";
import { habitRules } from "./habits.ts";
import { headerRules } from "./header.ts";
import { layoutRules } from "./layout.ts";
import { patchRules } from "./patch.ts";
import { proseRules } from "./prose.ts";
import { recipientRules } from "./recipients.ts";
import type { Rule } from "./rule.ts";
import { trailerRules } from "./trailers.ts";
import { volumeRules } from "./volume.ts";

/** The families of rules, as their page is divided. */
export const families: readonly (readonly [title: string, rules: readonly Rule[]])[] = [
  ["Recipients", recipientRules],
  ["Subject, threading, header", headerRules],
  ["Order of parts", layoutRules],
  ["How much is cited", volumeRules],
  ["Cited lines", citedRules],
  ["Own text", proseRules],
  ["Own patches", patchRules],
  ["Trailers", trailerRules],
  ["Customs of lists", habitRules],
];

export const rules: readonly Rule[] = families.flatMap(([, members]) => members);

const indented = (text: string): string =>
  text
    .split("\n")
    .map((line) => (line === "" ? "" : `    ${line}`))
    .join("\n");

/** One rule explained, as Markdown: why, and a draft before and after. `level` is the heading's. */
export function explain({ id, title, severity, why, before, after }: Rule, level = 1): string {
  return [
    `${"#".repeat(level)} ${id}: ${title}`,
    `*${severity}* unless \`kernelMail.check.rules\` says otherwise.`,
    why,
    "Before:",
    indented(before),
    "After:",
    indented(after),
  ].join("\n\n");
}

/** The page of all rules, as Markdown. */
export const checksPage = (): string =>
  `${[
    "# What the checker remarks",
    "Every draft is checked as it is written; `kernel-mail check FILE` gives the same. An *error* stops sending until it is overruled, a *warning* should be looked at, *info* may be, and a *hint* is a matter of taste. A rule is turned up, down or off by its id in `kernelMail.check.rules`.",
    ...families.flatMap(([title, members]) => [`## ${title}`, ...members.map((rule) => explain(rule, 3))]),
  ].join("\n\n")}\n`;
