/** Mails made to hurt: what runs, what loads, what never ends. Whole mails, as bytes. */
import assert from "node:assert/strict";
import { readSkeleton } from "../src/mail/skeleton.ts";
import type { MessageView } from "../src/reader/protocol.ts";
import { writeThread } from "../src/reader/text.ts";
import { foldsOf, linksOf, stretchesOf } from "../src/reader/textShapes.ts";
import { viewMails } from "./threadViews.ts";

const head = (more = ""): string =>
  `From: Mallory <mallory@evil.example>\nTo: list@kernel.example\nSubject: evil\nMessage-ID: <evil@evil.example>\nDate: Mon, 16 Nov 2026 09:15:00 +0100\n${more}\n`;
const mail = (body: string, more = ""): Buffer => Buffer.from(head(more) + body, "latin1");

const MARKUP = [
  "<script>document.title='owned'</script><img src=http://evil.example/x onerror=\"document.title='owned'\">",
  "<style>@import url(http://evil.example/x.css); body{background:url(http://evil.example/b)}</style>",
  "<svg onload=\"document.title='owned'\"><use href=http://evil.example/x.svg#a /></svg>",
  "<iframe src=http://evil.example></iframe><meta http-equiv=refresh content='0;url=http://evil.example'>",
  "<a href='javascript:alert(1)'>x</a> javascript:alert(1) command:workbench.action.quit vbscript:x data:text/html,x",
  "[x](command:workbench.action.quit) ![x](http://evil.example/y.png) <command:evil> <javascript:alert(1)>",
].join("\n");

const nested = (depth: number): Buffer => {
  const opens = Array.from(
    { length: depth },
    (_, at) => `Content-Type: multipart/mixed; boundary="b${at}"\n\n--b${at}\n`,
  );
  return Buffer.from(`${head().trimEnd()}\n${opens.join("")}\ninnermost\n`);
};

const messagesInside = (depth: number): Buffer =>
  Buffer.from(
    `${head().trimEnd()}\n${"Content-Type: message/rfc822\n\nSubject: one more\n".repeat(depth)}\ninnermost\n`,
  );

/**
 * Each with a name that says what it is.
 * @param share of the size in its name: 1 is all of it
 */
export const hostileMails = (share: number): (readonly [name: string, bytes: () => Buffer])[] => {
  const some = (count: number): number => Math.ceil(count * share);
  return [
    ["markup in plain text", () => mail(`${MARKUP}\n> ${MARKUP.replaceAll("\n", "\n> ")}\n`)],
    ["markup in HTML", () => mail(`<html><body>${MARKUP}</body></html>`, "Content-Type: text/html\n")],
    ["100,000 marks on a line", () => mail(`${">".repeat(100_000)} deep\n`)],
    [
      "100,000 lines, each one mark deeper than 1,000 before",
      () =>
        mail(
          Array.from({ length: 100_000 }, (_, at) => `${">".repeat(at % 1000)} x`)
            .join("\n")
            .slice(0, 5_000_000),
        ),
    ],
    ["1,000 nested parts", () => nested(1000)],
    ["1,000 messages inside each other", () => messagesInside(1000)],
    ["a line of 50 MB", () => mail("a".repeat(some(50_000_000)))],
    ["NULs", () => mail(`a\0b${"\0".repeat(some(1_000_000))}c\n> \0d\n`)],
    [
      "escapes of terminals",
      () => mail("\x1b[2J\x1b[31mred\x1b]0;title\x07 \x1b]8;;http://evil.example\x07x\x1b]8;;\x07\n"),
    ],
    ["a header field of 5 MB", () => mail("text\n", `X-Long: ${"a ".repeat(some(2_500_000))}\n`)],
    [
      "a header of 200,000 fields",
      () => mail("text\n", "X-Many: a b c d e f g h i j\n".repeat(some(200_000))),
    ],
    ["a header of folds alone", () => mail("text\n", `X-Folded: a\n${" b\n".repeat(some(1_000_000))}`)],
    ["5 MB of recipients", () => mail("text\n", `Cc: ${"a@b.example, ".repeat(some(400_000))}c@d.example\n`)],
    ["open brackets in recipients", () => mail("text\n", `Cc: ${'(<"'.repeat(some(300_000))}\n`)],
    [
      "a megabyte of encoded words",
      () => mail("text\n", `Subject: ${"=?utf-8?q?=C3?= ".repeat(some(60_000))}\n`),
    ],
    ["a megabyte of ids", () => mail("text\n", `References: ${"<a@b.example> ".repeat(some(70_000))}\n`)],
    [
      "pieces of parameters",
      () =>
        mail(
          "text\n",
          `Content-Type: text/plain; ${Array.from({ length: some(50_000) }, (_, at) => `x*${at}*=%41`).join("; ")}\n`,
        ),
    ],
    [
      "10 MB of boundaries",
      () => mail("--b\n".repeat(some(2_500_000)), 'Content-Type: multipart/mixed; boundary="b"\n'),
    ],
    [
      "10 MB of soft breaks",
      () => mail("=\n".repeat(some(5_000_000)), "Content-Transfer-Encoding: quoted-printable\n"),
    ],
    ["10 MB of padding", () => mail("=".repeat(some(10_000_000)), "Content-Transfer-Encoding: base64\n")],
    [
      "10 MB of flowed lines",
      () => mail("a \n".repeat(some(3_300_000)), "Content-Type: text/plain; format=flowed\n"),
    ],
    ["HTML 100,000 deep", () => mail("<div>".repeat(100_000), "Content-Type: text/html\n")],
    [
      "characters that are not seen",
      () =>
        mail(
          Buffer.from("if (\u202e admin \u2066) \u200b{\n".repeat(some(10_000))).toString("latin1"),
          "Content-Type: text/plain; charset=utf-8\n",
        ),
    ],
  ];
};

/**
 * Reads a mail on every way from bytes to what is shown, and looks at what must hold for all of them.
 * @returns its view, and the processor seconds it took
 */
export async function readHostile(raw: Buffer): Promise<{ view: MessageView; seconds: number }> {
  const before = process.cpuUsage();
  readSkeleton(raw);
  const [thread] = await viewMails([raw]);
  const view = thread?.messages[0];
  assert.ok(thread && view, "it is shown");
  const text = writeThread(thread.view, new Map([[view.messageId, view]]));
  const looks = stretchesOf(text);
  foldsOf(text);
  const links = linksOf(text);
  const { user, system } = process.cpuUsage(before);
  assert.ok(looks.every(({ line, start, length }) => start + length <= (text.lines[line]?.length ?? 0)));
  const addresses = links.flatMap(({ kind, target }) => (kind === "url" ? [target] : []));
  assert.deepEqual(
    addresses.filter((address) => !/^(?:https?|ftps?|git|ssh|rsync|svn):\/\//i.test(address)),
    [],
  );
  return { view, seconds: (user + system) / 1e6 };
}
