/** Where each message was answered: marks beside its lines, remarks below the lines of a patch, trailers it was given. */
import type { BlockView, MessageView } from "../protocol.ts";
import { headingDate, relativeDate } from "./dates.ts";
import type { Drawing } from "./drawing.ts";
import { element } from "./element.ts";
import { joint, proseJoins } from "./paragraphs.ts";
import { firstNameOf } from "./people.ts";
import type { Place } from "./travel.ts";

/** Lines of a remark that are shown below a line of a patch; the rest is in its message. */
const REMARK_LINES = 8;
/** Names beside a line before the rest is counted. */
const NAMES = 3;

/** Who answers line `line` (from 1) of a message, with what; `place` is where the answer stands. */
export interface Answer {
  line: number;
  by: string;
  address: string;
  dateMs: number | undefined;
  text: readonly string[];
  place: Place;
}

const hasWords = ({ lines }: BlockView): boolean => lines.some((line) => line.trim() !== "");

/** Answers by the Message-ID of what they answer, in the order of the views. */
export function answersIn(views: Iterable<MessageView>): Map<string, Answer[]> {
  const answers = new Map<string, Answer[]>();
  for (const view of views) {
    view.blocks.forEach((block, index) => {
      const above = view.blocks[index - 1];
      const isOwn = block.depth === 0 && block.kind === "text" && hasWords(block);
      if (!isOwn || !above?.source || above.depth === 0) return;
      const { messageId, lastLine } = above.source;
      const answer: Answer = {
        line: lastLine,
        by: view.from?.name || view.from?.address || "",
        address: view.from?.address ?? "",
        dateMs: view.dateMs,
        text: block.lines,
        place: { messageId: view.messageId, line: block.firstLine },
      };
      const known = answers.get(messageId);
      if (known) known.push(answer);
      else answers.set(messageId, [answer]);
    });
  }
  return answers;
}

function answerButton(
  { document }: Drawing,
  { by, place }: Pick<Answer, "by" | "place">,
  text: string,
  label = `Answered by ${by}`,
): HTMLElement {
  return element(
    document,
    "button",
    {
      type: "button",
      "data-act": "answer",
      "data-message": place.messageId,
      "data-from": place.line,
      "aria-label": label,
      title: label,
    },
    text,
  );
}

/** The mark in the margin: who answered, each leading there. */
function marginMark(drawing: Drawing, answers: readonly Answer[]): HTMLElement {
  const { document } = drawing;
  const names = element(document, "span", { class: "names" });
  for (const answer of answers.slice(0, NAMES))
    names.append(answerButton(drawing, answer, `${firstNameOf(answer.by)} ↓`));
  if (answers.length > NAMES) names.append(element(document, "span", {}, `+${answers.length - NAMES}`));
  return element(document, "div", { class: "answer" }, names);
}

/** Text that was broken at a column, as paragraphs. */
function joinParagraphs(lines: readonly string[]): string {
  const joins = proseJoins(lines);
  return lines.reduce((text, line, index) => {
    if (index === 0) return line;
    return `${text}${joins.has(index - 1) ? joint(lines[index - 1] ?? "") : "\n"}${line}`;
  }, "");
}

/** Words without the name below them: the remark names its author already. */
function withoutName(words: string, by: string): string {
  const text = words.trimEnd();
  const last = text.slice(text.lastIndexOf("\n") + 1).trim();
  const isName = last === by || last === firstNameOf(by);
  return isName ? text.slice(0, text.lastIndexOf("\n") + 1).trimEnd() || text : text;
}

/** What was said to a line of a patch, below that line. */
function remark(drawing: Drawing, answer: Answer): HTMLElement {
  const { document, people, nowMs } = drawing;
  const { by, address, dateMs, text } = answer;
  const first = text.findIndex((line) => line.trim() !== "");
  const words = withoutName(joinParagraphs(text.slice(first, first + REMARK_LINES)), by);
  const rest = text.slice(first + REMARK_LINES).some((line) => line.trim() !== "");
  const when = dateMs === undefined ? "" : relativeDate(dateMs, nowMs) || headingDate(dateMs, nowMs);
  return element(
    document,
    "div",
    {
      class: `answer remark p${people.colour(by, address)}`,
      role: "note",
      "aria-label": `Remark by ${by}`,
    },
    element(
      document,
      "p",
      { class: "remarkHead" },
      element(document, "b", {}, by),
      ` ${when ? `${when} · ` : ""}cites this line `,
      answerButton(drawing, answer, "open message", `open message of ${by}`),
    ),
    element(document, "p", { class: "remarkText" }, `${words}${rest ? " …" : ""}`),
  );
}

