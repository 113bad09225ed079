/** Notices that archives change on disk, by watching few folders; where that fails, the next look finds it. */
import { type FSWatcher, watch } from "node:fs";
import { basename } from "node:path";
import type * as vscode from "vscode";
import { isAbort } from "../../base/channel.ts";
import { sentence } from "../../base/report.ts";
import type { WatchedFolder } from "../../sources/watched.ts";
import type { EditorLog } from "../log.ts";

interface WatchParts {
  /** The folders in which a change of this archive shows. */
  foldersOf: (source: string) => Promise<WatchedFolder[]>;
  /** Archives that have changed, at most once a second. */
  changed: (sources: string[]) => void;
  /** While true, changes are gathered and not told. */
  isBusy: () => boolean;
  log: EditorLog;
}

export interface ArchiveWatch extends vscode.Disposable {
  /** Watches none but these archives from now on. */
  keepOnly(sources: Iterable<string>): void;
  /**
   * Watches what this archive consists of now, after it was read. What changed between the reading and the watching
   * is unknown: an archive of which something is watched for the first time is told as changed.
   */
  follow(source: string): Promise<void>;
}

/** Whoever writes does so in several strokes; this long after the first one they are told, in milliseconds. */
const SETTLE_MS = 250;
const APART_MS = 1000;

const keyOf = (one: WatchedFolder): string => JSON.stringify(one);

/** Files that only say that something is about to be written. */
const isLock = (name: string): boolean => name.endsWith(".lock");

export function openArchiveWatch({ foldersOf, changed, isBusy, log }: WatchParts): ArchiveWatch {
  /** By archive, then by what is watched. */
  const watchers = new Map<string, Map<string, FSWatcher>>();
  const touched = new Set<string>();
  const refused = new Set<string>();
  let kept: ReadonlySet<string> = new Set();
  let timer: NodeJS.Timeout | undefined;
  let toldMs = Number.NEGATIVE_INFINITY;
  let isDisposed = false;

  const arm = () => {
    timer ??= setTimeout(tell, Math.max(SETTLE_MS, toldMs + APART_MS - performance.now()));
  };
  const tell = () => {
    timer = undefined;
    toldMs = performance.now();
    if (isBusy()) {
      arm();
      return;
    }
    const sources = [...touched].filter((source) => watchers.has(source));
    touched.clear();
    if (sources.length > 0) changed(sources);
  };
  const touch = (source: string) => {
    touched.add(source);
    arm();
  };

  /** Says once of an archive why it is not watched. */
  const refuse = (source: string, error: unknown) => {
    if (refused.has(source)) return;
    refused.add(source);
    log.info(`${source} is not watched for new mail, but looked at now and then: ${sentence(error)}`);
  };

  const watchFolder = (source: string, one: WatchedFolder): FSWatcher | undefined => {
    const { folder, names } = one;
    const end = () => {
      watcher.close();
      watchers.get(source)?.delete(keyOf(one));
    };
    let watcher: FSWatcher;
    try {
      watcher = watch(folder, { persistent: false }, (event, name) => {
        // Its own name: the folder itself has gone or was moved, and what comes in its place is not watched.
        const isItself = event === "rename" && name === basename(folder);
        if (isItself) end();
        if (isItself || name === null || (names === undefined ? !isLock(name) : names.includes(name)))
          touch(source);
      });
      watcher.on("error", (error) => {
        end();
        refuse(source, error);
      });
      return watcher;
    } catch (error) {
      refuse(source, error);
      return undefined;
    }
  };

  const close = (source: string) => {
    for (const watcher of watchers.get(source)?.values() ?? []) watcher.close();
    watchers.delete(source);
  };

  return {
    keepOnly: (sources) => {
      kept = new Set(sources);
      for (const source of [...watchers.keys()]) if (!kept.has(source)) close(source);
    },
    follow: async (source) => {
      let folders: WatchedFolder[];
      try {
        folders = await foldersOf(source);
      } catch (error) {
        // An archive that cannot be read has said so by itself.
        if (!isAbort(error)) refuse(source, error);
        folders = [];
      }
      if (isDisposed || !kept.has(source)) return;
      const before = watchers.get(source) ?? new Map<string, FSWatcher>();
      const now = new Map<string, FSWatcher>();
      let isNew = false;
      for (const one of folders) {
        const key = keyOf(one);
        const watcher = before.get(key) ?? watchFolder(source, one);
        if (watcher === undefined) continue;
        now.set(key, watcher);
        isNew ||= !before.has(key);
      }
      for (const [key, watcher] of before) if (!now.has(key)) watcher.close();
      watchers.set(source, now);
      if (isNew && !refused.has(source)) touch(source);
    },
    dispose: () => {
      isDisposed = true;
      clearTimeout(timer);
      for (const source of [...watchers.keys()]) close(source);
    },
  };
}
