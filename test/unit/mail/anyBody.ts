/** Bodies made by chance for property tests, and bodies made to hurt. */
import fc from "fast-check";

const SHAPES = [
  "",
  "",
  "some own words",
  "Yes. I agree.",
  "On Mon, Jul 22, 2024 at 1:18 PM Al Pha <al@x.example> wrote:",
  "Al Pha",
  "<al@x.example> wrote:",
  "[...]",
  "-----Original Message-----",
  "From: Al Pha <al@x.example>",
  "Sent: Monday, 3 June 2024 10:00",
  "Subject: a subject",
  "diff --git a/fs/x.c b/fs/x.c",
  "--- a/fs/x.c",
  "+++ b/fs/x.c",
  "@@ -1,3 +1,4 @@ f()",
  " context",
  "+added",
  "-removed",
  "-- ",
  "2.47.0",
  "Reviewed-by: Al Pha <al@x.example>",
  'Fixes: 0123456789ab ("fs: a long',
  "_______________________________________________",
  "foo mailing list https://lists.example/foo",
  "[EXTERNAL] Be careful",
  ">> fs/x.c:1:2: warning: unused",
  "see <https://x.example/long",
  ". ok",
  "From here",
];

const line = fc
  .tuple(
    fc.constantFrom("", "", "> ", ">", "> > ", ">> ", ">>> ", " > ", "> >>>> "),
    fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...SHAPES) }, { weight: 1, arbitrary: fc.string() }),
  )
  .map(([marks, text]) => marks + text);

/** A body that looks like mail: cited text, attributions, diffs and tails in any order. */
export const mailBody: fc.Arbitrary<string> = fc
  .array(line, { maxLength: 90 })
  .map((lines) => lines.join("\n"));

/** Any string at all. */
export const anyBody: fc.Arbitrary<string> = fc.oneof(
  mailBody,
  fc.string({ unit: "binary", maxLength: 400 }),
);

/**
 * Bodies that cost too much where a rule looks further than it may.
 * @param many how many lines those of many lines have
 */
export const hostileBodies = (many: number): (readonly [name: string, body: () => string])[] => [
  ["100,000 marks on a line", () => ">".repeat(100_000)],
  ["1 MB on a line", () => "a".repeat(1_000_000)],
  ["1 MB of blanks on a line", () => `> ${" ".repeat(1_000_000)}x`],
  ["1 MB of half links", () => "http://-".repeat(125_000)],
  ["1 MB of links", () => "a://http://b.c ".repeat(70_000)],
  ["1 MB of brackets", () => "<a@".repeat(330_000)],
  ["1 MB of hex", () => "0123456789ab ".repeat(80_000)],
  ["1 MB of paths", () => "a/".repeat(500_000)],
  ["many cited lines", () => "> x\n".repeat(many)],
  ["many separators", () => "> --\n".repeat(many)],
  ["many rules", () => `> ${"_".repeat(30)}\n`.repeat(many / 4)],
  ["many header blocks", () => "From: a\nSent: b\nTo: c\n\n".repeat(many / 4)],
  ["many attributions", () => "On 1 May 2024 10:00, Al wrote:\n> x\n".repeat(many / 2)],
  [
    "attributions ever deeper",
    () =>
      Array.from({ length: 2000 }, (_, at) => `${">".repeat(at)} On 1 May 2024 10:00, Al wrote:`).join("\n"),
  ],
  ["many files", () => "--- a/x\n+++ b/x\n@@ -1 +1 @@\n".repeat(many / 3)],
  ["many open trailers", () => 'Fixes: 0123456789ab ("x\n'.repeat(many / 2)],
  ["many blank lines", () => "\n".repeat(many)],
  ["many prompts", () => ">>> f(x)\n".repeat(many)],
  ["marks going up and down", () => "> a\n>> b\n\n".repeat(many / 3)],
];
