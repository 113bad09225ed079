/** Drafts on disk: one file each, written whole or not at all, found again by what it answers. */
import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, rm, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { UserError } from "../../base/report.ts";
import { writeWhole } from "../../base/wholeFile.ts";
import type { Draft } from "../../compose/draft.ts";
import { type DraftProblem, readDraft, writeDraft } from "../../compose/draftText.ts";
import { readPatchPrefix } from "../../mail/subject.ts";

export interface DraftFile {
  path: string;
  /** Milliseconds since 1970 UTC. */
  changedMs: number;
  draft: Draft;
  /** What the text of the draft is told for when it is read. */
  problems: DraftProblem[];
}

/** Letters of a subject that stand in the file's name: what the tab of the editor shows. */
const NAME_LENGTH = 48;

/** `Re: [PATCH 1/2] mm: x` as a file name: `mm-x`. */
export function draftName(subject: string): string {
  const words = readPatchPrefix(subject)
    .bare.normalize()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .slice(0, NAME_LENGTH)
    .replace(/^-+|-+$/g, "");
  return words === "" ? "draft" : words;
}

/**
 * What a person reads when the disk takes no draft; any other error as it is.
 * @param so what that means, in words that follow "The disk is full, so"
 * @param next what to do once the disk is mended, as a sentence without its end
 */
export function diskRefusal(error: unknown, so: string, next: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new UserError(`The disk is full, so ${so}.`, `${next} when there is room again.`);
  }
  if (code === "EACCES" || code === "EROFS" || code === "EPERM") {
    return new UserError(
      `The folder of drafts cannot be written to, so ${so}.`,
      `${next} when it can be written to.`,
    );
  }
  return error;
}

/**
 * Writes a new draft into the folder and returns its path. No file that exists is touched.
 * @throws UserError where the disk is full or the folder may not be written to
 */
export async function createDraft(folder: string, draft: Draft): Promise<string> {
  const path = join(folder, `${draftName(draft.subject)}-${randomBytes(3).toString("hex")}.eml`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeWhole(path, writeDraft(draft));
  } catch (error) {
    throw diskRefusal(error, "no draft was made", "Try again");
  }
  return path;
}

/** Every draft of the folder, last changed first. What is no file or not there any more is left out. */
export async function listDrafts(folder: string): Promise<DraftFile[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const files: DraftFile[] = [];
  for (const name of names) {
    if (!name.endsWith(".eml")) continue;
    const path = join(folder, name);
    try {
      const { mtimeMs } = await stat(path);
      const { draft, problems } = readDraft(await readFile(path, "utf8"));
      files.push({ path, changedMs: mtimeMs, draft, problems });
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // Gone since the folder was listed, or no file at all.
      if (code !== "ENOENT" && code !== "EISDIR") throw error;
    }
  }
  return files.sort((a, b) => b.changedMs - a.changedMs);
}

/** Why a message is kept: the draft that answers it. */
export const keptForDraft = (path: string): string => `draft ${basename(path)}`;

/** A draft to one person alone. Who asks for that must not be given one that goes to a list, nor the reverse. */
const isPrivate = ({ to, cc, bcc }: Draft): boolean => to.length + cc.length + bcc.length <= 1;

/**
 * The draft that answers this message, to one person alone or to several, the last changed one when there are more.
 */
export async function draftAnswering(
  folder: string,
  messageId: string,
  privately: boolean,
): Promise<DraftFile | undefined> {
  const files = await listDrafts(folder);
  return files.find(({ draft }) => draft.inReplyTo === messageId && isPrivate(draft) === privately);
}

/** Where a text stands while it is saved, beside the drafts. */
export const savingFolder = (folder: string): string => join(folder, "saving");

async function readText(path: string): Promise<string | undefined> {
  return await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
}

/**
 * Puts back what a save that was cut short has left behind. The editor empties a file before it writes: of a draft that
 * is the beginning of its text, or gone, the text is taken; any other draft was changed since, and the text is kept
 * among the discarded ones.
 * @returns the paths of drafts that were put back
 */
export async function finishSaves(folder: string): Promise<string[]> {
  const saving = savingFolder(folder);
  const names = await readdir(saving).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const restored: string[] = [];
  for (const name of names.filter((one) => one.endsWith(".eml"))) {
    const [copy, path] = [join(saving, name), join(folder, name)];
    const [text, draft] = [await readText(copy), await readText(path)];
    if (text !== undefined && text !== draft) {
      if (draft === undefined || text.startsWith(draft)) {
        await writeWhole(path, text);
        restored.push(path);
      } else if ((await stat(copy)).mtimeMs > (await stat(path)).mtimeMs) {
        await mkdir(join(folder, "discarded"), { recursive: true, mode: 0o700 });
        await writeWhole(join(folder, "discarded", `unsaved-${name}`), text);
      }
    }
    await rm(copy, { force: true });
  }
  return restored;
}
