/** Where commands are registered and where their errors become messages. */
import * as vscode from "vscode";
import { isAbort } from "../base/channel.ts";
import { isUserError, sentence } from "../base/report.ts";
import type { EditorLog } from "./log.ts";
import { inMessage } from "./plainWords.ts";

/** The argument of keys that hold in the Threads tree: there the tree's selection counts, whatever the reader shows. */
export const FROM_TREE = "tree";

/** The same sentence is not told again within this time, in milliseconds. */
const AGAIN_MS = 3000;

export interface Commands extends vscode.Disposable {
  /** Registers a command of the manifest by its full id. What `run` throws is told, never lost. */
  register(id: string, run: (...args: unknown[]) => unknown): void;
  /** How long ago a key of the Threads tree was pressed, in milliseconds. */
  sinceTreeKey(): number;
  /**
   * Tells a failure: a UserError as its sentence with its next step, a bug once in general words and in the
   * log with its stack, an abort not at all.
   */
  tell(error: unknown, doing: string): void;
  /** Runs something that no one waits for and tells its failure. */
  attempt(doing: string, run: () => Promise<unknown>): void;
}

export function openCommands(log: EditorLog): Commands {
  const registered: vscode.Disposable[] = [];
  const toldBugs = new Set<string>();
  const lastTold = new Map<string, number>();
  let treeKeyMs = Number.NEGATIVE_INFINITY;

  const show = (text: string) => {
    void vscode.window.showErrorMessage(inMessage(text), "Show Log").then((choice) => {
      if (choice !== undefined) log.show();
    });
  };

  const tell = (error: unknown, doing: string) => {
    if (isAbort(error) || error instanceof vscode.CancellationError) return;
    if (isUserError(error)) {
      const text = sentence(error).trim();
      log.warn(`${doing}: ${text}`);
      // One cause is often met by several askers at once: a worker that cannot start fails them all.
      const now = Date.now();
      if (now - (lastTold.get(text) ?? 0) > AGAIN_MS) show(text);
      lastTold.set(text, now);
      return;
    }
    log.bug(error, doing);
    const text = `Kernel Mail could not ${doing}: ${sentence(error)}`;
    if (toldBugs.has(text)) return;
    toldBugs.add(text);
    show(text);
  };

  return {
    tell,
    sinceTreeKey: () => performance.now() - treeKeyMs,
    attempt: (doing, run) => {
      run().catch((error: unknown) => tell(error, doing));
    },
    register: (id, run) => {
      const guarded = async (...args: unknown[]): Promise<unknown> => {
        if (args[0] === FROM_TREE) treeKeyMs = performance.now();
        try {
          return await run(...args);
        } catch (error) {
          tell(error, `run ${id}`);
          return undefined;
        }
      };
      registered.push(vscode.commands.registerCommand(id, guarded));
    },
    dispose: () => {
      for (const command of registered) command.dispose();
    },
  };
}
