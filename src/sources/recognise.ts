/** What kind of archive a path is, by its content. */
import { closeSync, openSync, readdirSync, readSync, type Stats, statSync } from "node:fs";
import { join } from "node:path";
import { constants, gunzipSync } from "node:zlib";
import { isUserError, UserError } from "../base/report.ts";
import { epochsIn, repositoryIn } from "./epochs.ts";
import { complaint, headOf, isMisnamed, runGit, unreadable } from "./git.ts";
import { mailIn } from "./mailFile.ts";
import { isPrivate } from "./mailFolders.ts";
import { nothingIn } from "./many.ts";
import { firstSeparator, looksLikeMail, mark } from "./mboxLines.ts";
import type { Format } from "./source.ts";

/** What a file is: an mbox (plain or packed), one mail, packed in a way we do not read, nothing, or something else. */
export type FileKind = "mbox" | "gzip" | "mail" | "packed" | "empty" | "other";

/** An archive inside a folder. */
export interface Part {
  path: string;
  kind: "mbox" | "gzip" | "git";
}

/**
 * What a path was found to be. `parts` for a folder of archives; `files` tells that single mails lie there too,
 * `closed` what in it could not be looked at, and why.
 */
export interface Survey {
  format: Format;
  parts: Part[];
  files: boolean;
  closed: Closed[];
}

/** A file or folder, by its path below the one surveyed, that could not be looked at. */
export interface Closed {
  path: string;
  error: UserError;
}

const headSize = 1 << 16;

/** A folder of single mails is taken for that after so many without an mbox among them. */
const enoughMails = 2000;
/** Mirrors nest by domain and list, Apple Mail by account, folder and number; deeper than this no archive is looked for. */
const deepest = 8;

const mboxName = /\.(?:mbox|mboxrd|mboxo|mboxcl2?|mbx)$/i;
const patchName = /\.(?:patch|diff|txt)$/i;

/** How a folder's own file names begin or end that are no mail, and hidden ones. */
const isHidden = (name: string): boolean => name.startsWith(".");

function headOfFile(path: string): Buffer {
  let descriptor: number;
  try {
    descriptor = openSync(path, "r");
  } catch (error) {
    throw unreadable(path, error);
  }
  try {
    const buffer = Buffer.allocUnsafe(headSize);
    return buffer.subarray(0, readSync(descriptor, buffer, 0, headSize, 0));
  } finally {
    closeSync(descriptor);
  }
}

/** Damage may be near: of shorter heads more can be unpacked. */
const packedHeads = [headSize, 4096, 512];

/** True when a packed file begins with an mbox. One damaged at its front goes by its name: reading it says what is wrong. */
function packsMbox(path: string, head: Buffer): boolean {
  for (const size of packedHeads) {
    try {
      const start = gunzipSync(head.subarray(0, size), { finishFlush: constants.Z_SYNC_FLUSH });
      if (start.length > 0) return firstSeparator(start, 0) >= 0 || looksLikeMail(start);
    } catch {
      // Only zlib can throw here, and only about damage.
    }
  }
  return mboxName.test(path.replace(/\.gz$/i, ""));
}

const isPacked = (head: Buffer): boolean =>
  ["fd377a585a00", "425a68", "28b52ffd"].some((magic) => head.toString("hex", 0, magic.length / 2) === magic);

/**
 * What one file is. `pointedAt`: the person named this very file, so that an mbox may begin behind other text. Throws a
 * UserError when it may not be read.
 */