/** Puts an element below a line of code; a run of added or removed lines is parted there. */
function putBelow(line: Element, made: Element): void {
  const run = line.parentElement;
  if (!run?.matches("ins, del")) {
    line.after(made);
    return;
  }
  const rest: Element[] = [];
  for (let next = line.nextElementSibling; next; next = next.nextElementSibling) rest.push(next);
  run.after(made);
  if (rest.length === 0) return;
  const second = run.cloneNode(false) as Element;
  second.append(...rest);
  made.after(second);
}

function markMessage(drawing: Drawing, article: Element, answers: readonly Answer[]): void {
  const byLine = new Map<number, Answer[]>();
  for (const answer of answers) byLine.set(answer.line, [...(byLine.get(answer.line) ?? []), answer]);
  for (const [number, found] of byLine) {
    const line = article.querySelector(`.own [data-line="${number}"]`);
    if (!line) continue;
    if (line.closest(".code"))
      for (const answer of found.toReversed()) putBelow(line, remark(drawing, answer));
    else line.after(marginMark(drawing, found));
  }
}

/** A trailer that an answer gave: "Reviewed-by", its author, where it stands. */
interface Given {
  name: string;
  by: string;
  place: Place;
}

/** Trailers that answers gave to patches, by the Message-ID of the patch. */
export function trailersGiven(views: ReadonlyMap<string, MessageView>): Map<string, Given[]> {
  const given = new Map<string, Given[]>();
  for (const view of views.values()) {
    if (view.patch) continue;
    const trailers = view.blocks.filter(({ kind, depth }) => kind === "trailers" && depth === 0);
    if (trailers.length === 0) continue;
    let patch = view.parent;
    while (patch !== undefined && !views.get(patch)?.patch) patch = views.get(patch)?.parent;
    if (patch === undefined) continue;
    for (const { firstLine, lines } of trailers) {
      for (const line of lines) {
        const name = /^([A-Z][A-Za-z-]{0,40}-by):/.exec(line.slice(0, 60))?.[1];
        if (!name) continue;
        const by = view.from?.name || view.from?.address || "";
        const place = { messageId: view.messageId, line: firstLine };
        given.set(patch, [...(given.get(patch) ?? []), { name, by, place }]);
      }
    }
  }
  return given;
}

function givenRow(drawing: Drawing, given: readonly Given[]): HTMLElement {
  const { document } = drawing;
  const row = element(document, "ul", { class: "given", "aria-label": "Trailers given by answers" });
  for (const { name, by, place } of given) {
    const button = answerButton(drawing, { by, place }, "", `${name} ${by}, given by an answer`);
    button.append(element(document, "b", {}, name), ` ${by}`);
    button.classList.add("chip");
    row.append(element(document, "li", {}, button));
  }
  return row;
}

/** What is known of answers in a thread whose messages are all there. */
export interface Answered {
  answers: ReadonlyMap<string, readonly Answer[]>;
  given: ReadonlyMap<string, readonly Given[]>;
}

export const readAnswers = (views: ReadonlyMap<string, MessageView>): Answered => ({
  answers: answersIn(views.values()),
  given: trailersGiven(views),
});

/** Sets the marks of answers, remarks and trailers given in a message's article; those of before are taken away. */
export function markAnswers(
  drawing: Drawing,
  article: Element,
  messageId: string,
  { answers, given }: Answered,
): void {
  for (const old of article.querySelectorAll(".answer, .given")) old.remove();
  markMessage(drawing, article, answers.get(messageId) ?? []);
  const trailers = given.get(messageId);
  if (trailers) article.querySelector(".body")?.after(givenRow(drawing, trailers));
}
