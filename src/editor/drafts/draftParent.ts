/** The message that a draft answers, decoded, as long as drafts ask for it. */
import type * as vscode from "vscode";
import { UserError } from "../../base/report.ts";
import { readDraft } from "../../compose/draftText.ts";
import type { Message } from "../../mail/message.ts";
import type { Archive } from "../archives/archiveWorker.ts";
import { decodeMessage } from "../decoder.ts";
import { textOf } from "./draftDocument.ts";

/** Messages that stay decoded: a few drafts are open at a time. */
const HELD = 8;

export interface DraftParents extends vscode.Disposable {
  /** The parent of a draft; undefined when it answers nothing, or no archive has what it answers. */
  find(document: vscode.TextDocument): Promise<Message | undefined>;
  /** As `find`; a UserError where there is none. */
  get(document: vscode.TextDocument): Promise<Message>;
}

/** @param onReadAs fires when a message is to be read otherwise than before */
export function openDraftParents(archive: Archive, onReadAs: vscode.Event<void>): DraftParents {
  const held = new Map<string, Message>();
  const listener = onReadAs(() => held.clear());

  const find = async (document: vscode.TextDocument): Promise<Message | undefined> => {
    const { inReplyTo } = readDraft(textOf(document)).draft;
    if (inReplyTo === undefined) return undefined;
    const known = held.get(inReplyTo);
    if (known !== undefined) return known;
    const [found] = await archive.request("raw", { messageIds: [inReplyTo] });
    if (found === undefined) return undefined;
    const message = await decodeMessage(found);
    held.set(inReplyTo, message);
    for (const oldest of held.keys()) {
      if (held.size <= HELD) break;
      held.delete(oldest);
    }
    return message;
  };

  return {
    dispose: () => listener.dispose(),
    find,
    get: async (document) => {
      const parent = await find(document);
      if (parent !== undefined) return parent;
      throw new UserError(
        "The message that this draft answers is not in any archive.",
        "Add the archive that has it, or check for new mail, and try again.",
      );
    },
  };
}
