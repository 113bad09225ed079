/** Header blocks in bodies: text in, whose text follows out. */
import assert from "node:assert/strict";
import { readCites } from "../../../src/mail/cite.ts";
import { findHeaderBlocks } from "../../../src/mail/forwarded.ts";
import { Wordings } from "../../../src/mail/wording.ts";

/** Each block as `first-last depth name`. */
const blocks = (text: string): string[] =>
  findHeaderBlocks(readCites(new Wordings().read(text.replaceAll("⏎", "\n"))), () => false).map(
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
  it("B622 two fields of Outlook at the top of cited text", () =>
    check("> From: Al Pha <al@x.example>⏎> Sent: Friday, February 16, 2024 1:13 AM⏎>⏎> a", "0-1 1 Al Pha"));
  it("B622 B623 the author of a cited patch, and two fields that nobody cites", () => {
    check("> From: Al Pha <al@x.example>⏎> Date: Mon, 3 Jun 2024 10:00:00 +0000⏎>⏎> a");
    check("From: Al Pha⏎Sent: Friday⏎⏎a");
  });
  it("B621 Chinese, with wide colons too", () => {
    check(
      "发件人: Al Pha <al@x.example>⏎发送时间: 2024年2月15日 10:09⏎收件人: Bo⏎主题: x⏎⏎a",
      "0-3 0 Al Pha",
    );
    check("发件人：Al Pha⏎发送时间：2024年2月15日⏎收件人：Bo⏎主题：x⏎⏎a", "0-3 0 Al Pha");
  });
  it("B621 Russian, Japanese", () => {
    check("От: Al Pha⏎Отправлено: 1 мая⏎Кому: Bo⏎Тема: x⏎⏎a", "0-3 0 Al Pha");
    check("差出人: Al Pha⏎送信日時: 2024/05/01⏎宛先: Bo⏎件名: x⏎⏎a", "0-3 0 Al Pha");
  });
  it("B620 a Chinese mailer's rule", () =>
    check("------------------ Original ------------------⏎From: Al Pha⏎Date: Mon⏎⏎a", "0-2 0 Al Pha"));
  it("the author is behind the list that sent it", () => {
    check(
      "-----Original Message-----⏎From: l-bounces@x.example On Behalf Of Al Pha⏎Sent: D⏎⏎a",
      "0-2 0 Al Pha",
    );
    check(
      "-----Original Message-----⏎From: list [mailto:l@x.example] Im Auftrag von Al Pha⏎Sent: D⏎⏎a",
      "0-2 0 Al Pha",
    );
  });
  it("B621 a name in the line below its field", () =>
    check(
      "> From: l@x.example [mailto:l@x.example] On Behalf Of⏎> Al Pha⏎> Sent: Monday⏎> To: Bo⏎>⏎> a",
      "0-3 1 Al Pha",
    ));
  it("B621 who wrote stands behind the list in Chinese, too", () =>
    check(
      "> 发件人: l <l@x.example> 代表 Al Pha⏎> 发送时间: 2021年6月4日 9:44⏎> 收件人: Bo⏎>⏎> a",
      "0-2 1 Al Pha",
    ));
  it("B621 the words before the name wrapped as well", () =>
    check("> From: l <l@x.example> On⏎> Behalf Of Al Pha⏎> Sent: Monday⏎> To: Bo⏎>⏎> a", "0-3 1 Al Pha"));
  it("B622 two fields are enough right above deeper text", () => {
    check("From: Al Pha <al@x.example>⏎Date: Mon, 1 Jan 2024⏎⏎> a", "0-1 0 Al Pha");
    check("From: Al Pha <al@x.example>⏎Date: Mon, 1 Jan 2024⏎⏎a");
  });
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
  it("B623 a patch of git's that was pasted", () =>
    check(
      `> From ${"0".repeat(40)} Mon Sep 17 00:00:00 2001⏎> From: Al Pha⏎> Date: Mon⏎> Subject: [PATCH] x⏎>⏎> a`,
    ));
  it("B623 nothing inside a diff", () =>
    assert.deepEqual(
      findHeaderBlocks(readCites(new Wordings().read("> From: Al\n> Sent: D\n> To: B")), () => true),
      [],
    ));
  it("a rule alone", () => check(`${"_".repeat(40)}⏎text`));
});
