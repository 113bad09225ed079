/** A thread as one text document: every message under a heading, its body as it is, and where each of them stands. */
import type { BlockView, MessageView, PersonView, ThreadView } from "./protocol.ts";

/** A message in the document. Lines of the document count from 0. */
export interface TextMessage {
  messageId: string;
  /** From 1, in reading order. */
  number: number;
  /** How many messages it is below the root. */
  depth: number;
  parent: string | undefined;
  from: string;
  /** What an outline calls it. */
  gist: string;
  /** Absent for a message that no archive has. */
  view: MessageView | undefined;
  heading: number;
  /** The lines of the body's first and last line. */
  body: number;
  bodyLast: number;
  /** The last line that belongs to it, messages inside included; those between messages are blank. */
  last: number;
}

export interface ThreadText {
  lines: string[];
  /** In reading order: the order of the document. */
  messages: TextMessage[];
}

/** When a mail was sent, by its sender's clock: "2026-11-16 09:15 +0100"; "" for what no calendar has. */
function dateText(ms: number, zoneMinutes: number): string {
  const local = ms + zoneMinutes * 60_000;
  if (!(Math.abs(local) < 8.64e15)) return "";
  const away = Math.abs(zoneMinutes);
  const digits = (value: number): string => String(value).padStart(2, "0");
  const zone = `${zoneMinutes < 0 ? "-" : "+"}${digits(Math.floor(away / 60))}${digits(away % 60)}`;
  return `${new Date(local).toISOString().slice(0, 16).replace("T", " ")} ${zone}`;
}

const people = (list: readonly PersonView[]): string =>
  list.map(({ name, address }) => name || address).join(", ");

const bare = (subject: string): string => subject.replace(/^(?:re: ?)+/i, "").trim();

function sizeText(bytes: number): string {
  return bytes < 10_000 ? `${bytes} bytes` : `${Math.round(bytes / 1000)} kB`;
}

/** The lines between a heading and its body: what is new against the message that is answered, and what to know. */
function headerLines(view: MessageView, parent: MessageView | undefined): string[] {
  const lines: string[] = [];
  const say = (name: string, value: string): void => {
    if (value !== "") lines.push(`${name}: ${value}`);
  };
  if (parent === undefined || bare(view.subject) !== bare(parent.subject)) say("Subject", view.subject);
  if (view.changed === undefined) {
    say("To", people(view.to));
    say("Cc", people(view.cc));
  } else {
    say("Added to Cc", people(view.changed.added));
    say("Left out", people(view.changed.dropped));
  }
  say("Note", view.badges.join(", "));
  for (const defect of view.defects) say("Note", defect);
  for (const { text } of view.doubts ?? []) say("Note", text);
  for (const { name, type, size } of view.attachments)
    say("Attachment", `${name || "without a name"} (${type}, ${sizeText(size)})`);
  return lines;
}

/** A body's lines as the message has them, marks included. */
export const bodyLines = (blocks: readonly BlockView[]): string[] =>
  blocks.flatMap(({ lines, marks }) => lines.map((line, at) => (marks[at] ?? "") + line));

const fromOf = ({ from }: MessageView): string => from?.name || from?.address || "somebody";

function whenOf({ dateMs, zoneMinutes }: MessageView): string {
  const when = dateMs === undefined ? "" : dateText(dateMs, zoneMinutes ?? 0);
  return when && `, ${when}`;
}

/** Lines of a message inside that are written; it can be opened as an attachment. */
const MOST_INSIDE = 20_000;

/** The messages inside a message, each before those inside of it. */
function insideOf(view: MessageView | undefined): MessageView[] {
  const found: MessageView[] = [];
  const waiting = [...(view?.inside ?? [])].reverse();
  for (let inner = waiting.pop(); inner !== undefined; inner = waiting.pop()) {
    found.push(inner);
    waiting.push(...(inner.inside ?? []).toReversed());
  }
  return found;
}

/**
 * Writes a thread.
 * @param views what is shown of its messages, by Message-ID; those without one are told to be missing
 */
export function writeThread(thread: ThreadView, views: ReadonlyMap<string, MessageView>): ThreadText {
  const { subject, list, outline } = thread;
  const about = [list, `${outline.length} messages`, `${thread.people} people`].filter(Boolean).join(", ");
  const lines = [subject, about];
  const messages = outline.map((entry, index): TextMessage => {
    const { messageId, depth, parent } = entry;
    const view = views.get(messageId);
    lines.push("");
    const heading = lines.length;
    // Without numbers: a message that comes changes no other one, and what is folded stays folded.
    if (view === undefined) lines.push(`Message in no archive: <${messageId}>`);
    else {
      const answers = view.answers === undefined ? "" : ` answers ${view.answers}`;
      lines.push(`Message: ${fromOf(view)}${answers}${whenOf(view)}`);
      for (const line of headerLines(view, views.get(parent ?? ""))) lines.push(line);
      lines.push("");
    }
    const body = lines.length;
    for (const line of bodyLines(view?.blocks ?? [])) lines.push(line);
    const bodyLast = lines.length - 1;
    for (const inner of insideOf(view)) {
      lines.push("", `Message inside: ${fromOf(inner)}${whenOf(inner)}`);
      for (const line of headerLines(inner, undefined)) lines.push(line);
      lines.push("", ...bodyLines(inner.blocks).slice(0, MOST_INSIDE));
    }
    const gist = view?.gist ?? entry.gist;
    return {
      messageId,
      number: index + 1,
      depth,
      parent,
      from: entry.from,
      gist,
      view,
      heading,
      body,
      bodyLast,
      last: lines.length - 1,
    };
  });
  lines.push("");
  return { lines, messages };
}

/** The message a line of the document belongs to; the first one for the lines above it. */
export function messageAt({ messages }: ThreadText, line: number): TextMessage | undefined {
  let [low, high] = [0, messages.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((messages[middle]?.heading ?? 0) <= line) low = middle;
    else high = middle - 1;
  }
  return messages[low];
}

/** The line (from 1) of a message's body that stands in a line of the document; undefined outside of the body. */
export function bodyLineAt({ body, bodyLast, view }: TextMessage, line: number): number | undefined {
  return view !== undefined && line >= body && line <= bodyLast ? line - body + 1 : undefined;
}

/** The block a line of the document is in. */
export function blockAt(message: TextMessage, line: number): BlockView | undefined {
  const bodyLine = bodyLineAt(message, line);
  if (bodyLine === undefined) return undefined;
  return message.view?.blocks.find(({ lastLine }) => lastLine >= bodyLine);
}
