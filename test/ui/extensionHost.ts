/** The process of a workbench's extension host: made slow, or killed. Linux only, where processes are files. */
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

const read = (path: string): string => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // Ended since, or not ours to read.
    return "";
  }
};

/** The extension hosts of the server whose files are below this folder. */
export function extensionHosts(folder: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => read(`/proc/${pid}/cmdline`).includes("--type=extensionHost"))
    .filter((pid) => read(`/proc/${pid}/environ`).includes(`HOME=${folder}/home`))
    .map(Number);
}

/** Lets the extension hosts run for a moment in every `stoppedMs`, until the returned function is called. */
export function slowDown(folder: string, stoppedMs: number): () => Promise<void> {
  const pids = extensionHosts(folder);
  if (pids.length === 0) throw new Error(`No extension host runs below ${folder}.`);
  const signal = (name: NodeJS.Signals) => {
    for (const pid of pids) process.kill(pid, name);
  };
  let isOver = false;
  const turns = async (): Promise<void> => {
    try {
      while (!isOver) {
        signal("SIGSTOP");
        await delay(stoppedMs);
        signal("SIGCONT");
        await delay(30);
      }
    } finally {
      signal("SIGCONT");
    }
  };
  const running = turns();
  return async () => {
    isOver = true;
    await running;
  };
}
