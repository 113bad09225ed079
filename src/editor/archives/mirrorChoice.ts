/** What a person wants mirrored: the server, the list, how many of its epochs, and the folder for them. */
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import * as vscode from "vscode";
import { type InboxListing, inboxes, repositorySize } from "../../sources/lore.ts";
import type { Server } from "../../sources/server.ts";
import { count } from "../counts.ts";
import type { Settings } from "../settings.ts";
import { asking, cannotAsk, type Servers } from "./servers.ts";

export type Epoch = InboxListing["epochs"][number];

/** Each asks the person, and is undefined when they give up. */
export interface MirrorChoice {
  /** One of the settings; asked only when there are several. Throws a UserError when none may be asked. */
  server(): Promise<Server | undefined>;
  list(server: Server): Promise<InboxListing | undefined>;
  /** How many of these epochs, which are newest first, with their sizes. */
  epochs(server: Server, epochs: readonly Epoch[], title: string): Promise<Epoch[] | undefined>;
  folder(name: string): Promise<string | undefined>;
}

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

export function openMirrorChoice(settings: Settings, servers: Servers): MirrorChoice {
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

  return {
    server: async () => {
      const bases = settings.servers();
      if (!servers.mayAsk()) throw cannotAsk();
      const [only, ...more] = bases;
      if (more.length === 0) return only === undefined ? undefined : servers.at(only);
      const choice = await vscode.window.showQuickPick(bases, {
        title: "Mirror a List",
        placeHolder: "Which server?",
      });
      return choice === undefined ? undefined : servers.at(choice);
    },

    list: async (server) => {
      const listings = await asking(`Asking ${server.name} for its lists`, (signal) =>
        inboxes(server, signal),
      );
      const items = listings.map((listing) => {
        const newest = day(listing.epochs.at(-1)?.modifiedMs ?? 0);
        const words = [
          count(listing.epochs.length, "epoch"),
          ...(newest === "" ? [] : [`newest mail ${newest}`]),
        ];
        const { path: label, description } = listing;
        return { label, description, detail: words.join(", "), listing };
      });
      const options = {
        title: `Mirror a List of ${server.name}`,
        placeHolder: "Which list?",
        matchOnDescription: true,
      };
      return (await vscode.window.showQuickPick(items, options))?.listing;
    },

    epochs: async (server, epochs, title) => {
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
    },

    folder: async (name) => {
      const usual = join(homedir(), "lore", name);
      const detail = existsSync(usual) ? "Goes on with the mirror that is there" : "A new folder";
      const here = { label: usual, detail };
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
    },
  };
}
