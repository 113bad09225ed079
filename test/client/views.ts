/** Views written in tests, and a small DOM to draw them in. */
import { parseHTML } from "linkedom";
import { type BodyState, renderBody } from "../../src/reader/client/body.ts";
import type { Drawing } from "../../src/reader/client/drawing.ts";
import { peopleOf } from "../../src/reader/client/people.ts";
import type { BlockView, MessageView } from "../../src/reader/protocol.ts";

/** Noon of 23 November 2026 where the test runs. */
export const NOW = new Date(2026, 10, 23, 12).getTime();

export function drawingOf(more: Partial<Drawing> = {}): Drawing {
  return {
    document: parseHTML("<html><body></body></html>").document,
    people: peopleOf([]),
    marks: false,
    dates: "both",
    spoken: "normal",
    nowMs: NOW,
    title: () => "",
    day: () => "",
    pathOf: () => "",
    isHere: () => false,
    ...more,
  };
}

/** Blocks one below the other, from line 1 on; lines with marks are written as they stand in the mail. */
export function blocksOf(...blocks: (Partial<BlockView> & { text: string })[]): BlockView[] {
  let next = 1;
  return blocks.map(({ text, ...more }) => {
    const depth = more.depth ?? 0;
    const written = text.split("\n").map((line) => /^((?:> ?)*)(.*)$/s.exec(line));
    const view: BlockView = {
      kind: depth > 0 ? "cited" : "text",
      depth,
      firstLine: next,
      lastLine: next + written.length - 1,
      folded: false,
      lines: written.map((parts) => (depth > 0 ? (parts?.[2] ?? "") : (parts?.[0] ?? ""))),
      marks: written.map((parts) => (depth > 0 ? (parts?.[1] ?? "") : "")),
      ...more,
    };
    next += written.length;
    return view;
  });
}

export function messageView(blocks: BlockView[], more: Partial<MessageView> = {}): MessageView {
  return {
    messageId: "m@kernel.example",
    depth: 0,
    missing: false,
    from: { name: "Ada Moreno", address: "ada@kernel.example" },
    to: [],
    cc: [],
    subject: "s",
    gist: "",
    headers: [],
    blocks,
    attachments: [],
    badges: [],
    defects: [],
    ...more,
  };
}

export const bodyState = (more: Partial<BodyState> = {}): BodyState => ({
  level: 1,
  open: new Set(),
  closed: new Set(),
  shut: new Set(),
  limit: null,
  ...more,
});

/** The body of these blocks, drawn. */
export const draw = (
  blocks: BlockView[],
  state: Partial<BodyState> = {},
  drawing: Partial<Drawing> = {},
): HTMLElement => renderBody(drawingOf(drawing), messageView(blocks), bodyState(state), "m0");
