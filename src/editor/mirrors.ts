/** Mirrors of lists: cloned from a server's list, newest epoch first, older ones on request, and kept fresh. */
import { homedir } from "node:os";
import { join } from "node:path";
import * as vscode from "vscode";
import { UserError } from "../base/report.ts";
import { type InboxListing, inboxes, repositorySize } from "../sources/lore.ts";
import {
  adoptEpoch,
  cloneEpoch,
  type EpochOrigin,
  epochOrigins,
  fetchEpoch,
  inboxAddress,
  isGrokmirrors,
} from "../sources/mirror.ts";
import type { Server } from "../sources/server.ts";
import type { SourceSpec } from "../sources/source.ts";
import type { Commands } from "./commands.ts";
import { count } from "./counts.ts";
import type { EditorLog } from "./log.ts";
import { asking, type Servers } from "./servers.ts";
import { archiveName, type Settings } from "./settings.ts";
import type { Sync } from "./sync.ts";
import { isElement } from "./threadElements.ts";

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
   * have begun since. `isAsked`: failures are told; of a single mirror that the person cloned, it is asked whether it
   * may be fetched into.
   */
  refresh(specs: readonly SourceSpec[], isAsked: boolean): Promise<void>;
}

type Epoch = InboxListing["epochs"][number];

/** A list to be mirrored, and which of its epochs. */
interface Wish {
  server: Server;
  listing: InboxListing;
  /** Newest first. */
  epochs: Epoch[];
  folder: string;
}

const LEFT_ALONE = "mirrorsLeftAlone";

/** Epochs whose size is asked for: each is two small questions. */
const SIZES = 12;

/** "1.2 GB", "340 MB". */
export function sizeWords(bytes: number | undefined): string {
  if (bytes === undefined) return "size not told by the server";
  const megabytes = bytes / 1e6;
  return megabytes >= 1000
    ? `${(megabytes / 1000).toFixed(1)} GB`
    : `${Math.max(1, Math.round(megabytes))} MB`;
}

const day = (ms: number): string => (ms === 0 ? "" : new Date(ms).toISOString().slice(0, 10));

const cannotAsk = (): UserError =>
  new UserError(
    "The settings say that no server is asked.",
    "Change kernelMail.network.mode or kernelMail.servers, and try again.",
  );

