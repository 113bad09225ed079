/** A text file that is kept in step with the person's state: what other machines write into it is taken over. */
import { randomBytes } from "node:crypto";
import { type FSWatcher, watch } from "node:fs";
import { readFile, realpath, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname } from "node:path";
import * as vscode from "vscode";
import { sentence, UserError } from "../../base/report.ts";
import type { ArchiveWorker } from "../archives/archiveWorker.ts";
import type { Commands } from "../commands.ts";
import type { EditorLog } from "../log.ts";
import type { Settings } from "../settings.ts";

/** After a mark the file is written so much later: whoever reads on makes one mark after the other. In milliseconds. */
const WRITE_MS = 3000;
/** Whoever writes the file does so in several strokes; in milliseconds. */
const READ_MS = 250;

interface Parts {
  worker: Pick<ArchiveWorker, "on" | "request">;
  settings: Settings;
  commands: Commands;
  log: EditorLog;
}

/** What stands in the file; "" where there is none. */
async function textIn(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}

/** Puts the text into the file, whole or not at all; a link to it stays one. */
async function replace(path: string, text: string): Promise<void> {
  const target = await realpath(path).catch(() => path);
  const beside = `${target}.${randomBytes(4).toString("hex")}.tmp`;
  try {
    await writeFile(beside, text);
    await rename(beside, target);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}

export function openStateFile({ worker, settings, commands, log }: Parts): vscode.Disposable {
  /** What it held when it was looked at last: that is in the state. */
  let known: string | undefined;
  /** It is somebody else's or cannot be used: it is left alone until it is another one, or is changed. */
  let isRefused = false;
  let turn: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  let watcher: FSWatcher | undefined;

  const step = async (): Promise<void> => {
    const path = settings.stateFile();
    if (path === undefined || isRefused) return;
    try {
      const text = await textIn(path);
      if (text !== "" && text !== known) await worker.request("importState", { text });
      known = text;
      const now = await worker.request("exportState", null);
      if (now === text) return;
      await replace(path, now);
      known = now;
    } catch (error) {
      isRefused = true;
      const { code } = error as NodeJS.ErrnoException;
      if (code === undefined) throw error;
      throw new UserError(
        `The state file ${path} cannot be kept in step: ${sentence(error)}`,
        "Name another one in the setting kernelMail.state.file.",
      );
    }
  };

  const soon = (ms: number) => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      turn = turn
        .then(() => step())
        .catch((error: unknown) => commands.tell(error, "keep the state file in step"));
    }, ms);
  };

  const changed = () => {
    isRefused = false;
    soon(READ_MS);
  };

  const follow = () => {
    watcher?.close();
    watcher = undefined;
    known = undefined;
    const path = settings.stateFile();
    if (path === undefined) return;
    changed();
    try {
      watcher = watch(dirname(path), { persistent: false }, (_, name) => {
        if (name === null || name === basename(path)) changed();
      });
      watcher.on("error", () => watcher?.close());
    } catch (error) {
      // Coming back to the window looks at it too.
      log.info(`${path} is not watched: ${sentence(error)}`);
    }
  };
  follow();

  const unhear = worker.on("marked", () => {
    if (settings.stateFile() !== undefined) soon(WRITE_MS);
  });
  const listeners = [
    settings.onDidChange(["state.file"], follow),
    vscode.window.onDidChangeWindowState(({ focused }) => {
      if (focused && settings.stateFile() !== undefined) soon(READ_MS);
    }),
  ];
  return {
    dispose: () => {
      clearTimeout(timer);
      watcher?.close();
      unhear();
      vscode.Disposable.from(...listeners).dispose();
    },
  };
}
