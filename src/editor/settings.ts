/** The person's settings, typed: the only reader and writer of the editor's configuration. */
import { homedir } from "node:os";
import { basename } from "node:path";
import * as vscode from "vscode";
import type { NewsReason } from "../archive/remote.ts";
import { expandPath } from "../base/homePath.ts";
import type { CiteStyle } from "../compose/citing.ts";
import type { Level } from "../compose/lint.ts";
import type { OauthClient } from "../compose/oauth.ts";
import { type AuthMethod, takesToken } from "../compose/transport.ts";
import type { Mailbox } from "../mail/address.ts";
import type { FoldLevel, HostContract } from "../reader/protocol.ts";
import { serverAddress } from "../sources/server.ts";
import type { Format, SourceSpec } from "../sources/source.ts";
import { readSending, type SendingSettings } from "./sendingSettings.ts";
import type { SettingName } from "./settingName.ts";

/** An archive that stays on its server: the address of one list, with a slash at its end. */
export interface RemoteSpec {
  url: string;
  name: string;
}

/** `kernelMail.send.smtp` as it is written. */
export interface SmtpSetting {
  host: string;
  port: number;
  encryption: "tls" | "starttls" | "none";
  user?: string;
  auth?: AuthMethod;
}

/** A server, with what gives its access tokens, or a program. */
export type WayToSend =
  | { smtp: SmtpSetting; tokenCommand?: string[]; oauthClient?: OauthClient }
  | { program: string[] };

/** A search that is a root of the Threads tree. */
export interface SavedSearch {
  name: string;
  query: string;
  /** A name from VS Code's icons. */
  icon?: string;
}