export function fileKind(path: string, pointedAt = false): FileKind {
  const head = headOfFile(path);
  if (head.length === 0) return "empty";
  if (head[0] === 0x1f && head[1] === 0x8b) {
    return packsMbox(path, head) ? "gzip" : "other";
  }
  if (isPacked(head)) return "packed";
  if (/\.eml$/i.test(path)) return "mail";
  const start = head.subarray(0, 3).equals(mark) ? 3 : 0;
  const first = start + firstSeparator(head.subarray(start), 0);
  const atStart = first >= start && head.toString("latin1", 0, first).replaceAll("\0", "").trim().length <= 3;
  if (atStart) {
    // One mail as git format-patch writes it begins like an mbox of one.
    const alone = patchName.test(path) && firstSeparator(head, first + 1) < 0 && head.length < headSize;
    return alone ? "mail" : "mbox";
  }
  if (mboxName.test(path)) return first >= start || looksLikeMail(withoutBlankLines(head)) ? "mbox" : "other";
  if (looksLikeMail(mailIn(head))) return "mail";
  return pointedAt && first >= start ? "mbox" : "other";
}

function withoutBlankLines(head: Buffer): Buffer {
  let at = 0;
  while (head[at] === 10 || head[at] === 13) at++;
  return head.subarray(at);
}

/** Whether a repository holds mail, by the tree at its head: `m` or `d` (v2), folders of two hex digits (v1). */
async function repositoryFormat(git: string, directory: string): Promise<"v1" | "v2" | "empty" | undefined> {
  if ((await headOf(git, directory)) === undefined) return "empty";
  const { code, stdout, stderr } = await runGit(git, directory, ["ls-tree", "--name-only", "HEAD"]);
  if (code !== 0) {
    throw new UserError(
      `“${directory}” is damaged: ${complaint(stderr)}.`,
      "Check it with “git fsck”, or clone it again.",
    );
  }
  const names = stdout.split("\n").filter((name) => name !== "");
  if (names.includes("m") || names.includes("d")) return "v2";
  return names.some((name) => /^[0-9a-f]{2}$/.test(name)) ? "v1" : undefined;
}

function statOf(path: string): Stats {
  try {
    return statSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT" && code !== "ENOTDIR") throw unreadable(path, error);
    throw new UserError(`There is no “${path}”.`, "Check how it is written, and that its disk is mounted.");
  }
}

function formatOfFile(path: string): Format {
  switch (fileKind(path, true)) {
    case "mail":
      return "eml";
    case "packed":
      throw new UserError(
        `“${path}” is packed in a way that cannot be read in place.`,
        "Unpack it, or pack it with gzip.",
      );
    case "other":
      throw new UserError(
        `“${path}” is neither an mbox nor a mail.`,
        "Choose an mbox, a Maildir, a public-inbox mirror, or a folder of these.",
      );
    default:
      return "mbox";
  }
}

/** What a path is. Throws a UserError with a next step when it is no archive that we know. */
export async function survey(path: string, git: string): Promise<Survey> {
  const stat = statOf(path);
  if (stat.isFile()) return ofOneKind(formatOfFile(path));
  if (!stat.isDirectory()) {
    throw new UserError(
      `“${path}” is neither a file nor a folder.`,
      "Write what comes out of a pipe into a file first: mail is read again when it is shown.",
    );
  }
  if (epochsIn(path).length > 0) return ofOneKind(await inboxFormat(path, git));
  const { parts, closed, mails, maildir } = await new Folder(path, git).search();
  if (parts.some(({ kind }) => kind === "git")) return { format: "inboxes", parts, files: false, closed };
  if (parts.length > 0) return { format: "folder", parts, files: mails > 0 || maildir, closed };
  if (maildir) return ofOneKind("maildir", true);
  if (mails > 0) return ofOneKind("eml", true);
  throw nothingIn(path);
}

const ofOneKind = (format: Format, files = false): Survey => ({ format, parts: [], files, closed: [] });

/** The format of a folder in which there are epochs. */
async function inboxFormat(path: string, git: string): Promise<"v1" | "v2"> {
  const [only, ...others] = epochsIn(path);
  if (only === undefined || others.length > 0 || repositoryIn(path) === undefined) return "v2";
  const format = await repositoryFormat(git, only.directory);
  if (format === "empty") {
    throw new UserError(`“${path}” has no commit yet.`, "Fetch into it first, then add it again.");
  }
  if (format === undefined) {
    throw new UserError(
      `“${path}” is a git repository, but holds no mail as public-inbox keeps it.`,
      "Choose a mirror made by “public-inbox-clone” or “git clone --mirror”.",
    );
  }
  return format;
}

