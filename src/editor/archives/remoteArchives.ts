/** Archives that stay on their server: pages of threads as the server has them, searched by the server. */
import * as vscode from "vscode";
import { isAbort } from "../../base/channel.ts";
import { isUserError, sentence, UserError } from "../../base/report.ts";
import type { AtomEntry } from "../../sources/atom.ts";
import { type FeedPage, newest, search, searchMail } from "../../sources/lore.ts";
import { serverAddress } from "../../sources/server.ts";
import type { Commands } from "../commands.ts";
import { count } from "../counts.ts";
import type { Follow } from "../links/follow.ts";
import type { Settings } from "../settings.ts";
import {
  isElement,
  type RemoteElement,
  type RemoteRow,
  type RemoteThreadElement,
} from "../tree/threadElements.ts";
import { type FeedThread, threadsOfFeed } from "./feedThreads.ts";
import { asking, cannotAsk, type Servers } from "./servers.ts";

interface RemoteParts {
  commands: Commands;
  settings: Settings;
  servers: Servers;
  follow: Follow;
}

export interface RemoteArchives extends vscode.Disposable {
  readonly onDidChange: vscode.Event<RemoteElement>;
  roots(): RemoteElement[];
  /** What was asked of the server so far; nothing is asked by looking. */
  children(root: RemoteElement): (RemoteRow | RemoteThreadElement)[];
  /** The person has opened its row: what it shows first is asked for. */
  expanded(root: RemoteElement): void;
  /** Adds a list of a server to the settings, after a look at it. */
  add(typed: string): Promise<void>;
  remove(root: RemoteElement): Promise<void>;
  /** Asks anew for what is shown of one, or of all that were asked before. */
  refresh(only?: RemoteElement): Promise<void>;
  /** The same for all that were asked before, by the schedule: nothing but the rows tells of it. */
  refreshQuietly(): Promise<void>;
}

/** What is known of one remote archive. */
interface Known {
  entries: AtomEntry[];
  next?: string;
  /** The query that its rows answer. */
  query?: string;
  problem?: string;
  isAsking: boolean;
  isAsked: boolean;
}

