/** The text to be searched: the bytes of a mail in, the words of its body out, as the reader's decoder finds them. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeText } from "../../../src/mail/decode.ts";
import { searchText } from "../../../src/mail/searchText.ts";
import { readOverview } from "../../../src/mail/skeleton.ts";
import { anyBody } from "./anyBody.ts";

const bytes = (header: string, body: string) => Buffer.from(`${header}\n\n${body}`, "latin1");
const read = (raw: Buffer): string => searchText(raw, readOverview(raw).head).toString().trimEnd();
const check = (header: string, body: string, text: string): void => {
  const raw = bytes(header, body);
  assert.equal(read(raw), text);
  assert.equal(decodeText(raw).body, text);
};
/** What the index takes apart: symbols for control characters part words as those do. */
const words = (text: string): string[] =>
  text.split(/[\x00-\x20\x7f-\xa0\u2400-\u2426]+/).filter((word) => word !== "");

const usual = "From: a@x.example";
const types = [
  "",
  "\nContent-Type: text/plain",
  '\nContent-Type: text/plain; charset="utf-8"',
  "\nContent-Type: TEXT/PLAIN; charset=iso-8859-1; format=fixed",
  "\nContent-Type: text/plain; charset=utf-8; format=flowed",
  "\nContent-Type: text/html",
  "\nContent-Type: text",
  "\nContent-Type: multipart/mixed; boundary=b",
  "\nno field at all",
  "\n-- : x",
];
const encodings = ["", "8bit", "quoted-printable", "base64", "x-unknown"];

describe("mail/searchText", () => {
  it("takes a mail without MIME as it stands", () => check(usual, "one\ntwo\n", "one\ntwo"));
  it("D230 reads the charset", () =>
    check(`${usual}\nContent-Type: text/plain; charset=iso-8859-1`, "f\xfcr\n", "für"));
  it("D220 undoes quoted-printable", () =>
    check(
      `${usual}\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable`,
      "f=C3=BCr a=\nll\n",
      "für all",
    ));
  it("D223 undoes base64", () =>
    check(`${usual}\nContent-Transfer-Encoding: base64`, "b25lCnR3bwo=\n", "one\ntwo"));
  it("D237 ends lines as the reader does", () => check(usual, "one\r\ntwo\r\r\nthree\r", "one\ntwo\nthree"));
  it("D213 reads a body that stands in the header", () =>
    check(`${usual}\n-- a body begins`, "one\n", "-- a body begins\n\none"));
  it("D210 reads the parts of a multipart", () =>
    check(
      `${usual}\nContent-Type: multipart/mixed; boundary=b`,
      "--b\n\none\n--b\nContent-Type: image/png\n\ntwo\n--b--\n",
      "one",
    ));
  it("finds the words that the reader's decoder finds, whatever comes", () =>
    fc.assert(
      fc.property(
        anyBody,
        fc.constantFrom(...types),
        fc.constantFrom(...encodings),
        (body, type, encoding) => {
          const header = `${usual}${type}\nContent-Transfer-Encoding: ${encoding}`;
          const raw = Buffer.from(`${header}\n\n${body}`);
          assert.deepEqual(words(read(raw)), words(decodeText(raw).body));
        },
      ),
    ));
});
