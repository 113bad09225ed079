/**
 * Tells the editor which rows of a tree have changed, at a moment when it does not wait for rows.
 *
 * When a row changes, VS Code forgets what stood below it before it asks anew. Rows that it was asking for at that moment
 * come to a parent that it no longer knows: the row that a person has just opened closes again, or stays empty until
 * the whole tree is drawn. A change is therefore kept back until all rows that were asked for have come.
 */

/**
 * For how long no rows are asked for before a change is told, as one level of rows is asked for right after the other;
 * and after which time it is told whatever is asked for.
 */
const TIMES = { restMs: 50, patienceMs: 3000 };

export interface RowChanges<Element> {
  /** These rows, their words and what stands below them, have changed; undefined: all have. */
  tell(...elements: (Element | undefined)[]): void;
  /** Gives the rows that are asked for; until they are there, no change is told. */
  asked<Rows>(rows: () => Promise<Rows>): Promise<Rows>;
  /** Comes when all changes so far are told: only then does the editor know rows that are new. */
  told(): Promise<void>;
  dispose(): void;
}

/** `fire` takes a change to the editor: rows, each once, or undefined for all. */
export function rowChanges<Element>(
  fire: (elements: Element[] | undefined) => void,
  { restMs, patienceMs } = TIMES,
): RowChanges<Element> {
  const changed = new Set<Element | undefined>();
  let waiting: (() => void)[] = [];
  let open = 0;
  let rest: NodeJS.Timeout | undefined;
  let patience: NodeJS.Timeout | undefined;

  const tellNow = () => {
    clearTimeout(rest);
    clearTimeout(patience);
    rest = undefined;
    patience = undefined;
    const elements = [...changed];
    changed.clear();
    const rows = elements.filter((element) => element !== undefined);
    fire(rows.length < elements.length ? undefined : rows);
    const told = waiting;
    waiting = [];
    for (const go of told) go();
  };
  const whenAtRest = () => {
    clearTimeout(rest);
    rest = changed.size > 0 && open === 0 ? setTimeout(tellNow, restMs) : undefined;
  };

  return {
    tell: (...elements) => {
      for (const element of elements) changed.add(element);
      if (changed.size === 0) return;
      patience ??= setTimeout(tellNow, patienceMs);
      if (rest === undefined) whenAtRest();
    },
    asked: async (rows) => {
      open += 1;
      whenAtRest();
      try {
        return await rows();
      } finally {
        open -= 1;
        whenAtRest();
      }
    },
    told: () => (changed.size === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
    dispose: () => {
      clearTimeout(rest);
      clearTimeout(patience);
    },
  };
}
