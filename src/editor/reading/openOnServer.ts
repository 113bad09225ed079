/** Opening a message where it stands on the web: on the first server of the settings, in the browser. */
import * as vscode from "vscode";
import { messagePage } from "../../mail/loreLink.ts";
import type { Commands } from "../commands.ts";
import type { Settings } from "../settings.ts";
import { type FocusParts, messageInFocus } from "./messageInFocus.ts";

interface ServerPageParts extends FocusParts {
  commands: Commands;
  settings: Settings;
}

export function registerOpenOnServer(parts: ServerPageParts): void {
  parts.commands.register("kernelMail.openInBrowser", async (argument) => {
    const { messageId } = await messageInFocus(parts, argument);
    const [server] = parts.settings.servers();
    await vscode.env.openExternal(vscode.Uri.parse(messagePage(server, messageId), true));
  });
}
