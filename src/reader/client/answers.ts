/** Where each message was answered: from cited lines with own text below them to the lines they came from. */
import type { MessageView } from "../protocol.ts";
import { element } from "./element.ts";
import type { Place, Travel } from "./travel.ts";

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

/** Sets the quiet marks beside lines that were answered; those of before are taken away. */
export function markAnswers(document: Document, travel: Travel, views: Iterable<MessageView>): void {
  for (const old of document.querySelectorAll(".answer")) old.remove();
  for (const [messageId, answers] of answersIn(views)) {
    const article = travel.article(messageId);
    for (const { line, by, place } of answers) {
      const at = article?.querySelector(`.own [data-line="${line}"]`);
      if (!at || at.nextElementSibling?.classList.contains("answer")) continue;
      const button = element(
        document,
        "button",
        {
          type: "button",
          "data-act": "answer",
          "data-message": place.messageId,
          "data-from": place.line,
          "aria-label": `Answered by ${by}`,
          title: `Answered by ${by}`,
        },
        `${by} ↓`,
      );
      at.after(element(document, "div", { class: "answer" }, button));
    }
  }
}
