/** One event for mail that came, told when the archives have been quiet for a while: while one is read they never are. */
import * as vscode from "vscode";

/** How long archives are quiet before what is open is looked at again; in milliseconds. */
const QUIET_MS = 1000;

export interface NewMail extends vscode.Disposable {
  /** Fires when the archives may hold other mail than before. */
  event: vscode.Event<void>;
}

/** @param changes events that may fire many times a second */
export function openNewMail(...changes: vscode.Event<unknown>[]): NewMail {
  const quiet = new vscode.EventEmitter<void>();
  let timer: NodeJS.Timeout | undefined;
  const listeners = changes.map((change) =>
    change(() => {
      clearTimeout(timer);
      timer = setTimeout(() => quiet.fire(), QUIET_MS);
    }),
  );
  return {
    event: quiet.event,
    dispose: () => {
      clearTimeout(timer);
      vscode.Disposable.from(...listeners, quiet).dispose();
    },
  };
}
