/** Changes of the person's state, asked for from outside: told to all who listen, and what is starred is kept. */
import { UserError } from "../base/report.ts";
import { STARRED } from "./keptMail.ts";
import type { ArchiveContract, Marked } from "./remote.ts";
import type { Triage } from "./triage.ts";

type Requests = ArchiveContract["requests"];

export interface StateRequestParts {
  /** Undefined without a state. */
  triage: () => Triage | undefined;
  /** Runs one question, with the failures of the files in plain words. */
  ask: <T>(work: () => T) => Promise<T>;
  tell: (marked: Marked) => void;
  keep: (params: Requests["keep"]["params"]) => Promise<boolean>;
  release: (params: Requests["release"]["params"]) => Promise<null>;
}

export class StateRequests {
  readonly #parts: StateRequestParts;

  constructor(parts: StateRequestParts) {
    this.#parts = parts;
  }

  /** Changes the state and tells what `marked` finds in the result. A UserError when there is no state. */
  #change<T>(work: (triage: Triage) => T, marked: (result: T) => Marked | undefined): Promise<T> {
    const { triage, ask, tell } = this.#parts;
    return ask(() => {
      const present = triage();
      if (present === undefined) {
        throw new UserError(
          "What you mark cannot be kept.",
          "The log says why the file for it could not be opened.",
        );
      }
      const result = work(present);
      const told = marked(result);
      if (told !== undefined) tell(told);
      return result;
    });
  }

  async mark(params: Requests["mark"]["params"]): Promise<Marked> {
    const { marked, changed } = await this.#change(
      (triage) => triage.mark(params),
      (result) => result.marked,
    );
    if (params.kind === "star") await this.#keepStarred(changed);
    return marked;
  }

  /** What is starred is kept in case its archive loses it. */
  async #keepStarred(messageIds: readonly string[]): Promise<void> {
    const { triage, keep, release } = this.#parts;
    for (const messageId of messageIds) {
      const why = `${STARRED} ${messageId}`;
      if (triage()?.isStarred(messageId)) await keep({ messageId, why });
      else await release({ why });
    }
  }

  readList(params: Requests["readList"]["params"]): Promise<Marked> {
    return this.#change(
      (triage) => triage.readList(params),
      (marked) => marked,
    );
  }

  async undo(): Promise<Requests["undo"]["result"]> {
    const undone = await this.#change(
      (triage) => triage.undo(),
      (result) => result?.marked,
    );
    if (undone === null) return null;
    await this.#keepStarred(undone.starred);
    return { words: undone.words, marked: undone.marked };
  }

  /** Without a state nobody need be known. */
  async setPeople(people: Requests["setPeople"]["params"]): Promise<null> {
    if (this.#parts.triage() === undefined) return null;
    await this.#change(
      (triage) => (triage.setPeople(people) ? triage.everything() : undefined),
      (marked) => marked,
    );
    return null;
  }

  exportState(): Promise<string> {
    return this.#change(
      (triage) => triage.exportState(),
      () => undefined,
    );
  }

  async importState({ text }: Requests["importState"]["params"]): Promise<Requests["importState"]["result"]> {
    const { news, starred, marked } = await this.#change(
      (triage) => triage.importState(text),
      (result) => (result.news === 0 ? undefined : result.marked),
    );
    await this.#keepStarred(starred);
    return { news, marked };
  }
}
