/** Attachments: text opens as a read-only document, anything is saved where the person says. Nothing is run. */
import * as vscode from "vscode";
import { UserError } from "../../base/report.ts";
import type { Attachment } from "../../mail/message.ts";
import { safeName } from "../../mail/safeName.ts";
import type { Archive } from "../archives/archiveWorker.ts";
import type { Commands } from "../commands.ts";
import { decodeAttachment, decodeMessage } from "../decoder.ts";
import { type Documents, documentUri, showBytes } from "../documents.ts";
import { askWhere } from "../openFolder.ts";

/** Opens or saves an attachment of a message; `index` as in its `attachments`. */
export type OpenAttachment = (messageId: string, index: number, save: boolean) => Promise<void>;

/** Larger ones are saved instead of shown, in bytes: an editor is of no use there. */
const SHOWN_AT_MOST = 20_000_000;

const isText = ({ type, name }: Attachment): boolean =>
  /^(?:text|message)\//i.test(type) || /\.(?:patch|diff|txt|log|c|h|sh|dts|rst|config)$/i.test(name);

export function openAttachments(parts: {
  archive: Archive;
  documents: Documents;
  commands: Commands;
}): OpenAttachment {
  const { archive, documents, commands } = parts;

  const rawOf = async (messageId: string): Promise<Uint8Array> => {
    const [found] = await archive.request("raw", { messageIds: [messageId] });
    if (found !== undefined) return found.raw;
    throw new UserError(
      "The message of this attachment is no longer in the archive.",
      "Check its archive for new mail and try again.",
    );
  };

  documents.serve("attachment", async (uri) => {
    const [, index = "", messageId = ""] = /^(\d{1,6}) (.+)$/s.exec(uri.query) ?? [];
    return messageId === "" ? undefined : await decodeAttachment(await rawOf(messageId), Number(index));
  });

  const open: OpenAttachment = async (messageId, index, save) => {
    const raw = await rawOf(messageId);
    const { attachments } = await decodeMessage({ raw });
    const attachment = attachments.find((candidate) => candidate.index === index);
    if (attachment === undefined) return;
    const name = safeName(attachment.name, `attachment-${index + 1}`);
    if (!save && isText(attachment) && attachment.size <= SHOWN_AT_MOST) {
      await showBytes(documentUri("attachment", name, `${index} ${messageId}`));
      return;
    }
    const uri = await askWhere("Save Attachment", name);
    if (uri !== undefined) await vscode.workspace.fs.writeFile(uri, await decodeAttachment(raw, index));
  };
  /** The menu of an attachment in the reader names it. */
  const fromMenu = async (argument: unknown, save: boolean): Promise<void> => {
    const { messageId, index } = (argument ?? {}) as { messageId?: unknown; index?: unknown };
    if (typeof messageId === "string" && typeof index === "number") await open(messageId, index, save);
  };
  commands.register("kernelMail.openAttachment", (argument) => fromMenu(argument, false));
  commands.register("kernelMail.saveAttachment", (argument) => fromMenu(argument, true));
  return open;
}
