/** The log channel of the editor: what the program says it does, and where a bug leaves its stack. */
import * as vscode from "vscode";
import type { Log } from "../base/report.ts";

export interface EditorLog extends Log, vscode.Disposable {
  /** Opens the channel beside the person's work, without taking the focus. */
  show(): void;
}

export function openLog(): EditorLog {
  const channel = vscode.window.createOutputChannel("Kernel Mail", { log: true });
  return {
    info: (message) => channel.info(message),
    warn: (message) => channel.warn(message),
    bug: (error, doing) =>
      channel.error(`${doing}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`),
    show: () => channel.show(true),
    dispose: () => channel.dispose(),
  };
}
