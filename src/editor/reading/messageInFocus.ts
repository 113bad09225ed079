/** Which message a command is about: its argument, the one in the reader, or the one selected in the tree. */
import { UserError } from "../../base/report.ts";
import type { Archive } from "../archives/archiveWorker.ts";
import { FROM_TREE } from "../commands.ts";
import { type Element, isElement } from "../tree/threadElements.ts";
import type { ThreadsTree } from "../tree/threadsTree.ts";
import type { Reader } from "./readerPanel.ts";
import type { Selection } from "./readerTab.ts";
import type { ThreadTexts } from "./threadText.ts";

export interface InFocus extends Selection {
  /** Messages that are marked for a trailer. */
  marked?: string[];
}

export interface FocusParts {
  archive: Archive;
  reader: Reader;
  texts: ThreadTexts;
  tree: ThreadsTree;
}

const nothing = (): UserError =>
  new UserError("No message is chosen.", "Open a thread, or select a message in the Threads view.");

/** The newest message of a thread that is there. */
async function newest(archive: Archive, thread: string): Promise<string> {
  const answer = await archive.request("thread", { messageId: thread });
  let best: { messageId: string; ms: number } | undefined;
  for (const { messageId, missing, dateMs } of answer?.nodes ?? []) {
    const ms = dateMs ?? 0;
    if (!missing && (best === undefined || ms >= best.ms)) best = { messageId, ms };
  }
  if (best === undefined) throw nothing();
  return best.messageId;
}

/** The message of an element; of a thread its newest or its first one. */
async function ofElement(archive: Archive, element: Element, which: "newest" | "first"): Promise<InFocus> {
  switch (element.kind) {
    case "message":
      return { messageId: element.node.messageId };
    case "thread":
      return {
        messageId: which === "newest" ? await newest(archive, element.row.thread) : element.row.thread,
      };
    default:
      throw nothing();
  }
}

/**
 * The message a command is about. `argument` is what the command was called with: an element of the tree, "tree",
 * `{messageId}` from a menu of the page, or anything else. Throws a UserError when no message is chosen.
 */
export async function messageInFocus(
  { archive, reader, texts, tree }: FocusParts,
  argument: unknown,
  which: "newest" | "first" = "first",
): Promise<InFocus> {
  if (isElement(argument)) return await ofElement(archive, argument, which);
  if (typeof argument === "object" && argument !== null && "messageId" in argument) {
    const { messageId } = argument;
    if (typeof messageId === "string") {
      // A menu of the page knows its message; what is selected in it, the page alone.
      const shown = "webviewSection" in argument ? await reader.inFocus() : undefined;
      return shown?.messageId === messageId ? shown : { messageId };
    }
  }
  const selected = tree.selected();
  if (argument === FROM_TREE) {
    if (selected === undefined) throw nothing();
    await reader.settled();
    return await ofElement(archive, selected, which);
  }
  const shown = texts.inFocus() ?? (await reader.inFocus());
  if (shown !== undefined) return shown;
  if (selected === undefined) throw nothing();
  return await ofElement(archive, selected, which);
}
