/** The public-inbox servers of the settings: asked only when the person's act or settings say so, and what they send. */
import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import type { Received } from "../../archive/remote.ts";
import { abortError, isAbort } from "../../base/channel.ts";
import { isUserError, UserError } from "../../base/report.ts";
import { message, type SentMail, thread } from "../../sources/lore.ts";
import { Server } from "../../sources/server.ts";
import type { SourceSpec } from "../../sources/source.ts";
import type { Settings } from "../settings.ts";
import type { Archive } from "./archiveWorker.ts";
import type { Sync } from "./sync.ts";

export interface Servers {
  /** An act of the person may ask a server (`network.mode` is not "never", and there are servers). */
  mayAsk(): boolean;
  /** What the servers are called, for sentences: "lore.kernel.org and 2 more". */
  names(): string;
  /** The one object for a server, so that every question to it waits its turn. */
  at(base: string): Server;
  /**
   * Brings the thread of a message into the cache, or the message where a server knows no threads, from the first server
   * that has it. False when none has it. Throws the first failure when no server answered with all of it and not all of
   * them lacked it; the message may have come then.
   * @param written a link to it, whose server is asked first when it is one of the settings
   */
  fetchThread(messageId: string, written: string | undefined, signal: AbortSignal): Promise<boolean>;
  /** Takes what a server sends into the cache and the index; the ids that came. */
  receive(sent: SentMail, signal: AbortSignal): Promise<string[]>;
}

interface ServerParts {
  archive: Archive;
  settings: Settings;
  sync: Sync;
  /** The archive of what was fetched. */
  opened: SourceSpec;
  userAgent: string;
}

const MEGABYTE = 1 << 20;

/** The archive of threads that were fetched because a link led there. */
export const openedArchive = (storage: string): SourceSpec => ({
  path: join(storage, "opened"),
  name: "Opened",
  kind: "maildir",
  passing: true,
});

export function openServers({ archive, settings, sync, opened, userAgent }: ServerParts): Servers {
  const known = new Map<string, Server>();
  const under = new Map<string, Promise<boolean>>();

  const at = (base: string): Server => {
    const server = known.get(base) ?? new Server(base, { userAgent });
    known.set(base, server);
    return server;
  };

  const bases = (): string[] => [
    ...new Set([...settings.servers(), ...settings.remotes().map(({ url }) => url)]),
  ];

  /** The servers of the settings; the one that a link leads to first. */
  const inOrder = (written: string | undefined): Server[] => {
    const servers = bases().map(at);
    const host = written !== undefined && URL.canParse(written) ? new URL(written).host : undefined;
    const fits = ({ base, name }: Server): number => (written?.startsWith(base) ? 2 : Number(name === host));
    return servers.toSorted((one, other) => fits(other) - fits(one));
  };

  const receive = async ({ url, pieces }: SentMail, signal: AbortSignal): Promise<string[]> => {
    const transfer = randomUUID();
    mkdirSync(opened.path, { recursive: true });
    const take = (piece?: Uint8Array | "cancel") =>
      archive.request("receive", {
        transfer,
        folder: opened.path,
        ...(piece === undefined ? {} : { piece }),
      });
    let broken: unknown;
    let received: Received | null = null;
    try {
      for await (const piece of pieces) {
        if (signal.aborted) throw abortError();
        received = await take(piece);
        if (received !== null) break;
      }
    } catch (error) {
      broken = error;
    }
    received ??= await take(isAbort(broken) ? "cancel" : undefined);
    await archive.request("prune", { folder: opened.path, bytes: settings.cacheMegabytes() * MEGABYTE });
    await sync.readFirst(opened);
    if (broken !== undefined) throw broken;
    if (received?.cut) {
      throw new UserError(
        `The answer of ${new URL(url).host} ended before its end; what came until then is shown.`,
        "Try again.",
      );
    }
    return received?.messageIds ?? [];
  };

  const held = async (messageId: string): Promise<boolean> =>
    (await archive.request("has", { messageIds: [messageId] }))[0] === true;

  const fetchFrom = async (
    server: Server,
    messageId: string,
    written: string | undefined,
    signal: AbortSignal,
  ): Promise<boolean> => {
    const alone = () => message(server, messageId, signal, written);
    const sent = (await thread(server, messageId, signal, written)) ?? (await alone());
    if (sent === undefined) return false;
    try {
      await receive(sent, signal);
    } catch (error) {
      // Of a thread that came in part the message itself is wanted most.
      const wanted = isUserError(error) && !(await held(messageId)) ? await alone() : undefined;
      if (wanted !== undefined) await receive(wanted, signal);
      throw error;
    }
    return true;
  };

  const fetchNow = async (
    messageId: string,
    written: string | undefined,
    signal: AbortSignal,
  ): Promise<boolean> => {
    let failure: unknown;
    for (const server of inOrder(written)) {
      try {
        if (await fetchFrom(server, messageId, written, signal)) return true;
      } catch (error) {
        if (!isUserError(error)) throw error;
        failure ??= error;
      }
    }
    if (failure !== undefined) throw failure;
    return false;
  };

  return {
    mayAsk: () => settings.network() !== "never" && bases().length > 0,
    names: () => {
      const [first, ...more] = [...new Set(bases().map((base) => new URL(base).host))];
      return more.length === 0 ? (first ?? "no server") : `${first} and ${more.length} more`;
    },
    at,
    fetchThread: (messageId, written, signal) => {
      // A second click while the first one waits asks nothing new.
      const known = under.get(messageId);
      if (known !== undefined) return known;
      const fetching = fetchNow(messageId, written, signal).finally(() => under.delete(messageId));
      under.set(messageId, fetching);
      return fetching;
    },
    receive,
  };
}

/** What is told when something needs a server and none may be asked. */
export const cannotAsk = (): UserError =>
  new UserError(
    "The settings say that no server is asked.",
    "Change kernelMail.network.mode or kernelMail.servers, and try again.",
  );

/** Tells how far it is, in percent since it last told. */
type Report = vscode.Progress<{ message?: string; increment?: number }>;

/** Does something that asks a server, with a notification that can cancel it. */
export async function asking<T>(
  title: string,
  work: (signal: AbortSignal, report: Report) => Promise<T>,
): Promise<T> {
  return await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (report, token) => {
      const controller = new AbortController();
      const listener = token.onCancellationRequested(() => controller.abort());
      try {
        return await work(controller.signal, report);
      } finally {
        listener.dispose();
      }
    },
  );
}
