/** The folder that is open on this machine's disk, and what begins there. */
import { homedir } from "node:os";
import { join } from "node:path";
import * as vscode from "vscode";

/** The first open folder that is on this machine's disk (a virtual one is not), else the home folder. */
export function openFolder(): string {
  const folder = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === "file");
  return folder?.uri.fsPath ?? homedir();
}

/** The same, but the home folder until the person trusts what is open: who wrote it decides nothing. */
export const trustedFolder = (): string => (vscode.workspace.isTrusted ? openFolder() : homedir());

/** Asks where a file is to be saved; undefined when the person gives up. `kind` names its ending in the dialog. */
export async function askWhere(
  title: string,
  name: string,
  kind?: { label: string; ending: string },
): Promise<vscode.Uri | undefined> {
  return await vscode.window.showSaveDialog({
    title,
    defaultUri: vscode.Uri.file(join(openFolder(), kind === undefined ? name : `${name}.${kind.ending}`)),
    ...(kind === undefined ? {} : { filters: { [kind.label]: [kind.ending] } }),
  });
}
