/** Followed threads that no mirror keeps fresh: asked of the servers again, once the person has said that they may be. */
import * as vscode from "vscode";
import type { ThreadRow } from "../../archive/remote.ts";
import { isUserError, sentence } from "../../base/report.ts";
import type { EditorLog } from "../log.ts";
import type { Settings } from "../settings.ts";
import type { Archive } from "./archiveWorker.ts";
import type { Servers } from "./servers.ts";

interface FollowedParts {
  archive: Archive;
  settings: Settings;
  servers: Servers;
  log: EditorLog;
  /** Remembers that the person was asked. */
  memory: vscode.Memento;
  /** Messages that the person has answered by mails which no archive shows yet: who answers in a thread follows it. */
  answered: () => Promise<string[]>;
}

export interface FollowedThreads extends vscode.Disposable {
  /** A thread is followed now. The first time it is asked whether such threads may be kept fresh. */
  begun(): Promise<void>;
  /**
   * Asks for what is new in them, as the settings allow. The schedule leaves a thread alone that was asked for within
   * `withinMs`, asks for a quiet one ever more seldom, and only logs that a server fails. Asked by the person it throws
   * what the first server that fails says.
   */
  refresh(why: "asked" | { withinMs: number }): Promise<void>;
}

const ASKED = "followedThreadsAsked";
/** A thread without a word for so long is over, in milliseconds. */
const OVER_MS = 30 * 86_400_000;
/** Threads of one check, newest activity first: each is a whole thread to be sent. */
const MOST = 25;
/** A thread that was asked for within this was asked for just now, in milliseconds. */
const JUST_MS = 1000;
/** The schedule waits this part of a thread's silence before it asks again. */
const PATIENCE = 1 / 20;

export function openFollowedThreads(parts: FollowedParts): FollowedThreads {
  const { archive, settings, servers, log, memory, answered } = parts;
  const askedMs = new Map<string, number>();
  const closing = new AbortController();

  const followedIn = async (source?: string): Promise<ThreadRow[]> => {
    const where = source === undefined ? {} : { source };
    return (await archive.request("threads", { query: "is:followed", limit: 4 * MOST, ...where })).threads;
  };

  /** Followed threads with life in them that no mirror has: a mirror brings its news by itself. */
  const wanted = async (): Promise<ThreadRow[]> => {
    const archives = await archive.request("archives", null);
    const mirrors = archives.filter(
      ({ format }) => format === "v1" || format === "v2" || format === "inboxes",
    );
    const mirrored = await Promise.all(mirrors.map(({ source }) => followedIn(source)));
    const left = new Set(mirrored.flat().map(({ thread }) => thread));
    const now = Date.now();
    return (await followedIn())
      .filter(({ thread, lastMs }) => !left.has(thread) && now - lastMs < OVER_MS)
      .slice(0, MOST);
  };

  /** A message of the thread that is there: no server may have one that is missing here. */
  const heldOf = async ({ thread }: ThreadRow): Promise<string> => {
    const nodes = (await archive.request("thread", { messageId: thread }))?.nodes ?? [];
    return nodes.find(({ missing }) => !missing)?.messageId ?? thread;
  };

  const ask = async (why: "asked" | { withinMs: number }): Promise<void> => {
    if (settings.followedThreads() !== "always" || !servers.mayAsk()) return;
    for (const row of await wanted()) {
      const now = Date.now();
      const since = now - (askedMs.get(row.thread) ?? 0);
      if (why !== "asked" && since < Math.max(why.withinMs, (now - row.lastMs) * PATIENCE)) continue;
      askedMs.set(row.thread, now);
      await servers.fetchThread(await heldOf(row), undefined, closing.signal);
    }
    for (const messageId of (await answered()).slice(-MOST)) {
      const thread = (await archive.request("thread", { messageId }))?.row.thread ?? messageId;
      const now = Date.now();
      if (now - (askedMs.get(thread) ?? 0) < (why === "asked" ? JUST_MS : why.withinMs)) continue;
      askedMs.set(thread, now);
      await servers.fetchThread(messageId, undefined, closing.signal);
    }
  };

  const refresh: FollowedThreads["refresh"] = async (why) => {
    try {
      await ask(why);
    } catch (error) {
      if (why === "asked" || !isUserError(error)) throw error;
      log.warn(`followed threads: ${sentence(error)}`);
    }
  };

  return {
    refresh,
    begun: async () => {
      if (settings.followedThreads() !== "ask" || !servers.mayAsk() || memory.get(ASKED) === true) return;
      await memory.update(ASKED, true);
      const question = `Keep the threads that you follow fresh from ${servers.names()}? They are asked for with Check for New Mail, and by the schedule where you have set one.`;
      const choice = await vscode.window.showInformationMessage(question, "Keep Fresh", "Never");
      if (choice === undefined) return;
      await settings.setFollowedThreads(choice === "Keep Fresh" ? "always" : "never");
      await refresh("asked");
    },
    dispose: () => closing.abort(),
  };
}
