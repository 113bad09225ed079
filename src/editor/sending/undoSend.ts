/** The paper plane: how long a confirmed mail can still be taken back, and taking it back. */
import * as vscode from "vscode";
import type { OutboxMail } from "../../compose/outbox.ts";
import type { Commands } from "../commands.ts";
import { count } from "../counts.ts";
import type { Sender } from "./sender.ts";

const SECOND_MS = 1000;

export function openUndoSend(parts: { sender: Sender; commands: Commands }): vscode.Disposable {
  const { sender, commands } = parts;
  const plane = vscode.window.createStatusBarItem("undoSend", vscode.StatusBarAlignment.Right, 100);
  plane.name = "Kernel Mail: Undo Send";
  plane.command = "kernelMail.outbox.undoSend";
  let timer: NodeJS.Timeout | undefined;

  /** The mails of the last act that wait in their undo time. */
  const pending = async (): Promise<OutboxMail[]> => {
    const nowMs = Date.now();
    const waiting = (await sender.outbox.list()).filter(
      ({ state, attempts, dueMs }) => state === "waiting" && attempts === 0 && dueMs > nowMs,
    );
    const lastMs = Math.max(...waiting.map(({ dueMs }) => dueMs));
    return waiting.filter(({ dueMs }) => dueMs === lastMs);
  };

  let latest: symbol | undefined;
  const show = async (): Promise<void> => {
    const own = Symbol("look");
    latest = own;
    const mails = await pending();
    // Asked for again meanwhile: that one shows it.
    if (latest !== own) return;
    const [first] = mails;
    clearTimeout(timer);
    await vscode.commands.executeCommand("setContext", "kernelMail.sendPending", first !== undefined);
    if (first === undefined) {
      plane.hide();
      return;
    }
    const seconds = Math.ceil((first.dueMs - Date.now()) / SECOND_MS);
    const what = mails.length === 1 ? `“${first.subject}”` : count(mails.length, "message");
    plane.text = `$(send) ${seconds} s`;
    plane.tooltip = `${what} leaves in ${seconds} s. Click to take it back.`;
    plane.accessibilityInformation = {
      label: `Undo send: ${what} leaves in ${seconds} seconds`,
      role: "button",
    };
    plane.show();
    timer = setTimeout(look, SECOND_MS);
  };
  function look(): void {
    commands.attempt("show what waits to be sent", show);
  }

  commands.register("kernelMail.outbox.undoSend", async () => {
    const paths: string[] = [];
    for (const { name } of await pending()) {
      const path = await sender.takeBack(name);
      if (path !== undefined) paths.push(path);
    }
    const [first] = paths;
    if (first === undefined) {
      void vscode.window.showInformationMessage("It is too late to take it back: it has left.");
      return;
    }
    await vscode.commands.executeCommand("kernelMail.draft.open", { path: first });
    const more = paths.length > 1 ? ` and ${count(paths.length - 1, "other draft")}` : "";
    vscode.window.setStatusBarMessage(`Taken back: it is a draft again${more}.`, 5000);
  });

  const listener = sender.onDidChange(look);
  return new vscode.Disposable(() => {
    latest = undefined;
    clearTimeout(timer);
    vscode.Disposable.from(listener, plane).dispose();
  });
}
