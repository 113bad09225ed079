/** Getting about in a thread as text: the next new text, where a cited line was said, where one is. */
import type { BlockView, OutlineEntry } from "./protocol.ts";
import { blockAt, bodyLineAt, messageAt, type TextMessage, type ThreadText } from "./text.ts";

const isOwn = ({ depth, kind }: BlockView): boolean =>
  depth === 0 && kind !== "attribution" && kind !== "signature" && kind !== "footer";

const hasWords = ({ lines }: BlockView): boolean => lines.some((line) => line.trim() !== "");

/** Where own passages begin: a run of own blocks is one. A message of cited text alone has none. */
function* passages({ view, body }: TextMessage): Generator<number> {
  let inside = false;
  for (const block of view?.blocks ?? []) {
    const own = isOwn(block) && hasWords(block);
    if (own && !inside) {
      const blanks = block.lines.findIndex((line) => line.trim() !== "");
      yield body + block.firstLine - 1 + blanks;
    }
    inside = own;
  }
}

/** Where hunks begin. */
function* hunks({ view, body }: TextMessage): Generator<number> {
  for (const { kind, lines, firstLine } of view?.blocks ?? []) {
    if (kind !== "diff") continue;
    for (const [at, line] of lines.entries()) if (line.startsWith("@@")) yield body + firstLine - 1 + at;
  }
}

/** The nearest of these places below (1) or above (-1) a line, across messages; undefined when there is none. */
function nearest(
  { messages }: ThreadText,
  line: number,
  step: 1 | -1,
  placesOf: (message: TextMessage) => Iterable<number>,
): number | undefined {
  const first = messages.findLastIndex(({ heading }) => heading <= line);
  for (let at = Math.max(first, 0); at >= 0 && at < messages.length; at += step) {
    const places = [...placesOf(messages[at] as TextMessage)];
    const found = step > 0 ? places.find((place) => place > line) : places.findLast((place) => place < line);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What one goes to by a step from a line. */
export type Stop = "newText" | "hunk" | "message" | "parent";

/** The line to go to from a line, or undefined when there is none that way. The parent is always above. */
export function stepTo(text: ThreadText, line: number, stop: Stop, step: 1 | -1): number | undefined {
  switch (stop) {
    case "newText":
      return nearest(text, line, step, passages);
    case "hunk":
      return nearest(text, line, step, hunks);
    case "message":
      return nearest(text, line, step, ({ heading }) => [heading]);
    case "parent": {
      const parent = messageAt(text, line)?.parent;
      return text.messages.find(({ messageId }) => messageId === parent)?.heading;
    }
  }
}

/** Where a cited line was said. */
export interface Origin {
  message: TextMessage;
  /** Of the document. */
  line: number;
  /** "Ada Moreno said this in message 1", and that it was edited since. */
  sentence: string;
}

/** The origin of the cited line at a line of the document; undefined where nothing is cited or its source is not there. */
export function originAt(text: ThreadText, line: number): Origin | undefined {
  const at = messageAt(text, line);
  const block = at === undefined ? undefined : blockAt(at, line);
  const source = block?.source;
  if (at === undefined || block === undefined || source === undefined || source.firstLine === 0)
    return undefined;
  const message = text.messages.find(({ messageId }) => messageId === source.messageId);
  if (message?.view === undefined) return undefined;
  const within = (bodyLineAt(at, line) ?? block.firstLine) - block.firstLine;
  const edited = source.state === "edited" ? ", in other words" : "";
  return {
    message,
    line: message.body + Math.min(source.firstLine + within, source.lastLine) - 1,
    sentence: `${block.author ?? message.from} said this${edited}, in message ${message.number}.`,
  };
}

/** Own text that answers a line. */
export interface AnswerPassage {
  /** Of the document. */
  line: number;
  by: string;
  /** Its first line that says something. */
  words: string;
}

/** What answers a line of the document, or the first line below it in its message that was answered. */
export function answersAt(text: ThreadText, line: number): AnswerPassage[] {
  const asked = messageAt(text, line);
  if (asked === undefined) return [];
  const from = line < asked.body ? 1 : line - asked.body + 1;
  let nearest = Number.POSITIVE_INFINITY;
  let found: AnswerPassage[] = [];
  for (const { body, from: by, view } of text.messages) {
    for (const [at, block] of (view?.blocks ?? []).entries()) {
      const above = view?.blocks[at - 1];
      const { messageId, lastLine = 0 } = above?.source ?? {};
      if (above?.depth === 0 || messageId !== asked.messageId || lastLine < from || lastLine > nearest)
        continue;
      if (block.depth > 0 || block.kind !== "text" || !hasWords(block)) continue;
      if (lastLine < nearest) found = [];
      nearest = lastLine;
      const blanks = block.lines.findIndex((one) => one.trim() !== "");
      found.push({ line: body + block.firstLine - 1 + blanks, by, words: block.lines[blanks]?.trim() ?? "" });
    }
  }
  return found;
}

/** How many messages of an outline are unread, robots' not counted. */
export const countUnread = (outline: readonly OutlineEntry[]): number =>
  outline.filter(({ marks }) => marks?.unread && !marks.bot).length;

/**
 * One sentence for a person who asks where they are: message, author, whom it answers, depth, what the line is, and
 * how many messages of the thread are unread now.
 */
export function sayPlace(text: ThreadText, line: number, unread: number): string {
  const message = messageAt(text, line);
  if (message === undefined) return "There is no message here.";
  const words = [`Message ${message.number} of ${text.messages.length}`];
  words.push(message.view === undefined ? "in no archive" : message.from);
  if (message.view?.answers) words.push(`answers ${message.view.answers}`);
  words.push(`depth ${message.depth}`);
  const block = blockAt(message, line);
  if (block !== undefined && block.depth > 0)
    words.push(`cited text of ${block.author ?? "somebody"}, ${block.depth} deep`);
  else if (block !== undefined) words.push(block.kind === "diff" ? "patch" : "own text");
  words.push(unread === 0 ? "all read" : `${unread} unread`);
  return words.join(", ");
}