export interface Settings extends vscode.Disposable {
  /** The configured archives in order, with absolute paths, each path once. */
  archives(): SourceSpec[];
  addArchive(spec: SourceSpec): Promise<void>;
  /** The archives of the settings that stay on their servers, each address once. */
  remotes(): RemoteSpec[];
  addRemote(url: string): Promise<void>;
  /** Takes the archive of that address out of the setting; returns what undoes it. */
  removeRemote(url: string): Promise<() => Promise<void>>;
  /** Takes the archive of that absolute path out of the setting; returns what undoes it. */
  removeArchive(path: string): Promise<() => Promise<void>>;
  /** Addresses of public-inbox servers, each with a slash at its end, in order. */
  servers(): string[];
  /** Whether a server may be asked: never, by an act of the person, or by schedules too. */
  network(): "never" | "onRequest" | "automatic";
  /** Whether followed threads are asked of the servers again: not yet said, or what the person said. */
  followedThreads(): "ask" | "always" | "never";
  setFollowedThreads(what: "always" | "never"): Promise<void>;
  /** How often mirrors and remote archives are brought up to date by themselves; 0 is never. */
  updateMinutes(): number;
  /** The editor's proxy for the web, where it has one of its own, and the hosts that are asked without it. */
  proxy(): { url: string; except: string[] } | undefined;
  /** Limit of the cache of fetched threads. */
  cacheMegabytes(): number;
  /** Folders of kernel trees, absolute; empty when the open folders serve. */
  kernelTrees(): string[];
  /** Where links are shown, and further bug trackers: prefix to address with `${id}`. */
  links(): { sourceFiles: boolean; terminal: boolean; trackers: Record<string, string> };
  /** The git program: own setting, else the one of VS Code's git, else the one on the PATH. */
  git(): string;
  bodies(): "prose" | "all" | "none";
  /** Newest first: by the last message, or by the first. */
  threadOrder(): "lastActivity" | "started";
  pageSize(): number;
  /** When a message that is read in the reader counts as read. */
  markRead(): "onLeave" | "onOpen" | "onDwell" | "never";
  /** What the number on the icon counts. */
  badge(): "forMe" | "followed" | "all" | "none";
  showMuted(): boolean;
  /** Where threads that robots began are shown: in a row of their own, among the others, or nowhere. */
  botsShown(): "lane" | "inline" | "hide";
  setBotsShown(where: "lane" | "hide"): Promise<void>;
  /** Globs over the addresses and names of robots. */
  bots(): string[];
  /** Of which new mail the person is told, and the hours without that, as typed. */
  notifications(): { about: NewsReason[]; quietHours: string };
  /** The saved searches in their order. */
  searches(): SavedSearch[];
  setSearches(searches: readonly SavedSearch[]): Promise<void>;
  /** `lists` are globs of lists that an identity is for, `transport` the section of git's configuration it sends by. */
  identities(): (Mailbox & { lists: string[]; transport?: string })[];
  setIdentity(identity: Mailbox): Promise<void>;
  myAddresses(): string[];
  /** How threads open: in the reader, or as a text document. */
  openAs(): "reader" | "text";
  /** Whether the reader shows one thread after the other in one tab, or each in its own. */
  readerTabs(): "one" | "perThread";
  /** `keys` are the person's changes to the page keys: an action, or null to take a key away. */
  reader(): HostContract["events"]["settings"] & {
    singleKeys: boolean;
    keys: Record<string, string | null>;
  };
  setCites(cites: "bars" | "marks"): Promise<void>;
  /** How wide own prose is, and whether lines are broken as they are typed in this document. */
  wrapping(document?: vscode.TextDocument): { columns: number; asTyped: boolean };
  /** Whether long To and Cc fields are folded when a draft opens. */
  foldsRecipients(): boolean;
  /** Whether drafts open beside the reader instead of over it. */
  opensBeside(): boolean;
  /** How many cited lines are kept above a remark. */
  contextLines(): number;
  /** The text file that is kept in step with the state, absolute; undefined when there is to be none. */
  stateFile(): string | undefined;
  /** How mail leaves, when, and what happens then. */
  sending(): SendingSettings;
  /** Makes this the way to send; undefined takes git's. */
  setSending(way: WayToSend | undefined): Promise<void>;
  /** Globs of addresses that are never taken over as recipients. */
  excludedRecipients(): string[];
  /** What stands below the text of a new draft; "" is nothing. */
  signature(): string;
  /** The line above what a reply cites, and how it marks what is cited already. */
  citing(): { attribution: string; style: CiteStyle };
  /** Whether cited text that nobody answers is left out when a draft is sent. */
  trimsOnSend(): boolean;
  /** Canned paragraphs by name. */
  templates(): [name: string, text: string][];
  /** What a reply of trailers cites. */
  trailerCites(): "firstParagraph" | "nothing" | "all";
  /** Rules of the checker that are turned up, down or off, by their id. */
  checkLevels(): Record<string, Level>;
  /** How the editor is told to indent this document. */
  indentation(document: vscode.TextDocument): { insertSpaces: boolean; tabSize: number };
  /** Calls `changed` when one of these settings has another value. */
  onDidChange(names: readonly SettingName[], changed: () => void): vscode.Disposable;
}

/** What an archive is called: as the person named it, else as its file or folder. */
export const archiveName = ({ name, path }: SourceSpec): string => name ?? basename(path);

const FORMATS: readonly Format[] = ["mbox", "maildir", "v1", "v2", "inboxes", "eml", "folder"];

const NEWS_REASONS: readonly NewsReason[] = ["answersToMe", "newVersionOfReviewed", "mySeries", "followed"];

const LEVELS: readonly Level[] = ["off", "hint", "info", "warning", "error"];

/** In the order of the levels (F809). */
const FOLD_LEVELS = ["all", "replies", "brief", "own"] as const;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isFormat = (value: unknown): value is Format => FORMATS.some((format) => format === value);

/** An entry of `kernelMail.archives`, as typed by a person: anything unusable is undefined. */
export function readArchiveEntry(entry: unknown): SourceSpec | undefined {
  if (!isRecord(entry)) return undefined;
  const { path, name, kind } = entry;
  if (typeof path !== "string" || path.trim() === "") return undefined;
  return {
    path: expandPath(path.trim()),
    ...(typeof name === "string" && name !== "" ? { name } : {}),
    ...(isFormat(kind) ? { kind } : {}),
  };
}

/** An entry of `kernelMail.archives` with an address instead of a path. */
export function readRemoteEntry(entry: unknown): RemoteSpec | undefined {
  if (!isRecord(entry) || typeof entry["url"] !== "string") return undefined;
  const url = serverAddress(entry["url"]);
  if (url === undefined) return undefined;
  const { name } = entry;
  const { host, pathname } = new URL(url);
  const last = pathname.split("/").filter(Boolean).at(-1);
  return { url, name: typeof name === "string" && name !== "" ? name : (last ?? host) };
}

