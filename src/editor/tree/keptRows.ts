/** Which rows of the Threads tree are open and which one is chosen: kept for the window that comes back. */
import type { Memento } from "vscode";

const KEY = "threads.rows";
/** Rows whose state is kept, those that were opened or closed last: more are not on anybody's mind. */
const MOST = 300;

interface Kept {
  /** By the ids of rows, whether they are open. */
  open: [id: string, isOpen: boolean][];
  chosen?: string;
}

export class KeptRows {
  /** The row that was chosen when the window went, until it is there again or another one is chosen. */
  missed: string | undefined;
  readonly #memory: Memento;
  readonly #open: Map<string, boolean>;
  #chosen: string | undefined;

  constructor(memory: Memento) {
    this.#memory = memory;
    const { open, chosen } = memory.get<Kept>(KEY, { open: [] });
    this.#open = new Map(open);
    this.#chosen = chosen;
    this.missed = chosen;
  }

  /** Whether a row is open that is open or not from the start. */
  isOpen(id: string, fromStart: boolean): boolean {
    return this.#open.get(id) ?? fromStart;
  }

  /** The person, or what acts for them, opened or closed a row. */
  turned(id: string, isOpen: boolean): void {
    this.#open.delete(id);
    this.#open.set(id, isOpen);
    for (const oldest of this.#open.keys()) {
      if (this.#open.size <= MOST) break;
      this.#open.delete(oldest);
    }
    this.#keep();
  }

  /** A row was chosen. */
  chose(id: string): void {
    this.missed = undefined;
    if (id === this.#chosen) return;
    this.#chosen = id;
    this.#keep();
  }

  #keep(): void {
    const kept: Kept = { open: [...this.#open] };
    if (this.#chosen !== undefined) kept.chosen = this.#chosen;
    void this.#memory.update(KEY, kept);
  }
}
