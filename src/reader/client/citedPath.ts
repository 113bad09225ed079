/** Which file a cited diff is about: its own header names it, or the message that it was cited from does. */
import type { BlockView, MessageView } from "../protocol.ts";
import { diffOf } from "./diff.ts";

/** The file that line `line` (from 1) of a message stands in; "" outside of its diffs. */
function pathAt({ blocks }: MessageView, line: number): string {
  const block = blocks.find(({ firstLine, lastLine }) => firstLine <= line && line <= lastLine);
  if (block?.kind !== "diff") return "";
  const index = line - block.firstLine;
  return diffOf(block.lines).files.findLast(({ from }) => from <= index)?.path ?? "";
}

/** The file that a cited diff begins in; "" when neither it nor the message it comes from tells. */
export function citedPath(block: BlockView, views: ReadonlyMap<string, MessageView>): string {
  const [file] = diffOf(block.lines).files;
  if (file && file.from === 0) return file.path;
  const said = block.source && views.get(block.source.messageId);
  return said && block.source ? pathAt(said, block.source.firstLine) : "";
}