export function openRemoteArchives({ commands, settings, servers, follow }: RemoteParts): RemoteArchives {
  const changed = new vscode.EventEmitter<RemoteElement>();
  const elements = new Map<string, RemoteElement>();
  const known = new Map<string, Known>();
  const closing = new AbortController();

  const stateOf = ({ spec }: RemoteElement): Known => {
    const state = known.get(spec.url) ?? { entries: [], isAsking: false, isAsked: false };
    known.set(spec.url, state);
    return state;
  };

  /** What new rows join: behind them older mail follows, before them stands what came meanwhile. */
  const take = (state: Known, page: FeedPage, more: boolean): void => {
    const had = new Set(state.entries.map(({ messageId }) => messageId));
    const fresh = page.entries.filter(({ messageId }) => !had.has(messageId));
    const joins = more || (state.query === undefined && fresh.length < page.entries.length);
    if (!joins) state.entries = page.entries;
    else state.entries = more ? [...state.entries, ...fresh] : [...fresh, ...state.entries];
    if (joins && !more) return;
    delete state.next;
    // A page that brings nothing new would be asked for for ever.
    if (page.next !== undefined && !(more && fresh.length === 0)) state.next = page.next;
  };

  /** Asks for the first page, or with `more` for the next one. */
  const load = async (root: RemoteElement, more: boolean, isQuiet = false): Promise<void> => {
    const state = stateOf(root);
    if (state.isAsking) return;
    if (settings.network() === "never") throw cannotAsk();
    state.isAsking = true;
    state.isAsked = true;
    changed.fire(root);
    const server = servers.at(root.spec.url);
    try {
      const ask = (signal: AbortSignal) => {
        const after = more ? state.next : undefined;
        return state.query === undefined
          ? newest(server, signal, after)
          : search(server, state.query, signal, after);
      };
      const page = isQuiet ? await ask(closing.signal) : await asking(`Asking ${server.name}`, ask);
      take(state, page, more);
      delete state.problem;
    } catch (error) {
      // What was cancelled can be asked for again.
      if (isAbort(error)) state.isAsked = state.entries.length > 0;
      else state.problem = sentence(error);
      throw error;
    } finally {
      state.isAsking = false;
      changed.fire(root);
    }
  };

  /** Looks whether an address leads to a list. */
  const check = async (url: string): Promise<void> => {
    const server = servers.at(url);
    const { entries } = await asking(`Asking ${server.name}`, (signal) => newest(server, signal));
    if (entries.length > 0) return;
    throw new UserError(
      `${url} shows no list of mail.`,
      "Give the address of one list, such as https://lore.kernel.org/linux-clk/.",
    );
  };

  const row = (
    root: RemoteElement,
    icon: RemoteRow["icon"],
    text: string,
    asks?: RemoteRow["asks"],
  ): RemoteRow => ({
    kind: "remoteRow",
    id: `${root.id}\n${icon}`,
    parent: root,
    icon,
    text,
    ...(asks === undefined ? {} : { asks }),
  });

  const threadOf = (root: RemoteElement, { row: thread, via }: FeedThread): RemoteThreadElement => ({
    kind: "remoteThread",
    id: `${root.id}\nthread\n${thread.thread}`,
    parent: root,
    row: thread,
    via,
  });

  const children = (root: RemoteElement): (RemoteRow | RemoteThreadElement)[] => {
    const { entries, next, query, problem, isAsking, isAsked } = stateOf(root);
    const rows: (RemoteRow | RemoteThreadElement)[] = [];
    if (problem !== undefined) rows.push(row(root, "warning", problem));
    else if (query !== undefined) rows.push(row(root, "search", `Found by the server: ${query}`, "found"));
    rows.push(...threadsOfFeed(entries).map((thread) => threadOf(root, thread)));
    if (isAsking) rows.push(row(root, "loading~spin", "Asking the server..."));
    else if (!isAsked) rows.push(row(root, "cloud-download", "Show Newest Threads", "older"));
    else if (next !== undefined) rows.push(row(root, "chevron-down", "Older Threads...", "older"));
    else if (entries.length === 0 && problem === undefined) rows.push(row(root, "info", "Nothing found."));
    return rows;
  };

  const roots = (): RemoteElement[] => {
    const specs = settings.remotes();
    for (const url of elements.keys()) if (!specs.some((spec) => spec.url === url)) elements.delete(url);
    return specs.map((spec) => {
      const element = elements.get(spec.url) ?? { kind: "remote", id: `remote\n${spec.url}`, spec };
      element.spec = spec;
      elements.set(spec.url, element);
      return element;
    });
  };

  /** Those of the settings that the person has looked into. */
  const shown = () => roots().filter((root) => stateOf(root).isAsked);

  const isRemote = (value: unknown): value is RemoteElement => isElement(value) && value.kind === "remote";

  commands.register("kernelMail.olderOnServer", async (argument) => {
    if (!isElement(argument) || argument.kind !== "remoteRow") return;
    const root = argument.parent;
    await load(root, stateOf(root).entries.length > 0);
  });
  commands.register("kernelMail.openRemoteThread", async (argument) => {
    if (!isElement(argument) || argument.kind !== "remoteThread") return;
    const { via, parent } = argument;
    await follow.link({
      kind: "messageId",
      target: via,
      url: `${parent.spec.url}${encodeURIComponent(via)}/`,
    });
  });
  commands.register("kernelMail.searchServer", async (argument) => {
    if (!isRemote(argument)) return;
    const state = stateOf(argument);
    const query = await vscode.window.showInputBox({
      title: `Search ${argument.spec.name}`,
      prompt:
        "In the server's own words: s:subject, f:from, b:body, d:20260101.., dfn:file; empty shows what is new",
      value: state.query ?? "",
    });
    if (query === undefined) return;
    state.entries = [];
    delete state.next;
    if (query.trim() === "") delete state.query;
    else state.query = query.trim();
    await load(argument, false);
  });

  commands.register("kernelMail.keepFound", async (argument) => {
    if (!isElement(argument) || argument.kind !== "remoteRow") return;
    const { query } = stateOf(argument.parent);
    if (query === undefined) return;
    const server = servers.at(argument.parent.spec.url);
    const came = await asking(`Fetching what ${server.name} found`, async (signal) => {
      const sent = await searchMail(server, query, signal);
      return sent === undefined ? [] : await servers.receive(sent, signal);
    });
    vscode.window.setStatusBarMessage(`${count(came.length, "message")} kept`, 5000);
  });

  return {
    onDidChange: changed.event,
    roots,
    children,
    expanded: (root) => {
      if (!stateOf(root).isAsked) commands.attempt("ask the server", () => load(root, false));
    },
    add: async (typed) => {
      const url = serverAddress(typed);
      if (url === undefined) {
        throw new UserError(
          `${typed} is no address of a server.`,
          "Give the address of one list, such as https://lore.kernel.org/linux-clk/.",
        );
      }
      if (settings.network() === "never") throw cannotAsk();
      await check(url);
      if (!settings.remotes().some((spec) => spec.url === url)) await settings.addRemote(url);
      await vscode.commands.executeCommand("kernelMail.threads.focus");
    },
    remove: async ({ spec }) => {
      const undo = await settings.removeRemote(spec.url);
      known.delete(spec.url);
      const text = `“${spec.name}” is no longer shown. Nothing changed on its server.`;
      if ((await vscode.window.showInformationMessage(text, "Undo")) === "Undo") await undo();
    },
    refresh: async (only) => {
      if (only !== undefined) return await load(only, false);
      for (const root of shown()) await load(root, false);
    },
    refreshQuietly: async () => {
      for (const root of shown()) {
        // Its row says what failed.
        await load(root, false, true).catch((error: unknown) => {
          if (!isUserError(error)) throw error;
        });
      }
    },
    dispose: () => {
      closing.abort();
      changed.dispose();
    },
  };
}
