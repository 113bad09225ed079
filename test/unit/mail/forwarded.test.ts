/** Header blocks in bodies: text in, whose text follows out. */
import assert from "node:assert/strict";
import { readCites } from "../../../src/mail/cite.ts";
import { findHeaderBlocks } from "../../../src/mail/forwarded.ts";

/** Each block as `first-last depth name`. */
const blocks = (text: string): string[] =>
  findHeaderBlocks(readCites(text.split("⏎")), () => false).map(
    ({ first, last, depth, name }) => `${first}-${last} ${depth} ${name}`,
  );
const check = (text: string, ...expected: string[]): void => assert.deepEqual(blocks(text), expected);

describe("mail/forwarded", () => {
  it("B620 Outlook", () =>
    check("-----Original Message-----⏎From: Al Pha <al@x.example>⏎Sent: Monday⏎⏎a", "0-2 0 Al Pha"));
  it("B620 German", () =>
    check(
      "-----Ursprüngliche Nachricht-----⏎Von: Al Pha⏎Gesendet: Montag⏎An: Bo⏎Betreff: x⏎⏎a",
      "0-4 0 Al Pha",
    ));
  it("B620 a rule of underscores", () =>
    check(`${"_".repeat(32)}⏎From: Al Pha⏎Sent: Monday⏎⏎a`, "0-2 0 Al Pha"));
  it("B620 a forwarding mailer", () =>
    check(
      "---------- Forwarded message ---------⏎From: Al Pha <al@x.example>⏎Date: Mon⏎Subject: x⏎To: Bo⏎⏎a",
      "0-4 0 Al Pha",
    ));
  it("B621 recipients on more lines", () =>
    check(
      "> From: Al Pha⏎> Sent: Monday⏎> To: Bo <bo@x.example>;⏎>  Cy <cy@x.example>⏎> Subject: x⏎>⏎> a",
      "0-4 1 Al Pha",
    ));
  it("B621 each name once", () => check("From: Al Pha⏎Sent: Monday⏎Sent: Tuesday⏎x"));
  it("B621 needs a date", () => check("-----Original Message-----⏎From: Al Pha⏎To: Bo⏎⏎a"));
  it("bold names", () => check("> *From:* Al Pha⏎> *Sent:* Monday⏎> *To:* Bo⏎> a", "0-2 1 Al Pha"));
  it("B622 below cites, three fields are enough", () =>
    check("> From: Al Pha⏎> Sent: Monday⏎> To: Bo⏎> a", "0-2 1 Al Pha"));
  it("B622 an in-body From: below cites is one line", () => check("> From: Al Pha <al@x.example>⏎>⏎> text"));
  it("B623 git's in-body headers", () =>
    check("From: Al Pha <al@x.example>⏎Date: Mon, 1 Jan 2024⏎Subject: x⏎⏎text"));
  it("B623 nothing inside a diff", () =>
    assert.deepEqual(
      findHeaderBlocks(readCites(["> From: Al", "> Sent: D", "> To: B"]), () => true),
      [],
    ));
  it("a rule alone", () => check(`${"_".repeat(40)}⏎text`));
});
