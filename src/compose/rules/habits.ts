/** Rules about customs of lists: links, commits, sizes, new versions, and lines that speak to robots. */
import { archivedId, loreLink } from "../../mail/loreLink.ts";
import { readPatchPrefix, stripReply } from "../../mail/subject.ts";
import type { Rule } from "./rule.ts";
import { fieldPlace, inLine, spans, wholeLines } from "./sheet.ts";

/** Archives whose links do not hold a Message-ID: nobody can find the message in another one by them. */
const FOREIGN =
  /https?:\/\/(?:www\.)?(?:lkml\.org\/lkml\/\d|marc\.info\/\?[^\s<>]{0,200}|(?:www\.)?spinics\.net\/lists\/|(?:www\.)?mail-archive\.com\/|lists\.[\w.-]{1,80}\/(?:pipermail|archives)\/)[^\s<>)\]]{0,300}/gi;

const COMMIT = /\bcommit ([0-9a-f]{7,40})\b(?!\.\.|@)/gi;
/** Letters of a commit id that stay unique as the kernel grows. */
const SHA = 12;

/** More than most list servers take, in octets. */
const MOST_OCTETS = 100_000;
/** RFC 5322 2.1.1. */
const LONGEST_LINE = 998;

/** Who listens to a line, what it says, and which words it knows. */
interface Robot {
  name: string;
  pattern: RegExp;
  words: readonly string[];
  does: string;
}

const ROBOTS: readonly Robot[] = [
  {
    name: "pw-bot",
    pattern: /^pw-bot: *([\w-]*)/,
    words: [
      ...["new", "under-review", "ur", "accepted", "rejected", "rfc", "not-applicable", "na"],
      ...["changes-requested", "cr", "awaiting-upstream", "au", "superseded", "deferred", "needs-ack"],
      ...["handled-elsewhere", "mainlined", "queued", "in-next", "discuss", "dropped"],
    ],
    does: "sets the state of the patch in patchwork",
  },
  {
    name: "syzbot",
    pattern: /^#syz[: ] *([\w-]*)/,
    words: ["fix", "dup", "undup", "invalid", "test", "set", "unset", "upstream", "report"],
    does: "tells syzbot about this report",
  },
  {
    name: "regzbot",
    pattern: /^#regzbot:? +(\^?[\w-]*)/,
    words: [
      ...[
        "introduced",
        "^introduced",
        "title",
        "from",
        "report",
        "monitor",
        "dup",
        "duplicate",
        "dup-of",
        "link",
      ],
      ...["unlink", "related", "fix", "fixed-by", "resolve", "resolved", "invalid", "inconclusive", "poke"],
      ...[
        "backburner",
        "ignore-activity",
        "summary",
        "activity-ignore",
        "unbackburner",
        "unmonitor",
        "subject",
      ],
    ],
    does: "tells the regression tracker about this report",
  },
];

