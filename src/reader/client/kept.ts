/** What survives a reload of how messages are shown: only what the person changed by hand. */
import type { KeptMessage } from "../protocol.ts";
import type { ArticleState } from "./article.ts";

/** Messages that are kept at most; the newest changes are at the end. */
const MOST = 300;

/** Takes from a kept state what is there and is what it should be; the page's own state may be of an older version. */
export function restoreState(state: ArticleState, kept: KeptMessage): void {
  const numbers = (value: unknown): number[] =>
    Array.isArray(value) ? value.filter((line) => Number.isSafeInteger(line)) : [];
  for (const line of numbers(kept.open)) state.open.add(line);
  for (const line of numbers(kept.closed)) state.closed.add(line);
  for (const line of numbers(kept.shut)) state.shut.add(line);
  if (typeof kept.collapsed === "boolean") state.collapsed = kept.collapsed;
  if (typeof kept.headers === "boolean") state.headers = kept.headers;
}

/** The states that differ from how messages begin; `beginsCollapsed` tells which begin as one line. */
export function keptStates(
  states: ReadonlyMap<string, ArticleState>,
  beginsCollapsed: (messageId: string) => boolean,
): Record<string, KeptMessage> {
  const kept: [string, KeptMessage][] = [];
  for (const [messageId, state] of states) {
    const message: KeptMessage = {};
    if (state.open.size > 0) message.open = [...state.open];
    if (state.closed.size > 0) message.closed = [...state.closed];
    if (state.shut.size > 0) message.shut = [...state.shut];
    if (state.collapsed !== beginsCollapsed(messageId)) message.collapsed = state.collapsed;
    if (state.headers) message.headers = true;
    if (Object.keys(message).length > 0) kept.push([messageId, message]);
  }
  return Object.fromEntries(kept.slice(-MOST));
}
