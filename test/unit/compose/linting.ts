/** What the checker says of a body, and what its fixes make of it: the helpers of its tests. */
import assert from "node:assert/strict";
import { applyEdits } from "../../../src/compose/edit.ts";
import { type LintOptions, openLint } from "../../../src/compose/lint.ts";
import type { Finding } from "../../../src/compose/rules/rule.ts";
import { ada, messageOf } from "../../mails.ts";

export const head: Record<string, string> = {
  From: "Ada Reviewer <ada@example.org>",
  To: "Bob B <bob@x.example>",
  Cc: "list-a@vger.example",
  Subject: "Re: [PATCH] clk: fix foo",
  "In-Reply-To": "<c@x>",
  References: "<c@x>",
};
export const wrote = "On Mon, Nov 16, 2026 at 09:15:42 +0100, Bob B wrote:\n";

export interface Given {
  /** Fields of the header that replace usual ones; undefined leaves one out. */
  fields?: Record<string, string | undefined>;
  /** The body of the message that is answered; without it that message is not at hand. */
  parent?: string;
  parentFields?: Parameters<typeof messageOf>[0];
  levels?: LintOptions["levels"];
  /** Addresses from which mail came back. */
  bounced?: string[];
}

export async function lintOf(
  body: string,
  { fields = {}, parent, parentFields, levels, bounced = [] }: Given = {},
) {
  const header = Object.entries({ ...head, ...fields }).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}\n`],
  );
  const message =
    parent === undefined && parentFields === undefined
      ? undefined
      : await messageOf(parentFields ?? {}, parent ?? "text\n");
  const lint = openLint({
    parent: message,
    self: ada,
    bounced: new Set(bounced),
    ...(levels === undefined ? {} : { levels }),
  });
  const text = `${header.join("")}\n${body}`;
  return { text, findings: lint(text), bodyLine: header.length + 2 };
}

const grades = { error: "E", warning: "W", info: "I", hint: "H" } as const;
export const told = (findings: readonly Finding[]): string[] =>
  findings.map(({ severity, rule }) => `${grades[severity]} ${rule}`);

/** Body in; grade and rule of each finding out, in the order of the text. */
export async function finds(body: string, expected: string[], given?: Given): Promise<void> {
  assert.deepEqual(told((await lintOf(body, given)).findings), expected);
}

/** Body in; the body after the first finding of that rule was fixed out. */
export async function fixes(rule: string, body: string, expected: string, given?: Given): Promise<void> {
  const { text, findings, bodyLine } = await lintOf(body, given);
  const fix = findings.find((finding) => finding.rule === rule)?.fix;
  assert.ok(fix, `${rule} has no fix`);
  const fixed = applyEdits(text, fix.edits);
  assert.equal(
    fixed
      .split("\n")
      .slice(bodyLine - 1)
      .join("\n"),
    expected,
  );
}

/** A field of the header after the first finding of that rule was fixed. */
export async function fixesField(
  rule: string,
  field: string,
  expected: string,
  given?: Given,
): Promise<void> {
  const { text, findings } = await lintOf("Yes.\n", given);
  const fix = findings.find((finding) => finding.rule === rule)?.fix;
  assert.ok(fix, `${rule} has no fix`);
  const fixed = applyEdits(text, fix.edits).replace(/\n[ \t]+/g, " ");
  assert.equal(
    fixed.split("\n").find((line) => line.startsWith(`${field}: `)),
    `${field}: ${expected}`,
  );
}

export const cited = (count: number, first = 1): string =>
  Array.from({ length: count }, (_, at) => `> line ${first + at}\n`).join("");
export const answered = (own: string): string => `${wrote}> a question\n\n${own}\n`;
