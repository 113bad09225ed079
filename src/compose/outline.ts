/** The parts of a draft's text as an editor shows them: what folds, and what an outline lists. Lines count from 1. */
import { matchAttribution } from "../mail/attribution.ts";
import { readDraft } from "./draftText.ts";
import { readReply } from "./replySheet.ts";

/** Lines that fold into their first one, both ends included. */
export interface Fold {
  firstLine: number;
  lastLine: number;
  /** What it is. A `long` field is folded when a draft opens: To and Cc, and References of many ids. */
  kind: "long" | "field" | "cited" | "hunk" | "file" | "signature";
}

/** One entry of the outline, with its entries below it. */
export interface Part {
  kind: "header" | "cited" | "own" | "file" | "trailers" | "signature";
  name: string;
  detail: string;
  firstLine: number;
  lastLine: number;
  parts: Part[];
}

/** So many lines of ancestry, which nobody reads, are folded beside the first one. */
const MANY_IDS = 3;

/** An outline's entry is read at a glance. */
const NAME_LENGTH = 80;

const short = (text: string): string => {
  const plain = text.trim();
  return plain.length <= NAME_LENGTH ? plain : `${plain.slice(0, NAME_LENGTH - 1)}…`;
};

/** What folds in a draft: long fields, runs of cited text, files and hunks in them, the signature. */
export function draftFolds(text: string): Fold[] {
  const { bodyLine, fields } = readDraft(text);
  const folds: Fold[] = [];
  const add = (firstLine: number, lastLine: number, kind: Fold["kind"]) => {
    if (lastLine > firstLine) folds.push({ firstLine, lastLine, kind });
  };
  for (const { name, firstLine, lastLine } of fields) {
    const isAncestry = /^references$/i.test(name) && lastLine - firstLine >= MANY_IDS;
    add(firstLine, lastLine, isAncestry || /^(?:to|b?cc)$/i.test(name) ? "long" : "field");
  }
  const { lines, runs } = readReply(
    text
      .split("\n")
      .slice(bodyLine - 1)
      .join("\n"),
  );
  for (const { first, last } of runs) add(first + bodyLine, last + bodyLine, "cited");
  let file: number | undefined;
  let hunk: number | undefined;
  let lastDiff = -1;
  let depth = 0;
  const close = () => {
    if (hunk !== undefined) add(hunk + bodyLine, lastDiff + bodyLine, "hunk");
    if (file !== undefined) add(file + bodyLine, lastDiff + bodyLine, "file");
    file = hunk = undefined;
  };
  lines.forEach((line, at) => {
    // Own text between the lines of a cited hunk is not folded away with it.
    if (line.diff === undefined || line.depth !== depth) close();
    if (line.diff === undefined) return;
    depth = line.depth;
    if (line.diff === "file" && /^diff /.test(line.content)) {
      close();
      file = at;
    } else if (line.diff === "hunk") {
      if (hunk !== undefined) add(hunk + bodyLine, lastDiff + bodyLine, "hunk");
      hunk = at;
    }
    lastDiff = at;
  });
  close();
  const tail = lines.findIndex(({ role }) => role === "tail");
  if (tail >= 0)
    add(tail + bodyLine, lines.findLastIndex(({ role }) => role === "tail") + bodyLine, "signature");
  return folds.sort((a, b) => a.firstLine - b.firstLine || b.lastLine - a.lastLine);
}

/** The outline of a draft: its header, its own passages and trailers, and the cited text with the files in it. */
export function draftOutline(text: string): Part[] {
  const { draft, bodyLine, fields } = readDraft(text);
  const recipients = draft.to.length + draft.cc.length + draft.bcc.length;
  const parts: Part[] = [
    {
      kind: "header",
      name: short(draft.subject) || "(no subject)",
      detail: recipients === 1 ? "1 recipient" : `${recipients} recipients`,
      firstLine: 1,
      lastLine: Math.max(1, fields.at(-1)?.lastLine ?? 1),
      parts: [],
    },
  ];
  const { lines } = readReply(
    text
      .split("\n")
      .slice(bodyLine - 1)
      .join("\n"),
  );
  const kindOf = (at: number): Part["kind"] | undefined => {
    const line = lines[at];
    if (line === undefined || line.role === "blank" || line.role === "mark") return undefined;
    if (line.role === "attribution" || line.role === "cited") return "cited";
    if (line.role === "tail") return "signature";
    return line.kind === "trailers" ? "trailers" : "own";
  };
  lines.forEach((line, at) => {
    const kind = kindOf(at);
    if (kind === undefined) return;
    const number = at + bodyLine;
    let part = parts.at(-1);
    if (part?.kind !== kind) {
      const author = line.role === "attribution" ? matchAttribution(line.content)?.name : undefined;
      const name = kind === "signature" ? "Signature" : short(author || line.content);
      part = { kind, name, detail: "", firstLine: number, lastLine: number, parts: [] };
      parts.push(part);
    }
    part.lastLine = number;
    if (kind !== "cited") return;
    if (line.diff === "file" && line.content.startsWith("diff ")) {
      const name = / b\/(\S+)$/.exec(line.content)?.[1] ?? line.content;
      part.parts.push({
        kind: "file",
        name: short(name),
        detail: "",
        firstLine: number,
        lastLine: number,
        parts: [],
      });
    } else if (line.diff !== undefined) {
      const file = part.parts.at(-1);
      if (file !== undefined) file.lastLine = number;
    }
  });
  for (const part of parts) {
    if (part.kind !== "cited") continue;
    const cited = lines.slice(part.firstLine - bodyLine, part.lastLine - bodyLine + 1);
    const count = cited.filter(({ role }) => role === "cited").length;
    part.detail = count === 1 ? "1 cited line" : `${count} cited lines`;
  }
  return parts;
}
