/** New mail in words, and the hours in which nothing is said of it. */
import type { NewsReason, NewsRow } from "../../archive/remote.ts";
import { readPatchPrefix, stripReply } from "../../mail/subject.ts";
import { count } from "../counts.ts";

const MINUTE = /^\s*(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})\s*$/;

/**
 * Whether a time of day lies in hours as they are typed: "22:00-07:00", the end excluded, in the time of this machine.
 * Hours that are none, or as long as nothing, are never.
 */
export function isQuiet(hours: string, at: Date): boolean {
  const [from = 0, fromMinute = 0, to = 0, toMinute = 0] = (MINUTE.exec(hours) ?? []).slice(1).map(Number);
  const [begin, end, now] = [
    from * 60 + fromMinute,
    to * 60 + toMinute,
    at.getHours() * 60 + at.getMinutes(),
  ];
  return begin <= end ? begin <= now && now < end : now >= begin || now < end;
}

/** What one message does, behind the name of its author, and what several are. */
const WORDS: Readonly<Record<NewsReason, { one: string; of: [one: string, many: string] }>> = {
  answersToMe: { one: "answers you", of: ["answer to you", "answers to you"] },
  newVersionOfReviewed: {
    one: "sent a new version",
    of: ["new version of what you reviewed", "new versions of what you reviewed"],
  },
  mySeries: {
    one: "wrote about your series",
    of: ["message about your series", "messages about your series"],
  },
  followed: {
    one: "wrote in a thread that you follow",
    of: ["message in a thread that you follow", "messages in threads that you follow"],
  },
};

const authorOf = ({ fromName, fromAddress }: NewsRow): string => fromName || fromAddress || "Someone unnamed";

const titleOf = ({ subject }: NewsRow): string => {
  const { bare } = stripReply(subject);
  return `“${readPatchPrefix(bare).bare || bare || "(no subject)"}”`;
};

/** One sentence on all of it: of each message its first reason counts, and the first message is named. */
export function newsSentence(rows: readonly [NewsRow, ...NewsRow[]]): string {
  const [first, ...more] = rows;
  const [reason = "followed"] = first.reasons;
  if (more.length === 0) return `${authorOf(first)} ${WORDS[reason].one}: ${titleOf(first)}.`;
  const counts = new Map<NewsReason, number>();
  for (const { reasons } of rows) {
    const [why = "followed"] = reasons;
    counts.set(why, (counts.get(why) ?? 0) + 1);
  }
  const parts = (Object.keys(WORDS) as NewsReason[]).flatMap((why) => {
    const n = counts.get(why) ?? 0;
    return n === 0 ? [] : [count(n, ...WORDS[why].of)];
  });
  return `${parts.join(", ")}; the first by ${authorOf(first)} in ${titleOf(first)}.`;
}
