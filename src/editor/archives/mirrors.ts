/** Mirrors of lists: cloned from a server, newest epoch first, older ones on request, and kept fresh. */
import * as vscode from "vscode";
import { UserError } from "../../base/report.ts";
import { type InboxListing, inboxes } from "../../sources/lore.ts";
import {
  adoptEpoch,
  cloneEpoch,
  type EpochOrigin,
  epochOrigins,
  fetchEpoch,
  fetchedMs,
  fetchRewritten,
  inboxAddress,
  isGrokmirrors,
} from "../../sources/mirror.ts";
import type { Server } from "../../sources/server.ts";
import type { SourceSpec } from "../../sources/source.ts";
import type { Commands } from "../commands.ts";
import { count } from "../counts.ts";
import type { EditorLog } from "../log.ts";
import { archiveName, type Settings } from "../settings.ts";
import { isElement } from "../tree/threadElements.ts";
import { type Epoch, openMirrorChoice } from "./mirrorChoice.ts";
import { asking, cannotAsk, type Servers } from "./servers.ts";
import type { Sync } from "./sync.ts";

interface MirrorParts {
  commands: Commands;
  settings: Settings;
  servers: Servers;
  sync: Sync;
  log: EditorLog;
  /** Remembers which mirrors of their own a person wants to be left alone. */
  memory: vscode.Memento;
}

export interface Mirrors extends vscode.Disposable {
  /**
   * Fetches what is new into the mirrors among these archives that Kernel Mail made or may fetch into, and epochs that
   * have begun since. With a person asking, failures are told, and of a single mirror that the person cloned it is asked
   * whether it may be fetched into. By the schedule, what was fetched within `withinMs` (by another window, say) is
   * left alone.
   */
  refresh(specs: readonly SourceSpec[], why: "asked" | { withinMs: number }): Promise<void>;
}

/** A list to be mirrored, and which of its epochs. */
interface Wish {
  server: Server;
  name: string;
  /** Newest first. */
  epochs: Epoch[];
  folder: string;
}

const LEFT_ALONE = "mirrorsLeftAlone";

