/** Copying what points at a message: its Message-ID, its address on lore, a Link: trailer. */
import * as vscode from "vscode";
import { loreLink } from "../../mail/loreLink.ts";
import type { Commands } from "../commands.ts";
import { linkTrailer } from "../messageReference.ts";
import { inLabel } from "../plainWords.ts";
import { type FocusParts, messageInFocus } from "./messageInFocus.ts";

export function registerCopyLink(parts: FocusParts & { commands: Commands }): void {
  const copies = async (argument: unknown, write: (messageId: string) => string): Promise<void> => {
    const { messageId } = await messageInFocus(parts, argument);
    const text = write(messageId);
    await vscode.env.clipboard.writeText(text);
    vscode.window.setStatusBarMessage(`Copied ${inLabel(text)}`, 5000);
  };
  parts.commands.register("kernelMail.copyMessageId", (argument) => copies(argument, (id) => id));
  parts.commands.register("kernelMail.copyLoreLink", (argument) => copies(argument, loreLink));
  parts.commands.register("kernelMail.copyLinkTrailer", (argument) => copies(argument, linkTrailer));
}
