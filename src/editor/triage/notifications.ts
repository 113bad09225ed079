/** Tells of mail that concerns the person: in one sentence for all that came, at the hours that the person left free. */
import * as vscode from "vscode";
import type { NewsRow } from "../../archive/remote.ts";
import type { ArchiveWorker } from "../archives/archiveWorker.ts";
import type { Commands } from "../commands.ts";
import { inMessage } from "../plainWords.ts";
import type { Settings } from "../settings.ts";
import { isQuiet, newsSentence } from "./newsWords.ts";

/** What comes within this is told together, in milliseconds. */
const GATHER_MS = 2000;
/** From one sentence to the next, in milliseconds: what comes meanwhile is told with the next. */
const APART_MS = 60_000;

interface Parts {
  worker: Pick<ArchiveWorker, "on">;
  settings: Settings;
  commands: Commands;
  /** Shows a thread at one of its messages. */
  openThread: (messageId: string) => Promise<void>;
}

export function openNotifications({ worker, settings, commands, openThread }: Parts): vscode.Disposable {
  /** By Message-ID: two archives may have brought the same mail. */
  let news = new Map<string, NewsRow>();
  let timer: NodeJS.Timeout | undefined;
  let toldMs = Number.NEGATIVE_INFINITY;

  const tell = async (): Promise<void> => {
    timer = undefined;
    const rows = [...news.values()];
    news = new Map();
    const { about, quietHours } = settings.notifications();
    const [first, ...more] = rows.flatMap((row) => {
      const reasons = row.reasons.filter((reason) => about.includes(reason));
      return reasons.length === 0 ? [] : [{ ...row, reasons }];
    });
    if (first === undefined || isQuiet(quietHours, new Date())) return;
    toldMs = performance.now();
    const choice = await vscode.window.showInformationMessage(
      inMessage(newsSentence([first, ...more])),
      "Open",
    );
    if (choice === "Open") await openThread(first.messageId);
  };

  const unhear = worker.on("news", (rows) => {
    for (const row of rows) news.set(row.messageId, row);
    timer ??= setTimeout(
      () => commands.attempt("tell of new mail", tell),
      Math.max(GATHER_MS, toldMs + APART_MS - performance.now()),
    );
  });

  return {
    dispose: () => {
      clearTimeout(timer);
      unhear();
    },
  };
}