export function openMirrors({ commands, settings, servers, sync, log, memory }: MirrorParts): Mirrors {
  /** Clones epochs, each shown in the tree as soon as it is there. */
  const clone = async ({ server, listing, epochs, folder }: Wish): Promise<void> => {
    const name = listing.path.split("/").at(-1) ?? listing.path;
    for (const [at, { number, path }] of epochs.entries()) {
      const url = new URL(`/${path}`, server.base).href;
      const words =
        epochs.length === 1 ? `epoch ${number}` : `epoch ${number}, ${at + 1} of ${epochs.length}`;
      await cloneShown(`Mirroring ${name}: ${words}`, url, folder, number);
      const spec = settings.archives().find((one) => one.path === folder);
      if (spec === undefined) {
        await settings.addArchive({ path: folder, name });
        await vscode.commands.executeCommand("kernelMail.threads.focus");
      } else await sync.updateOne(spec);
    }
    vscode.window.setStatusBarMessage(`${name}: ${count(epochs.length, "epoch")} mirrored`, 5000);
  };

  const cloneShown = async (title: string, url: string, folder: string, number: number): Promise<void> => {
    await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title, cancellable: true },
      async (report, token) => {
        const controller = new AbortController();
        token.onCancellationRequested(() => controller.abort());
        let before = 0;
        await cloneEpoch(url, folder, number, {
          ...gitOptions(controller.signal),
          progress: (percent) => {
            report.report({ increment: Math.max(0, percent - before), message: `${percent} %` });
            before = percent;
          },
        });
      },
    );
  };

  const gitOptions = (signal: AbortSignal) => {
    const proxy = settings.proxy();
    return { git: settings.git(), signal, ...(proxy === undefined ? {} : { proxy }) };
  };

  const chooseServer = async (): Promise<Server | undefined> => {
    const bases = settings.servers();
    if (!servers.mayAsk()) throw cannotAsk();
    const [only, ...more] = bases;
    if (more.length === 0) return only === undefined ? undefined : servers.at(only);
    const choice = await vscode.window.showQuickPick(bases, {
      title: "Mirror a List",
      placeHolder: "Which server?",
    });
    return choice === undefined ? undefined : servers.at(choice);
  };

  const chooseList = async (server: Server): Promise<InboxListing | undefined> => {
    const listings = await asking(`Asking ${server.name} for its lists`, (signal) => inboxes(server, signal));
    const items = listings.map((listing) => ({
      label: listing.path,
      description: listing.description,
      detail: [
        count(listing.epochs.length, "epoch"),
        day(listing.epochs.at(-1)?.modifiedMs ?? 0) &&
          `newest mail ${day(listing.epochs.at(-1)?.modifiedMs ?? 0)}`,
      ]
        .filter(Boolean)
        .join(", "),
      listing,
    }));
    const options = {
      title: `Mirror a List of ${server.name}`,
      placeHolder: "Which list?",
      matchOnDescription: true,
    };
    return (await vscode.window.showQuickPick(items, options))?.listing;
  };

  const sizesOf = async (
    server: Server,
    epochs: readonly Epoch[],
  ): Promise<Map<number, number | undefined>> => {
    const root = servers.at(new URL("/", server.base).href);
    const asked = epochs.slice(0, SIZES);
    const sizes = await asking(`Asking ${server.name} for sizes`, (signal) =>
      Promise.all(asked.map(({ path }) => repositorySize(root, path, signal))),
    );
    return new Map(asked.map(({ number }, at) => [number, sizes[at]]));
  };

  /** How many of these epochs, which are newest first; undefined when the person gives up. */
  const chooseEpochs = async (
    server: Server,
    epochs: readonly Epoch[],
    title: string,
  ): Promise<Epoch[] | undefined> => {
    const sizes = await sizesOf(server, epochs);
    const items = epochs.map((epoch, at) => {
      const chosen = epochs.slice(0, at + 1);
      const known = chosen.map(({ number }) => sizes.get(number));
      const sum = known.some((size) => size === undefined)
        ? undefined
        : known.reduce<number>((all, size) => all + (size ?? 0), 0);
      const label = at === 0 ? `Epoch ${epoch.number}` : `Epochs ${epoch.number} to ${epochs[0]?.number}`;
      return {
        label,
        description: sizeWords(sum),
        detail:
          at === 0
            ? "The newest mail; older epochs can be fetched later"
            : `${count(at + 1, "epoch")}, newest first`,
        chosen,
      };
    });
    return (await vscode.window.showQuickPick(items, { title, placeHolder: "How much of it?" }))?.chosen;
  };

  const chooseFolder = async (name: string): Promise<string | undefined> => {
    const usual = join(homedir(), "lore", name);
    const here = { label: usual, detail: "A mirror that is there already is gone on with" };
    const other = { label: "$(folder) Choose Another Folder..." };
    const choice = await vscode.window.showQuickPick([here, other], {
      title: `Mirror ${name}`,
      placeHolder: "Where to?",
    });
    if (choice !== other) return choice?.label;
    const [uri] =
      (await vscode.window.showOpenDialog({
        title: `Folder for ${name}`,
        canSelectFolders: true,
        canSelectFiles: false,
        openLabel: "Mirror Here",
      })) ?? [];
    return uri === undefined ? undefined : join(uri.fsPath, name);
  };

  commands.register("kernelMail.mirrorList", async () => {
    const server = await chooseServer();
    const listing = server === undefined ? undefined : await chooseList(server);
    if (server === undefined || listing === undefined) return;
    const name = listing.path.split("/").at(-1) ?? listing.path;
    const epochs = await chooseEpochs(server, listing.epochs.toReversed(), `Mirror ${name}`);
    const folder = epochs === undefined ? undefined : await chooseFolder(name);
    if (epochs === undefined || folder === undefined) return;
    await clone({ server, listing, epochs, folder });
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
    const origins = await epochOrigins(path, settings.git());
    const [oldest] = origins;
    if (oldest === undefined) {
      throw new UserError(
        `“${archiveName(argument.spec)}” does not say which server it came from.`,
        "Only mirrors that were cloned from a web address can be added to.",
      );
    }
    const { server, listing } = await asking(`Asking ${new URL(oldest.url).host} for its epochs`, (signal) =>
      listingOf(oldest.url, signal),
    );
    const held = new Set(origins.map(({ number }) => number));
    const missing = listing.epochs.filter(({ number }) => !held.has(number)).toReversed();
    if (missing.length === 0) {
      void vscode.window.showInformationMessage(
        `“${archiveName(argument.spec)}” has every epoch of the server.`,
      );
      return;
    }
    const epochs = await chooseEpochs(server, missing, `Older Epochs of ${archiveName(argument.spec)}`);
    if (epochs !== undefined) await clone({ server, listing, epochs, folder: path });
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

  const refreshOne = async (spec: SourceSpec, mayAskOf: boolean, signal: AbortSignal): Promise<void> => {
    const origins = await epochOrigins(spec.path, settings.git());
    const newest = origins.at(-1);
    if (newest === undefined || isGrokmirrors(newest.directory)) return;
    const isOurs = origins.some((origin) => origin.isOurs);
    if (!isOurs && !(mayAskOf && (await mayAdopt(spec, newest)))) return;
    const options = gitOptions(signal);
    await fetchEpoch(newest.directory, options);
    const { server, listing } = await listingOf(newest.url, signal);
    for (const { number, path } of listing.epochs) {
      if (number <= newest.number) continue;
      const url = new URL(`/${path}`, server.base).href;
      await cloneEpoch(url, spec.path, number, options);
    }
  };

  const refresh = async (specs: readonly SourceSpec[], isAsked: boolean): Promise<void> => {
    if (settings.network() === "never") return;
    const stop = new AbortController();
    const fetching = (async () => {
      for (const spec of specs) {
        try {
          await refreshOne(spec, isAsked && specs.length === 1, stop.signal);
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
  };

  /** The schedule, under "automatic" alone. */
  let timer: NodeJS.Timeout | undefined;
  const schedule = () => {
    clearInterval(timer);
    const minutes = settings.updateMinutes();
    if (minutes === 0 || settings.network() !== "automatic") return;
    timer = setInterval(() => {
      commands.attempt("fetch new mail", async () => {
        await refresh(settings.archives(), false);
        await sync.update();
      });
    }, minutes * 60_000);
  };
  schedule();
  const changes = settings.onDidChange(["update.minutes", "network.mode"], schedule);

  return {
    refresh,
    dispose: () => {
      clearInterval(timer);
      changes.dispose();
    },
  };
}
