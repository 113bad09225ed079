/** Drafts on disk: one file each, written whole or not at all, found again by what it answers. */
import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { writeWhole } from "../base/wholeFile.ts";
import type { Draft } from "../compose/draft.ts";
import { readDraft, writeDraft } from "../compose/draftText.ts";
import { readPatchPrefix } from "../mail/subject.ts";

export interface DraftFile {
  path: string;
  /** Milliseconds since 1970 UTC. */
  changedMs: number;
  draft: Draft;
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

/** Writes a new draft into the folder and returns its path. No file that exists is touched. */
export async function createDraft(folder: string, draft: Draft): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${draftName(draft.subject)}-${randomBytes(3).toString("hex")}.eml`);
  await writeWhole(path, writeDraft(draft));
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
      files.push({ path, changedMs: mtimeMs, draft: readDraft(await readFile(path, "utf8")).draft });
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
