/** Asking servers by the clock: what the settings allow under `network.mode` `automatic`, every `update.minutes`. */
import type * as vscode from "vscode";
import type { Commands } from "../commands.ts";
import type { Settings } from "../settings.ts";

interface ScheduleParts {
  settings: Pick<Settings, "network" | "updateMinutes" | "onDidChange">;
  commands: Pick<Commands, "attempt">;
  /** Asks for everything that is new; `periodMs` is how often it is called. */
  check: (periodMs: number) => Promise<unknown>;
}

const MINUTE_MS = 60_000;

/** A check that takes longer than a period is not begun a second time. */
export function openSchedule({ settings, commands, check }: ScheduleParts): vscode.Disposable {
  let timer: NodeJS.Timeout | undefined;
  let isChecking = false;
  const begin = (periodMs: number) => {
    if (isChecking) return;
    isChecking = true;
    commands.attempt("fetch new mail", () =>
      check(periodMs).finally(() => {
        isChecking = false;
      }),
    );
  };
  const plan = () => {
    clearInterval(timer);
    const periodMs = settings.updateMinutes() * MINUTE_MS;
    if (periodMs === 0 || settings.network() !== "automatic") return;
    timer = setInterval(() => begin(periodMs), periodMs);
  };
  plan();
  const changes = settings.onDidChange(["update.minutes", "network.mode"], plan);
  return {
    dispose: () => {
      clearInterval(timer);
      changes.dispose();
    },
  };
}
