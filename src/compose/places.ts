/** Places in a reply where an answer belongs or is. */
import { answeredLine, readReply } from "./replySheet.ts";

/**
 * The lines (from 1) of a reply's body that one goes through while answering, in order: the last line of each cited
 * block that is not answered, and the last line of each own passage below a cited one.
 */
export function answerPlaces(body: string): number[] {
  const { lines, runs } = readReply(body);
  const places: number[] = [];
  for (const run of runs) {
    if (!run.answered) {
      places.push(answeredLine(lines, run) + 1);
      continue;
    }
    let lastOwn = run.last;
    for (let at = run.last + 1; at < lines.length; at++) {
      const role = lines[at]?.role;
      if (role === "own") lastOwn = at;
      else if (role !== "blank" && role !== "mark") break;
    }
    places.push(lastOwn + 1);
  }
  return places;
}