export function openMirrors({ commands, settings, servers, sync, log, memory }: MirrorParts): Mirrors {
  const choose = openMirrorChoice(settings, servers);
  /** Ends with the window: git goes, and half an epoch with it. */
  const closing = new AbortController();

  const gitOptions = (signal: AbortSignal) => {
    const proxy = settings.proxy();
    return { git: settings.git(), signal, ...(proxy === undefined ? {} : { proxy }) };
  };

  /** Clones epochs one after the other, each with a notification that can cancel it and all behind it. */
  const cloneAll = async (
    { server, name, epochs, folder }: Wish,
    taken: () => Promise<unknown>,
  ): Promise<void> => {
    for (const [at, { number, path }] of epochs.entries()) {
      const url = new URL(`/${path}`, server.base).href;
      const words =
        epochs.length === 1 ? `epoch ${number}` : `epoch ${number}, ${at + 1} of ${epochs.length}`;
      await asking(`Mirroring ${name}: ${words}`, async (signal, report) => {
        let before = 0;
        await cloneEpoch(url, folder, number, {
          ...gitOptions(AbortSignal.any([signal, closing.signal])),
          progress: (percent) => {
            report.report({ increment: Math.max(0, percent - before), message: `${percent} %` });
            before = percent;
          },
        });
      });
      await taken();
    }
  };

  /** Clones what was wished for and shows each epoch in the tree as soon as it is there. */
  const mirror = async (wish: Wish): Promise<void> => {
    const { name, folder, epochs } = wish;
    await cloneAll(wish, async () => {
      const spec = settings.archives().find((one) => one.path === folder);
      if (spec !== undefined) return await sync.updateOne(spec);
      await settings.addArchive({ path: folder, name });
      return await vscode.commands.executeCommand("kernelMail.threads.focus");
    });
    vscode.window.setStatusBarMessage(`${name}: ${count(epochs.length, "epoch")} mirrored`, 5000);
  };

  commands.register("kernelMail.mirrorList", async () => {
    const server = await choose.server();
    const listing = server === undefined ? undefined : await choose.list(server);
    if (server === undefined || listing === undefined) return;
    const name = listing.path.split("/").at(-1) ?? listing.path;
    const epochs = await choose.epochs(server, listing.epochs.toReversed(), `Mirror ${name}`);
    const folder = epochs === undefined ? undefined : await choose.folder(name);
    if (epochs === undefined || folder === undefined) return;
    await mirror({ server, name, epochs, folder });
  });

  /** What the server has of the inbox that a mirror came from. */
  const listingOf = async (
    url: string,
    signal: AbortSignal,
  ): Promise<{ server: Server; listing: InboxListing }> => {
    const server = servers.at(inboxAddress(url));
    const found = await inboxes(server, signal);
    const path = new URL(server.base).pathname.replace(/^\/|\/$/g, "");
    const listing = found.find((one) => one.path === path) ?? found[0];
    if (listing === undefined) {
      throw new UserError(`${server.name} says nothing of the epochs of ${path}.`, "Try again later.");
    }
    return { server, listing };
  };

  commands.register("kernelMail.fetchOlderEpochs", async (argument) => {
    if (!isElement(argument) || argument.kind !== "archive") return;
    if (!servers.mayAsk()) throw cannotAsk();
    const { path } = argument.spec;
    const name = archiveName(argument.spec);
    const origins = await epochOrigins(path, settings.git());
    const [oldest] = origins;
    if (oldest === undefined) {
      throw new UserError(
        `“${name}” does not say which server it came from.`,
        "Only mirrors that were cloned from a web address can be added to.",
      );
    }
    const { server, listing } = await asking(`Asking ${new URL(oldest.url).host} for its epochs`, (signal) =>
      listingOf(oldest.url, signal),
    );
    const held = new Set(origins.map(({ number }) => number));
    const missing = listing.epochs.filter(({ number }) => !held.has(number)).toReversed();
    if (missing.length === 0) {
      void vscode.window.showInformationMessage(`“${name}” has every epoch of the server.`);
      return;
    }
    const epochs = await choose.epochs(server, missing, `Older Epochs of ${name}`);
    if (epochs !== undefined) await mirror({ server, name, epochs, folder: path });
  });

  /** Whether a mirror that the person cloned may be fetched into: asked once. */
  const mayAdopt = async (spec: SourceSpec, newest: EpochOrigin): Promise<boolean> => {
    const alone = memory.get<string[]>(LEFT_ALONE, []);
    if (alone.includes(spec.path)) return false;
    const question = `“${archiveName(spec)}” was cloned from ${new URL(newest.url).host}. May Kernel Mail fetch new mail into it?`;
    const choice = await vscode.window.showInformationMessage(question, "Fetch", "Only Read It");
    if (choice === "Fetch") await adoptEpoch(newest.directory, settings.git());
    if (choice === "Only Read It") await memory.update(LEFT_ALONE, [...alone, spec.path]);
    return choice === "Fetch";
  };

  const refreshOne = async (spec: SourceSpec, mayAskOf: boolean, withinMs: number): Promise<void> => {
    const origins = await epochOrigins(spec.path, settings.git());
    const newest = origins.at(-1);
    if (newest === undefined || isGrokmirrors(newest.directory)) return;
    const isOurs = origins.some((origin) => origin.isOurs);
    if (!isOurs && !(mayAskOf && (await mayAdopt(spec, newest)))) return;
    if (Date.now() - fetchedMs(newest.directory) < withinMs) return;
    await fetchEpoch(newest.directory, gitOptions(closing.signal));
    const { server, listing } = await listingOf(newest.url, closing.signal);
    for (const origin of origins.slice(0, -1)) {
      const said = listing.epochs.find(({ number }) => number === origin.number)?.fingerprint;
      if (said !== undefined) await fetchRewritten(origin, said, gitOptions(closing.signal));
    }
    const begun = listing.epochs.filter(({ number }) => number > newest.number);
    const wish = { server, name: archiveName(spec), epochs: begun, folder: spec.path };
    await cloneAll(wish, async () => undefined);
  };

  return {
    refresh: async (specs, why) => {
      if (settings.network() === "never") return;
      const isAsked = why === "asked";
      const fetching = (async () => {
        for (const spec of specs) {
          try {
            await refreshOne(spec, isAsked && specs.length === 1, isAsked ? 0 : why.withinMs);
          } catch (error) {
            // One server that is away keeps none of the others from being asked, and nothing from being read.
            if (isAsked) commands.tell(error, "fetch new mail");
            else log.warn(`${spec.path}: ${error instanceof Error ? error.message : error}`);
          }
        }
      })();
      await vscode.window.withProgress(
        { location: vscode.ProgressLocation.Window, title: "Kernel Mail: fetching new mail" },
        () => fetching,
      );
    },
    dispose: () => closing.abort(),
  };
}
