/** What the rows of the Threads tree say: label, description, tooltip and one spoken sentence. No editor in here. */
import type { ArchiveRow, ThreadMarks, ThreadNode, ThreadRow, Unread } from "../../archive/remote.ts";
import { readPatchPrefix } from "../../mail/subject.ts";
import { count, grouped } from "../counts.ts";

/** The words of one row. `spoken` is what a screen reader says instead of label and description. */
export interface RowText {
  label: string;
  description: string;
  tooltip: string;
  spoken: string;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** How long ago, short: "now", "5 min", "2 h", "3 d", then "5 Mar", then "5 Mar 2019". Milliseconds since 1970 UTC. */
export function age(ms: number, now: number): string {
  const past = now - ms;
  if (past < MINUTE && past > -DAY) return "now";
  if (past >= 0 && past < HOUR) return `${Math.floor(past / MINUTE)} min`;
  if (past >= 0 && past < DAY) return `${Math.floor(past / HOUR)} h`;
  if (past >= 0 && past < 14 * DAY) return `${Math.floor(past / DAY)} d`;
  return day(ms, now);
}

/** "5 Mar", or "5 Mar 2019" when that is another year than `now`; "" for what is no time. */
function day(ms: number, now: number): string {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime())) return "";
  const text = `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}`;
  return date.getUTCFullYear() === new Date(now).getUTCFullYear() ? text : `${text} ${date.getUTCFullYear()}`;
}

/** The same in words for a voice: "2 hours ago", "on 5 Mar 2019". */
export function spokenAge(ms: number, now: number): string {
  const past = now - ms;
  if (past < 0 || past >= 14 * DAY) return `on ${age(ms, now)}`;
  if (past < MINUTE) return "now";
  if (past < HOUR) return `${count(Math.floor(past / MINUTE), "minute")} ago`;
  if (past < DAY) return `${count(Math.floor(past / HOUR), "hour")} ago`;
  return `${count(Math.floor(past / DAY), "day")} ago`;
}