/** The opposite of `~`: what is written into the setting reads well on any machine. */
const shortPath = (path: string): string => {
  const home = homedir();
  return path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
};

const entriesOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

const stringsOf = (value: unknown): string[] =>
  entriesOf(value).filter((entry): entry is string => typeof entry === "string" && entry !== "");

/** An entry of `kernelMail.searches`, as typed by a person: anything unusable is undefined. */
function readSearch(entry: unknown): SavedSearch | undefined {
  if (!isRecord(entry)) return undefined;
  const { name, query, icon } = entry;
  if (typeof name !== "string" || name === "" || typeof query !== "string" || query.trim() === "")
    return undefined;
  return { name, query, ...(typeof icon === "string" && /^[\w-]+$/.test(icon) ? { icon } : {}) };
}

const keysOf = (value: unknown): Record<string, string | null> => {
  const keys: Record<string, string | null> = {};
  for (const [key, action] of Object.entries(isRecord(value) ? value : {})) {
    if (typeof action === "string" || action === null) keys[key] = action;
  }
  return keys;
};

const trackersOf = (value: unknown): Record<string, string> => {
  const trackers: Record<string, string> = {};
  for (const [prefix, address] of Object.entries(isRecord(value) ? value : {})) {
    if (prefix !== "" && typeof address === "string" && /^https?:\/\//i.test(address))
      trackers[prefix] = address;
  }
  return trackers;
};

export function openSettings(): Settings {
  const configuration = () => vscode.workspace.getConfiguration("kernelMail");
  const value = (name: SettingName): unknown => configuration().get<unknown>(name);
  const oneOf = <Word extends string>(name: SettingName, words: readonly Word[], usual: Word): Word =>
    words.find((word) => word === value(name)) ?? usual;
  // The settings of archives and identities have machine scope: "Global" is then the machine's own file.
  const write = (name: SettingName, entries: unknown[]) =>
    configuration().update(name, entries, vscode.ConfigurationTarget.Global);
  const listeners: vscode.Disposable[] = [];
  /** Takes entries out of `archives`; what is returned puts them back behind the others. */
  const removeEntries = async (isMeant: (entry: unknown) => boolean): Promise<() => Promise<void>> => {
    const before = entriesOf(value("archives"));
    await write(
      "archives",
      before.filter((entry) => !isMeant(entry)),
    );
    return async () => {
      await write("archives", [...entriesOf(value("archives")), ...before.filter(isMeant)]);
    };
  };

  return {
    archives: () => {
      const specs = new Map<string, SourceSpec>();
      for (const entry of entriesOf(value("archives"))) {
        const spec = readArchiveEntry(entry);
        if (spec !== undefined && !specs.has(spec.path)) specs.set(spec.path, spec);
      }
      return [...specs.values()];
    },
    addArchive: async (spec) => {
      await write("archives", [...entriesOf(value("archives")), { ...spec, path: shortPath(spec.path) }]);
    },
    remotes: () => {
      const specs = new Map<string, RemoteSpec>();
      for (const entry of entriesOf(value("archives"))) {
        const spec = readRemoteEntry(entry);
        if (spec !== undefined && !specs.has(spec.url)) specs.set(spec.url, spec);
      }
      return [...specs.values()];
    },
    addRemote: async (url) => {
      await write("archives", [...entriesOf(value("archives")), { url }]);
    },
    removeArchive: (path) => removeEntries((entry) => readArchiveEntry(entry)?.path === path),
    removeRemote: (url) => removeEntries((entry) => readRemoteEntry(entry)?.url === url),
    servers: () => [...new Set(stringsOf(value("servers")).flatMap((typed) => serverAddress(typed) ?? []))],
    network: () => {
      const mode = value("network.mode");
      return mode === "never" || mode === "automatic" ? mode : "onRequest";
    },
    followedThreads: () => oneOf("network.followedThreads", ["ask", "always", "never"], "ask"),
    setFollowedThreads: async (what) => {
      await configuration().update("network.followedThreads", what, vscode.ConfigurationTarget.Global);
    },
    updateMinutes: () => {
      const minutes = value("update.minutes");
      return typeof minutes === "number" && minutes > 0 ? Math.max(1, Math.round(minutes)) : 0;
    },
    proxy: () => {
      const http = vscode.workspace.getConfiguration("http");
      const url = http.get<unknown>("proxy");
      if (typeof url !== "string" || url === "" || http.get<unknown>("proxySupport") === "off")
        return undefined;
      return { url, except: stringsOf(http.get<unknown>("noProxy")) };
    },
    cacheMegabytes: () => {
      const size = value("cache.megabytes");
      return typeof size === "number" && size >= 1 ? size : 2048;
    },
    kernelTrees: () => stringsOf(value("kernelTrees")).map((path) => expandPath(path)),
    links: () => ({
      sourceFiles: value("links.sourceFiles") !== false,
      terminal: value("links.terminal") !== false,
      trackers: trackersOf(value("links.trackers")),
    }),
    git: () => {
      const own = value("gitPath");
      if (typeof own === "string" && own !== "") return /[\\/~]/.test(own) ? expandPath(own) : own;
      const shared = vscode.workspace.getConfiguration("git").get<unknown>("path");
      const candidates = typeof shared === "string" ? [shared] : stringsOf(shared);
      return candidates.find((candidate) => candidate !== "") ?? "git";
    },
    bodies: () => {
      const bodies = value("index.bodies");
      return bodies === "all" || bodies === "none" ? bodies : "prose";
    },
    pageSize: () => {
      const size = value("threads.pageSize");
      return typeof size === "number" ? Math.min(500, Math.max(20, Math.round(size))) : 100;
    },
    threadOrder: () => oneOf("threads.order", ["lastActivity", "started"], "lastActivity"),
    markRead: () => oneOf("reader.markRead", ["onLeave", "onOpen", "onDwell", "never"], "onLeave"),
    badge: () => oneOf("threads.badge", ["forMe", "followed", "all", "none"], "forMe"),
    showMuted: () => value("threads.showMuted") === true,
    botsShown: () => oneOf("threads.bots", ["lane", "inline", "hide"], "lane"),
    setBotsShown: async (where) => {
      await configuration().update("threads.bots", where, vscode.ConfigurationTarget.Global);
    },
    bots: () =>
      entriesOf(value("bots")).flatMap((entry) =>
        isRecord(entry) && typeof entry["match"] === "string" && entry["match"] !== ""
          ? [entry["match"]]
          : [],
      ),
    notifications: () => {
      const [about, hours] = [stringsOf(value("notifications.about")), value("notifications.quietHours")];
      return {
        about: NEWS_REASONS.filter((reason) => about.includes(reason)),
        quietHours: typeof hours === "string" ? hours : "",
      };
    },
    searches: () => entriesOf(value("searches")).flatMap((entry) => readSearch(entry) ?? []),
    setSearches: async (searches) => {
      await write("searches", [...searches]);
    },
    identities: () =>
      entriesOf(value("identities")).flatMap((entry) => {
        if (!isRecord(entry)) return [];
        const { name, address, lists, transport } = entry;
        if (typeof address !== "string" || !address.includes("@")) return [];
        return [
          {
            name: typeof name === "string" ? name : "",
            address,
            lists: stringsOf(lists),
            ...(typeof transport === "string" && transport !== "" ? { transport } : {}),
          },
        ];
      }),
    setIdentity: async (identity) => {
      await write("identities", [identity, ...entriesOf(value("identities"))]);
    },
    myAddresses: () => stringsOf(value("myAddresses")),
    readerTabs: () => oneOf("reader.tabs", ["one", "perThread"], "one"),
    openAs: () => (value("reader.openAs") === "text" ? "text" : "reader"),
    reader: () => {
      const width = value("reader.width");
      return {
        width: typeof width === "number" && width >= 0 ? Math.round(width) : 84,
        cites: value("reader.citedText") === "marks" ? "marks" : "bars",
        level: FOLD_LEVELS.indexOf(oneOf("reader.foldLevel", FOLD_LEVELS, "replies")) as FoldLevel,
        font: oneOf("reader.font", ["editor", "ui"], "editor"),
        dates: oneOf("reader.dates", ["both", "relative", "absolute"], "both"),
        spoken: oneOf("reader.spoken", ["brief", "normal", "full"], "normal"),
        colours: value("reader.diffColors") !== false,
        condense: value("reader.condense") !== false,
        atEnd: oneOf("reader.atEnd", ["nextUnread", "nextMessage", "stop"], "nextUnread"),
        singleKeys: value("reader.singleKeys") !== false,
        keys: keysOf(value("reader.keys")),
      };
    },
    setCites: async (cites) => {
      await configuration().update("reader.citedText", cites, vscode.ConfigurationTarget.Global);
    },
    wrapping: (document) => {
      const own = vscode.workspace.getConfiguration("kernelMail", document);
      const columns = own.get<unknown>("compose.columns" satisfies SettingName);
      return {
        columns: typeof columns === "number" ? Math.min(200, Math.max(40, Math.round(columns))) : 72,
        asTyped: own.get<unknown>("compose.wrapAsYouType" satisfies SettingName) !== false,
      };
    },
    foldsRecipients: () => value("compose.foldRecipients") !== false,
    opensBeside: () => value("compose.beside") === true,
    contextLines: () => {
      const lines = value("review.contextLines");
      return typeof lines === "number" ? Math.min(50, Math.max(0, Math.round(lines))) : 5;
    },
    stateFile: () => {
      const path = value("state.file");
      return typeof path === "string" && path.trim() !== "" ? expandPath(path.trim()) : undefined;
    },
    sending: () => readSending((name) => configuration().get<unknown>(name), expandPath),
    setSending: async (way) => {
      const update = (name: SettingName, next: unknown) =>
        configuration().update(name, next, vscode.ConfigurationTarget.Global);
      if (way !== undefined && "program" in way) await update("send.program", way.program);
      if (way !== undefined && "smtp" in way) {
        await update("send.smtp", way.smtp);
        // One way to get tokens at a time: the other one would go first, or be asked in vain.
        if (takesToken(way.smtp.auth && [way.smtp.auth])) {
          await update("send.tokenCommand", way.tokenCommand?.length ? way.tokenCommand : undefined);
          await update("send.oauthClient", way.oauthClient);
        }
      }
      const method = way === undefined ? "git" : "smtp" in way ? "smtp" : "program";
      await update("send.method", method);
    },
    excludedRecipients: () => stringsOf(value("compose.excludeRecipients")),
    signature: () => {
      const signature = value("compose.signature");
      return typeof signature === "string" ? signature : "";
    },
    citing: () => {
      const attribution = value("compose.attribution");
      return {
        attribution: typeof attribution === "string" ? attribution : "",
        style: oneOf("compose.citeStyle", ["spaced", "tight"], "spaced"),
      };
    },
    trimsOnSend: () => value("compose.trimOnSend") !== false,
    templates: () =>
      Object.entries(
        isRecord(value("compose.templates")) ? (value("compose.templates") as object) : {},
      ).filter((entry): entry is [string, string] => typeof entry[1] === "string" && entry[1].trim() !== ""),
    trailerCites: () => oneOf("compose.trailerCites", ["firstParagraph", "nothing", "all"], "firstParagraph"),
    checkLevels: () => {
      const levels: Record<string, Level> = {};
      const given = value("check.rules");
      for (const [rule, level] of Object.entries(isRecord(given) ? given : {})) {
        const known = LEVELS.find((one) => one === level);
        if (known !== undefined) levels[rule] = known;
      }
      return levels;
    },
    indentation: (document) => {
      const editor = vscode.workspace.getConfiguration("editor", document);
      return { insertSpaces: editor.get("insertSpaces", false), tabSize: editor.get("tabSize", 8) };
    },
    onDidChange: (names, changed) => {
      const listener = vscode.workspace.onDidChangeConfiguration((event) => {
        const gitMoved = names.includes("gitPath") && event.affectsConfiguration("git.path");
        if (gitMoved || names.some((name) => event.affectsConfiguration(`kernelMail.${name}`))) changed();
      });
      listeners.push(listener);
      return listener;
    },
    dispose: () => {
      for (const listener of listeners) listener.dispose();
    },
  };
}
