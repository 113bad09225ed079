/** Drafts for tests: one to start from, and any at all. */
import fc from "fast-check";
import type { Draft } from "../../../src/compose/draft.ts";

/** A small draft with some of its parts replaced. */
export const draftOf = (parts: Partial<Draft> = {}): Draft => ({
  from: { name: "Ada Reviewer", address: "ada@example.org" },
  to: [{ name: "Bob B", address: "bob@x.example" }],
  cc: [],
  bcc: [],
  subject: "Re: subject",
  messageId: "1.r-reply@example.org",
  references: [],
  body: "text\n",
  ...parts,
});

const letters = [..."abcXYZ019-'.,;:()<>@[]\"\\=?_ÀñŁß漢字🙂ш"];
/** A name as mail has it: any letters, no blanks at its ends, none twice. */
const name = fc
  .array(fc.string({ unit: fc.constantFrom(...letters), minLength: 1, maxLength: 12 }), { maxLength: 5 })
  .map((words) => words.join(" "))
  // What is itself an encoded word is decoded when read.
  .filter((text) => !text.includes("=?"));
const local = fc.string({ unit: fc.constantFrom(..."abcz019._+-"), minLength: 1, maxLength: 20 });
const address = fc
  .tuple(local, fc.constantFrom("x.example", "lists.example.org", "a.b.c.test"))
  .map(([before, domain]) => `u${before}1@${domain}`);
const mailbox = fc
  .record({ name, address }, { noNullPrototype: true })
  .filter((one) => one.name.toLowerCase() !== one.address);
const id = fc
  .string({ unit: fc.constantFrom(..."abcXYZ019._+-=%$/"), minLength: 1, maxLength: 60 })
  .map((left) => `${left}@x.example`);
const subject = fc
  .array(fc.string({ unit: fc.constantFrom(...letters), minLength: 1, maxLength: 30 }), {
    minLength: 1,
    maxLength: 20,
  })
  .map((words) => words.join(" "))
  .filter((text) => !text.includes("=?"));
const line = fc.oneof(
  fc.string({ unit: fc.constantFrom(..."> abcÀ漢🙂\t.=-"), maxLength: 60 }),
  fc.constantFrom(
    "",
    "> cited",
    ">",
    "> > deeper",
    "From here on",
    ".",
    "-- ",
    "--",
    "On Mon, Bob wrote:",
    "x".repeat(1200),
    `${"ü".repeat(600)}`,
  ),
);

/** Any draft that a person could write. */
export const anyDraft: fc.Arbitrary<Draft> = fc.record(
  {
    from: mailbox,
    to: fc.array(mailbox, { maxLength: 12 }),
    cc: fc.array(mailbox, { maxLength: 30 }),
    bcc: fc.array(mailbox, { maxLength: 2 }),
    subject,
    messageId: id,
    inReplyTo: id,
    references: fc.uniqueArray(id, { maxLength: 50 }),
    body: fc.array(line, { maxLength: 30 }).map((lines) => lines.join("\n")),
  },
  {
    noNullPrototype: true,
    requiredKeys: ["from", "to", "cc", "bcc", "subject", "messageId", "references", "body"],
  },
);
