/** What every command is given: its arguments, where to write, and the index opened when it is needed. */
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import type { Archive } from "../archive/archive.ts";
import { UserError } from "../base/report.ts";
import { messageIdFromUrl } from "../mail/messageId.ts";
import type { Output } from "./output.ts";
import { UsageError } from "./usage.ts";

/** The options of all commands together, as they were given. */
export interface CallOptions {
  db?: string;
  pretty?: boolean;
  all?: boolean;
  limit?: string;
  query?: string;
  list?: string;
  state?: string;
  from?: string;
  keep?: string;
  body?: string;
  "to-sender"?: boolean;
}

export interface Call {
  args: readonly string[];
  options: CallOptions;
  out: Output;
  /** One line for the person, on stderr. */
  say(sentence: string): void;
  /** Opens the index. The caller closes it. */
  open(): Promise<Archive>;
  /** The index file. */
  db: string;
  /** Aborted by Ctrl-C and by a reader that went away. */
  signal: AbortSignal;
}

/** The cache folder of the platform, with ours in it. */
export function cacheFolder(): string {
  const { env, platform } = process;
  if (platform === "win32") {
    return join(env["LOCALAPPDATA"] || join(homedir(), "AppData", "Local"), "kernel-mail", "Cache");
  }
  if (platform === "darwin") return join(homedir(), "Library", "Caches", "kernel-mail");
  const xdg = env["XDG_CACHE_HOME"];
  // The specification says that a relative path is no path.
  return join(xdg?.startsWith("/") ? xdg : join(homedir(), ".cache"), "kernel-mail");
}

/** Where the index is: what `--db` says, else in the cache folder. */
export const indexFile = (db: string | undefined): string =>
  db === undefined ? join(cacheFolder(), "index.sqlite") : resolve(db);

/** What `--state` names: the file in which the editor keeps what was read. Throws a UserError when there is none. */
export function stateFile(state: string | undefined): string | undefined {
  if (state === undefined) return undefined;
  const path = resolve(state);
  if (!existsSync(path)) {
    throw new UserError(
      `There is no state ${path}.`,
      "Name the state.sqlite in the folder where the editor keeps what belongs to the extension.",
    );
  }
  return path;
}

/** A Message-ID as a person gives it: bare, in angle brackets, or as an archive's link. */
export function readMessageId(given: string): string {
  const id = /^https?:\/\//i.test(given) ? messageIdFromUrl(given) : given.trim().replace(/^<|>$/g, "");
  if (id === undefined || id === "") throw new UsageError(`“${given}” holds no Message-ID.`);
  return id;
}

/** The one Message-ID that a command is given. */
export function onlyMessageId({ args }: Call): string {
  const [given, ...more] = args;
  if (given === undefined || more.length > 0) throw new UsageError("One Message-ID is needed.");
  return readMessageId(given);
}

/** The ids a command is given, or undefined for `--all`. */
export function askedFor({ args, options }: Call): string[] | undefined {
  if (options.all === true && args.length > 0) throw new UsageError("Either Message-IDs or --all, not both.");
  if (options.all === true) return undefined;
  if (args.length === 0) throw new UsageError("A Message-ID or --all is needed.");
  return [...new Set(args.map(readMessageId))];
}
