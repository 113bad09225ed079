/** How far a run over archives is: as a notification that can stop it, or as a word in the status bar. */
import * as vscode from "vscode";
import type { Progress } from "../../archive/remote.ts";
import type { SourceSpec } from "../../sources/source.ts";
import { count } from "../counts.ts";
import { archiveName } from "../settings.ts";

interface ShownRun {
  specs: readonly SourceSpec[];
  /** Settles with the run; never rejects. */
  ended: Promise<void>;
  /** Hears how far the worker is; returns what stops it. */
  onProgress: (listener: (progress: Progress) => void) => () => void;
  /** What Cancel does; a run without it, which nobody asked for, is shown in the status bar. */
  stop?: () => void;
}

/** Whole percent; undefined where the source cannot tell. */
export function percent({ done, total }: Progress): number | undefined {
  return total > 0 ? Math.floor((100 * done) / total) : undefined;
}

export function showRun({ specs, ended, onProgress, stop }: ShownRun): void {
  const { Notification, Window } = vscode.ProgressLocation;
  const options =
    stop === undefined
      ? { location: Window, title: "Kernel Mail" }
      : { location: Notification, title: "Kernel Mail", cancellable: true };
  void vscode.window.withProgress(options, (report, token) => {
    token.onCancellationRequested(() => stop?.());
    let behind = 0;
    const unhear = onProgress((progress) => {
      const spec = specs.find(({ path }) => path === progress.source);
      if (spec === undefined) return;
      const share = percent(progress);
      const before = behind;
      behind = share ?? 0;
      report.report({
        // One archive's way is drawn; of several in a row only the words tell.
        ...(specs.length === 1 ? { increment: Math.max(0, behind - before) } : {}),
        message:
          `reading ${archiveName(spec)}: ${count(progress.messages, "message")}` +
          (share === undefined ? "" : ` (${share} %)`),
      });
    });
    report.report({ message: "reading archives" });
    return ended.finally(unhear);
  });
}
