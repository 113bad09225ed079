/** MIME structure: a mail in, its parts as an indented list out. */
import assert from "node:assert/strict";
import { headerStart } from "../../../src/mail/headers.ts";
import { leaves, type Part, readParts } from "../../../src/mail/mime.ts";

function outline(text: string): { parts: string[]; defects: string[] } {
  const bytes = Buffer.from(text);
  const { root, defects } = readParts(bytes, headerStart(bytes));
  const parts: string[] = [];
  const walk = (part: Part, indent: string): void => {
    const body =
      part.children.length > 0 ? "" : ` ${JSON.stringify(bytes.toString("utf8", part.start, part.end))}`;
    parts.push(`${indent}${part.type}${part.name && ` ${part.name}`}${body}`);
    for (const child of part.children) walk(child, `${indent}  `);
  };
  walk(root, "");
  return { parts, defects: defects.map(({ code }) => code) };
}
const check = (text: string, parts: string[], ...defects: string[]): void =>
  assert.deepEqual(outline(text), { parts, defects });

const mixed = 'Content-Type: multipart/mixed; boundary="b"\n\n';

describe("mail/mime", function () {
  this.timeout(60_000);
  it("one part", () => check("A: b\n\ntext\n", [' "text\\n"']));
  it("several parts; preamble and epilogue are none", () =>
    check(`${mixed}pre\n--b\nContent-Type: text/plain\n\none\n--b\n\ntwo\n--b--\nepi\n`, [
      "multipart/mixed",
      '  text/plain "one"',
      '   "two"',
    ]));
  it("the boundary in the first line of the body", () =>
    check(`${mixed}--b\n\none\n--b--\n`, ["multipart/mixed", '   "one"']));
  it("CRLF: the line end before a boundary belongs to it", () =>
    check(`${mixed}--b\n\none\n--b--\n`.replaceAll("\n", "\r\n"), ["multipart/mixed", '   "one"']));
  it("blanks behind a boundary", () =>
    check(`${mixed}--b \t\n\none\n--b-- \n`, ["multipart/mixed", '   "one"']));
  it("a longer line that starts like the boundary is text", () =>
    check(`${mixed}--b\n\none\n--bb\n---b\n--b--\n`, ["multipart/mixed", '   "one\\n--bb\\n---b"']));
  it("nested", () =>
    check(
      `${mixed}--b\nContent-Type: multipart/alternative; boundary=c\n\n--c\n\none\n--c\nContent-Type: text/html\n\ntwo\n--c--\n--b\nContent-Type: image/png; name=x.png\n\nthree\n--b--\n`,
      [
        "multipart/mixed",
        "  multipart/alternative",
        '     "one"',
        '    text/html "two"',
        '  image/png x.png "three"',
      ],
    ));
  it("an outer boundary closes an inner part that was left open", () =>
    check(`${mixed}--b\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\none\n--b\n\ntwo\n--b--\n`, [
      "multipart/mixed",
      "  multipart/mixed",
      '     "one"',
      '   "two"',
    ]));
  it("a mail that was cut", () =>
    check(`${mixed}--b\n\none\n`, ["multipart/mixed", '   "one\\n"'], "mime-unclosed"));
  it("a part without the empty line", () =>
    check(`${mixed}--b\nContent-Type: text/plain\n--b\n\ntwo\n--b--\n`, [
      "multipart/mixed",
      '  text/plain ""',
      '   "two"',
    ]));
  it("D213 no boundary named, or none found", () => {
    check(
      "Content-Type: multipart/mixed\n\n--b\ntext\n",
      ['multipart/mixed "--b\\ntext\\n"'],
      "mime-boundary",
    );
    check(`${mixed}text\n`, ['multipart/mixed "text\\n"']);
  });
  it("D212 a message inside is one part", () =>
    check(
      `${mixed}--b\nContent-Type: message/rfc822\n\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\nx\n--c--\n--b--\n`,
      [
        "multipart/mixed",
        '  message/rfc822 "Content-Type: multipart/mixed; boundary=c\\n\\n--c\\n\\nx\\n--c--"',
      ],
    ));
  it("parts of a digest are messages", () =>
    check("Content-Type: multipart/digest; boundary=b\n\n--b\n\nA: b\n\nx\n--b--\n", [
      "multipart/digest",
      '  message/rfc822 "A: b\\n\\nx"',
    ]));
  it("D105 nesting deeper than 20 is left whole", () => {
    let text = "";
    for (let level = 0; level < 40; level++) {
      text += `Content-Type: multipart/mixed; boundary=b${level}x\n\n--b${level}x\n`;
    }
    const { parts, defects } = outline(`${text}\nbottom\n`);
    assert.equal(parts.length, 21);
    assert.deepEqual(defects, ["mime-depth", "mime-unclosed"]);
  });
  it("D105 more than 200 parts", () => {
    const bytes = Buffer.from(`${mixed}${"--b\n\nx\n".repeat(100_000)}--b--\n`);
    const { root, defects } = readParts(bytes, 0);
    assert.equal(leaves(root).length, 199);
    assert.ok(defects.some(({ code }) => code === "mime-parts"));
  });
});
