/** What a thread as text looks like to an editor: what folds, what is a link, what is drawn how, and its outline. */
import type { BlockView, Span } from "./protocol.ts";
import type { TextMessage, ThreadText } from "./text.ts";

/** Lines that fold together, from 0, both ends included. Cited text is what was read before. */
export interface Fold {
  first: number;
  last: number;
  kind: "message" | "header" | "cited";
}

/** Runs of cited text, blank lines and signatures below them included; single lines do not fold. */
function citedRuns({ view, body }: TextMessage): Fold[] {
  const runs: Fold[] = [];
  let run: Fold | undefined;
  for (const { depth, firstLine, lastLine } of view?.blocks ?? []) {
    if (depth === 0) run = undefined;
    else if (run === undefined) {
      run = { first: body + firstLine - 1, last: body + lastLine - 1, kind: "cited" };
      runs.push(run);
    } else run.last = body + lastLine - 1;
  }
  return runs.filter(({ first, last }) => last > first);
}

/** Everything that folds, in the order of the document. */
export function foldsOf({ messages }: ThreadText): Fold[] {
  return messages.flatMap((message): Fold[] => {
    const { heading, body, last, view } = message;
    const folds: Fold[] = [];
    if (last > heading) folds.push({ first: heading, last, kind: "message" });
    if (view !== undefined && body - 2 > heading + 1)
      folds.push({ first: heading + 1, last: body - 2, kind: "header" });
    return [...folds, ...citedRuns(message)];
  });
}

/** A link in a line of the document; columns are those of the line. */
export interface TextLink extends Span {
  line: number;
}

export function linksOf({ messages }: ThreadText): TextLink[] {
  const found: TextLink[] = [];
  for (const { view, body } of messages) {
    for (const { links = [], firstLine, marks } of view?.blocks ?? []) {
      for (const { line, spans } of links) {
        const prefix = marks[line]?.length ?? 0;
        for (const span of spans)
          found.push({
            ...span,
            line: body + firstLine - 1 + line,
            start: prefix + span.start,
            end: prefix + span.end,
          });
      }
    }
  }
  return found;
}

/** What a stretch of a line is drawn as; the editor's names for them are its own. */
export const LOOKS = [
  "heading",
  "field",
  "cited",
  "attribution",
  "tail",
  "trailer",
  "added",
  "removed",
  "hunk",
] as const;
export type Look = (typeof LOOKS)[number];

/** A stretch of a line; what has none is plain text. */
export interface Stretch {
  line: number;
  start: number;
  length: number;
  look: Look;
}

function diffLook(line: string): Look | undefined {
  if (line.startsWith("@@")) return "hunk";
  if (line.startsWith("+")) return "added";
  return line.startsWith("-") ? "removed" : undefined;
}

function lookOf({ kind, depth }: BlockView, line: string): Look | undefined {
  switch (kind) {
    case "attribution":
      return "attribution";
    case "signature":
    case "footer":
      return "tail";
    case "trailers":
      return "trailer";
    case "diff":
      return diffLook(line) ?? (depth > 0 ? "cited" : undefined);
    default:
      return depth > 0 ? "cited" : undefined;
  }
}

/** Every stretch that is not plain, in the order of the document; marks are drawn as cited text. */
export function stretchesOf({ lines, messages }: ThreadText): Stretch[] {
  const found: Stretch[] = [];
  const add = (line: number, start: number, length: number, look: Look | undefined): void => {
    if (look !== undefined && length > 0) found.push({ line, start, length, look });
  };
  add(0, 0, lines[0]?.length ?? 0, "heading");
  for (const { heading, body, view } of messages) {
    add(heading, 0, lines[heading]?.length ?? 0, "heading");
    for (let line = heading + 1; line < body; line++)
      add(line, 0, (lines[line] ?? "").indexOf(":") + 1, "field");
    for (const block of view?.blocks ?? []) {
      for (const [at, text] of block.lines.entries()) {
        const line = body + block.firstLine - 1 + at;
        const marks = block.marks[at]?.length ?? 0;
        add(line, 0, marks, "cited");
        add(line, marks, text.length, lookOf(block, text));
      }
    }
  }
  return found;
}

/** A message in the outline of the document, with those that answer it inside. Lines from 0. */
export interface OutlineNode {
  /** Who, and what in a word: lists of symbols show nothing else. */
  name: string;
  heading: number;
  /** The last line of the message and of everything below it. */
  last: number;
  isPatch: boolean;
  children: OutlineNode[];
}

/** Editors draw outlines by recursion: what is deeper stands on this level. */
const DEEPEST = 30;

export function outlineOf({ messages }: ThreadText): OutlineNode[] {
  const roots: OutlineNode[] = [];
  const open: OutlineNode[] = [];
  for (const { depth, from, gist, heading, last, view } of messages) {
    const node: OutlineNode = {
      // "Reviewed-by Bo Lind" says who by itself.
      name:
        gist !== "" && from !== "" && gist.endsWith(from)
          ? gist
          : [from || "missing message", gist].filter(Boolean).join(" · "),
      heading,
      last,
      isPatch: view?.patch !== undefined,
      children: [],
    };
    open.length = Math.min(depth, open.length, DEEPEST);
    for (const above of open) above.last = last;
    (open.at(-1)?.children ?? roots).push(node);
    open.push(node);
  }
  return roots;
}