export const habitRules: readonly Rule[] = [
  {
    id: "L-BARE-LINK",
    severity: "info",
    title: "A link that only one archive understands",
    why: "Links to lore carry the Message-ID: whoever has the message finds it, online or not, and in any archive.",
    before: "See https://lkml.org/lkml/2026/11/16/123",
    after: "See https://lore.kernel.org/r/20261116091542.1@example.org/",
    check: ({ own }, tell) => {
      for (const line of own) {
        for (const [from, to, url] of spans(line.text, FOREIGN)) {
          const place = inLine(line.number, from, to);
          const messageId = archivedId(url);
          if (messageId === undefined)
            tell(place, "A link without the Message-ID; lore.kernel.org/r/MESSAGE-ID/ has it.");
          else
            tell(place, "A link that only this archive understands.", {
              fix: { title: "Link to lore", edits: [{ ...place, text: loreLink(messageId) }] },
            });
        }
      }
    },
  },
  {
    id: "L-SHA-SHORT",
    severity: "info",
    title: "A commit that is hard to find",
    why: "Twelve letters of the id stay unique, and the subject says what it is to people who have no tree at hand.",
    before: "since commit 0123456",
    after: 'since commit 0123456789ab ("clk: add foo")',
    check: ({ own, body }, tell) => {
      // Said once, with its subject, a commit is known; also when somebody else said it.
      const known = new Set<string>();
      for (const { content } of body) {
        for (const [, , found] of spans(content, /\b[0-9a-f]{7,40}(?= \(["'“])/gi))
          known.add(found.slice(0, 7).toLowerCase());
      }
      for (const line of own) {
        if (line.kind === "diff" || !line.prose) continue;
        for (const match of line.text.slice(0, 2000).matchAll(COMMIT)) {
          const sha = match[1] ?? "";
          if (!/[a-f]/i.test(sha) || !/\d/.test(sha) || known.has(sha.slice(0, 7).toLowerCase())) continue;
          const rest = line.text.slice(match.index + match[0].length);
          // The subject may stand on the next line.
          const named = /^\s*(?:\(|$|["“:])/.test(rest);
          if (sha.length >= SHA && named) continue;
          known.add(sha.slice(0, 7).toLowerCase());
          const message =
            sha.length < SHA
              ? `${sha} is shorter than ${SHA} letters.`
              : `${sha.slice(0, SHA)} stands here without its subject.`;
          tell(inLine(line.number, match.index, match.index + match[0].length), message);
        }
      }
    },
  },
  {
    id: "L-NEW-VERSION",
    severity: "info",
    title: "A new version in the thread of the old one",
    why: "A new version of a series starts a thread of its own, with a link to the one before: deep threads hide it, and tools take its patches for answers.",
    before: "Subject: [PATCH v2] clk: fix foo\nIn-Reply-To: <v1@example.org>",
    after: "Subject: [PATCH v2] clk: fix foo\n\nv1: https://lore.kernel.org/r/v1@example.org/",
    check: (sheet, tell) => {
      const { subject, inReplyTo } = sheet.draft;
      const prefix = readPatchPrefix(subject);
      if (inReplyTo === undefined || stripReply(subject).isReply || !prefix.isPatch || prefix.version < 2)
        return;
      // Patches of a series answer their own cover letter.
      if (prefix.n !== undefined && prefix.n > 0) return;
      tell(
        fieldPlace(sheet, "subject"),
        "A new version usually starts its own thread, with a link to the one before.",
      );
    },
  },
  {
    id: "L-BOT-COMMAND",
    severity: "hint",
    title: "A line for a robot",
    why: "Patchwork's bot, syzbot and regzbot read lines of their own in replies. They stand alone at the start of a line, outside cited text, and are not wrapped.",
    before: "pw-bot: change requested",
    after: "pw-bot: changes-requested",
    check: ({ own }, tell) => {
      for (const line of own) {
        for (const { name, pattern, words, does } of ROBOTS) {
          const found = pattern.exec(line.text.slice(0, 400));
          if (found === null) continue;
          const word = found[1] ?? "";
          const place = inLine(line.number, 0, line.text.length);
          if (words.includes(word.toLowerCase())) tell(place, `${name} reads this line; it ${does}.`);
          else
            tell(place, `${name} knows no “${word}”: it knows ${words.slice(0, 8).join(", ")}.`, {
              severity: "info",
            });
        }
      }
    },
  },
  {
    id: "L-LINE-998",
    severity: "info",
    title: "A line too long for mail",
    why: "Mail lines hold 998 octets. With a longer one the whole message goes out as quoted-printable, which archives decode but some tools show as it is.",
    before: "one line of 1,200 octets",
    after: "the same text over several lines, or a link to it",
    check: ({ body }, tell) => {
      for (const line of body) {
        if (line.text.length * 3 <= LONGEST_LINE) continue;
        const octets = Buffer.byteLength(line.text);
        if (octets <= LONGEST_LINE) continue;
        tell(
          inLine(line.number, 0, line.text.length),
          `A line of ${octets} octets: the message goes out as quoted-printable.`,
        );
      }
    },
  },
  {
    id: "L-SIZE",
    severity: "info",
    title: "A large message",
    why: "Many lists hold or refuse messages above 100 kB.",
    before: "a log of 5,000 lines",
    after: "the lines that matter, and a link to the whole log",
    check: (sheet, tell) => {
      const octets = Buffer.byteLength(sheet.draft.body);
      if (octets <= MOST_OCTETS) return;
      tell(
        wholeLines(sheet, sheet.bodyLine),
        `The text has ${Math.ceil(octets / 1000)} kB; many lists refuse more than 100.`,
      );
    },
  },
  {
    id: "L-FLOWED",
    severity: "warning",
    title: "format=flowed",
    why: "Flowed text is wrapped anew by every reader: patches, tables and logs in it are destroyed. What you write goes out as it stands.",
    before: "Content-Type: text/plain; format=flowed",
    after: "(no such field)",
    check: (sheet, tell) => {
      const field = sheet.fields.find(
        ({ name, value }) => /^content-type$/i.test(name) && /format\s*=\s*"?flowed/i.test(value),
      );
      if (field !== undefined)
        tell(wholeLines(sheet, field.firstLine, field.lastLine), "format=flowed is never sent.");
    },
  },
  {
    id: "L-ATTACH",
    severity: "warning",
    title: "An attachment",
    why: "Lists take plain text alone: patches and logs go inline, where they can be answered.",
    before: "Attach: fix.patch",
    after: "(the patch in the text)",
    check: (sheet, tell) => {
      const field = sheet.fields.find(
        ({ name, value }) =>
          /^attach(?:ment)?$/i.test(name) || (/^content-type$/i.test(name) && /^multipart\//i.test(value)),
      );
      if (field !== undefined)
        tell(
          wholeLines(sheet, field.firstLine, field.lastLine),
          "Attachments are not sent: put it into the text.",
        );
    },
  },
];