/** The full date for a tooltip, in UTC: "2026-11-16 08:15 UTC". */
export function fullDate(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? "" : `${date.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

const nameOf = (name: string, address: string): string => name || address || "someone unnamed";

/** "3 unread"; "" when there is nothing unread. */
const unreadWords = (unread: number | undefined): string =>
  unread === undefined || unread === 0 ? "" : `${grouped(unread)} unread`;

/** An archive: its name, how much it holds, and what is going on with it. */
export function archiveText(row: ArchiveRow, state: string): RowText {
  const held = [
    unreadWords(row.unread),
    row.messages > 0 ? `${count(row.threads, "thread")} · ${count(row.messages, "message")}` : "",
  ]
    .filter((part) => part !== "")
    .join(" · ");
  const description = [state, held].filter((part) => part !== "").join(" · ");
  return {
    label: row.name,
    description,
    tooltip: [row.source, `Format: ${row.format}`, ...(held ? [held] : [])].join("\n"),
    spoken: [`Archive ${row.name}`, state, held.replaceAll(" · ", ", ")]
      .filter((part) => part !== "")
      .join(", "),
  };
}

/** One list of an archive that holds several. */
export function listText(list: ArchiveRow["lists"][number]): RowText {
  const label = list.name || list.list || "Mail of no list";
  const unread = unreadWords(list.unread);
  const held = [unread, `${count(list.threads, "thread")} · ${count(list.messages, "message")}`]
    .filter((part) => part !== "")
    .join(" · ");
  return {
    label,
    description: unread === "" ? grouped(list.threads) : `${unread} · ${grouped(list.threads)}`,
    tooltip: [list.list || label, held].join("\n"),
    spoken: `List ${label}, ${held.replaceAll(" · ", ", ")}`,
  };
}

/** How far a search reaches in an archive that is not read to its end: "linux-mm is read to 40 %, back to 5 Mar 2019". */
export function reachText({ name, part, backToMs }: Unread, now: number): string {
  const back = backToMs === undefined ? "" : `, back to ${day(backToMs, now)}`;
  return `${name} is read to ${Math.floor(part * 100)} %${back}`;
}

/** What stands in the place of threads where there are none. `reach`: the archives asked that are not read to their end. */
export function noThreadsText(query: string, reach: readonly Unread[], now: number): string {
  if (query === "") return "No threads to show.";
  if (reach.length === 0) return "Nothing found.";
  return `Nothing found yet: ${reach.map((one) => reachText(one, now)).join("; ")}.`;
}

/** A search: its name, what of it is unread, and how far it reaches. `reach`: the archives that are not read to their end. */
export function searchText(
  name: string,
  query: string,
  unread: number | undefined,
  reach: readonly Unread[],
  now: number,
): RowText {
  const least = Math.floor(100 * Math.min(...reach.map(({ part }) => part)));
  const facts = [unreadWords(unread), ...(reach.length === 0 ? [] : [`${least} % read`])];
  const said = facts.filter((fact) => fact !== "");
  return {
    label: name,
    description: said.join(" · "),
    tooltip: [query, ...reach.map((one) => `${reachText(one, now)}; what is older is not found yet.`)].join(
      "\n",
    ),
    spoken: [`Search ${name}`, ...said].join(", "),
  };
}

/** What the person made of a thread, as words for a voice. */
const markWords = (
  { starred, followed, muted, snoozedMs, snoozedFor, note, answersMe, bot }: ThreadMarks,
  now: number,
): string[] => [
  ...(answersMe ? ["answers you"] : []),
  ...(starred ? ["starred"] : []),
  ...(followed ? ["followed"] : []),
  ...(muted ? ["muted"] : []),
  ...(snoozedMs !== undefined && snoozedMs > now ? [`snoozed until ${fullDate(snoozedMs)}`] : []),
  ...(snoozedFor === undefined ? [] : [`snoozed until the next ${snoozedFor === "rc" ? "-rc" : "version"}`]),
  ...(note === undefined ? [] : ["with a note"]),
  ...(bot ? ["by a robot"] : []),
];

/** One thread: bare subject; people, count, age. */
export function threadText(row: ThreadRow, now: number): RowText {
  const label = readPatchPrefix(row.subject).bare || row.subject || "(no subject)";
  const who = nameOf(row.fromName, row.fromAddress);
  const others = row.participants - 1;
  const marks = markWords(row.marks ?? {}, now);
  const version = row.series && row.series.version > 1 ? `v${row.series.version}` : "";
  const series = row.series
    ? [
        row.series.version > 1 ? `version ${row.series.version}` : "",
        row.series.patches > 0 ? count(row.series.patches, "patch", "patches") : "patch",
      ].filter((part) => part !== "")
    : [];
  return {
    label,
    description: [
      ...(row.unread > 0 && row.unread < row.messages ? [`${grouped(row.unread)} new`] : []),
      ...(version ? [version] : []),
      others > 0 ? `${who} +${others}` : who,
      String(row.messages),
      age(row.lastMs, now),
    ].join(" · "),
    tooltip: [
      row.subject,
      [who, ...(others > 0 ? [count(others, "other", "others")] : [])].join(" and "),
      ...(row.list ? [`List: ${row.list}`] : []),
      ...(series.length > 0 ? [`Series: ${series.join(", ")}`] : []),
      `${count(row.messages, "message")}, first ${fullDate(row.dateMs)}, last ${fullDate(row.lastMs)}`,
      ...[[unreadWords(row.unread), ...marks].filter((word) => word !== "").join(", ")].filter(
        (line) => line !== "",
      ),
      ...(row.marks?.note === undefined ? [] : [`Note: ${row.marks.note}`]),
    ].join("\n"),
    spoken: `${row.unread > 0 ? "Unread. " : ""}${[label, ...series, who, count(row.messages, "message"), `last ${spokenAge(row.lastMs, now)}`, ...marks].join(", ")}.`,
  };
}

/**
 * One message in its thread: who, unless it brings a subject of its own (a patch, a changed subject), then that.
 * `parentSubject` is what it answers. A message that no archive has is shown as missing.
 */
export function messageText(node: ThreadNode, parentSubject: string | undefined, now: number): RowText {
  if (node.missing) {
    return {
      label: "Message not in the archive",
      description: node.messageId,
      tooltip: `<${node.messageId}> is referred to, but no archive has it.`,
      spoken: "A message that is referred to, but not in the archive.",
    };
  }
  const who = nameOf(node.fromName, node.fromAddress);
  const subject = readPatchPrefix(node.subject);
  const counted = subject.n !== undefined && subject.of !== undefined && !subject.isReply;
  const place = counted ? `${subject.n}/${subject.of} ` : "";
  const own = parentSubject === undefined || readPatchPrefix(parentSubject).bare !== subject.bare;
  const when = node.dateMs === undefined ? "" : age(node.dateMs, now);
  const label = own ? `${place}${subject.bare || node.subject || "(no subject)"}` : who;
  const { starred, muted, note, answersMe, own: isOwn } = node.marks ?? {};
  const marks = [
    ...(answersMe ? ["answers you"] : []),
    ...(starred ? ["starred"] : []),
    ...(muted ? ["muted"] : []),
    ...(isOwn ? ["yours"] : []),
    ...(note === undefined ? [] : ["with a note"]),
  ];
  const also = node.imposters > 0 ? `${count(node.imposters, "other message")} with the same Message-ID` : "";
  return {
    label,
    description: [...(own ? [who] : []), when].filter((part) => part !== "").join(" · "),
    tooltip: [
      node.subject,
      `${who} <${node.fromAddress}>`,
      ...(node.dateMs === undefined ? [] : [fullDate(node.dateMs)]),
      `<${node.messageId}>`,
      ...(also ? [also] : []),
      ...(marks.length > 0 ? [marks.join(", ")] : []),
      ...(note === undefined ? [] : [`Note: ${note}`]),
    ].join("\n"),
    spoken: `${node.unread ? "Unread. " : ""}${[...(own ? [label] : []), who, ...(node.dateMs === undefined ? [] : [spokenAge(node.dateMs, now)]), ...marks, ...(also ? [also] : [])].join(", ")}.`,
  };
}
