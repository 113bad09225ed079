/** Where each message was answered: from cited lines with own text below them to the lines they came from. */
import type { MessageView } from "../protocol.ts";
import type { Place } from "./travel.ts";

/** `by` answers line `line` (from 1) of a message; `place` is where the answer stands. */
export interface Answer {
  line: number;
  by: string;
  place: Place;
}

/** Answers by the Message-ID of what they answer, in the order of the views. */
export function answersIn(views: Iterable<MessageView>): Map<string, Answer[]> {
  const answers = new Map<string, Answer[]>();
  for (const view of views) {
    view.blocks.forEach((block, index) => {
      const above = view.blocks[index - 1];
      const isOwn =
        block.depth === 0 && block.kind === "text" && block.lines.some((line) => line.trim() !== "");
      if (!isOwn || !above?.source || above.depth === 0) return;
      const { messageId, lastLine } = above.source;
      const answer = {
        line: lastLine,
        by: view.from?.name || view.from?.address || "",
        place: { messageId: view.messageId, line: block.firstLine },
      };
      answers.set(messageId, [...(answers.get(messageId) ?? []), answer]);
    });
  }
  return answers;
}