/** The search for archives below a folder that is none itself. */
class Folder {
  readonly parts: Part[] = [];
  mails = 0;
  maildir = false;
  readonly #root: string;
  readonly #git: string;
  readonly closed: Closed[] = [];

  constructor(root: string, git: string) {
    this.#root = root;
    this.#git = git;
  }

  async search(): Promise<this> {
    const open = [{ path: "", depth: 0 }];
    for (let next = open.shift(); next !== undefined; next = open.shift()) {
      for (const path of await this.#look(next.path)) {
        if (next.depth < deepest) open.push({ path, depth: next.depth + 1 });
      }
      if (this.parts.length === 0 && this.mails >= enoughMails) break;
    }
    const [first] = this.closed;
    if (first !== undefined && this.parts.length + this.mails === 0 && !this.maildir) throw first.error;
    return this;
  }

  /** Notes what one folder is or holds; returns the folders in it that are to be looked into. */
  async #look(path: string): Promise<string[]> {
    const full = join(this.#root, path);
    if (path !== "" && epochsIn(full).length > 0) {
      if (await this.#isInbox(path)) this.parts.push({ path, kind: "git" });
      return [];
    }
    const entries = this.#list(path);
    const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    const isMaildir = folders.includes("cur") || folders.includes("new");
    if (isMaildir) this.maildir = true;
    else if (path !== "" && isPrivate(path.split("/").at(-1) ?? "")) return [];
    for (const { name } of entries.filter((entry) => !entry.isDirectory() && !isHidden(entry.name))) {
      if (this.parts.length === 0 && this.mails >= enoughMails) return [];
      this.#lookAt(path === "" ? name : `${path}/${name}`);
    }
    return folders
      .filter((name) => !(isMaildir && /^(?:cur|new|tmp)$/.test(name)))
      .map((name) => (path === "" ? name : `${path}/${name}`))
      .sort();
  }

  /** One folder or file that may not be read does not hide the others. Throws what is no failure of a file. */
  #close(path: string, error: unknown): void {
    const spoken = isUserError(error) ? error : unreadable(join(this.#root, path), error);
    if (!isUserError(spoken)) throw spoken;
    this.closed.push({ path, error: spoken });
  }

  #list(path: string) {
    try {
      return readdirSync(join(this.#root, path), { withFileTypes: true });
    } catch (error) {
      this.#close(path, error);
      return [];
    }
  }

  #lookAt(path: string): void {
    const full = join(this.#root, path);
    try {
      // A link to nothing is no archive; a file that has been listed and cannot be found is told.
      const throwIfNoEntry = isMisnamed(path);
      if (statSync(full, { throwIfNoEntry })?.isFile() !== true) return;
      const kind = fileKind(full);
      if (kind === "mbox" || kind === "gzip") this.parts.push({ path, kind });
      else if (kind === "mail") this.mails++;
    } catch (error) {
      this.#close(path, error);
    }
  }

  /** A damaged or empty repository counts when it lies where an epoch would; any other only when it holds mail. */
  async #isInbox(path: string): Promise<boolean> {
    const full = join(this.#root, path);
    if (repositoryIn(full) === undefined) return true;
    const [only] = epochsIn(full);
    if (only === undefined) return false;
    try {
      const format = await repositoryFormat(this.#git, only.directory);
      return format === "v1" || format === "v2";
    } catch (error) {
      this.#close(path, error);
      return false;
    }
  }
}

/** What kind of archive a path is. Throws a UserError with a next step when it is none that we know. */
export async function recognise(path: string, git = "git"): Promise<Format> {
  return (await survey(path, git)).format;
}
