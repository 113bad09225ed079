/** Which mail became a commit: by its Link: trailers, by patch-id, by subject and author. */
import type { FoundRow } from "../../archive/remote.ts";
import { findTextLinks } from "../../mail/links.ts";
import { readPatchPrefix } from "../../mail/subject.ts";
import type { Archive } from "../archives/archiveWorker.ts";
import { decodeMessage } from "../decoder.ts";
import type { CommitLine, KernelTrees } from "./kernelTrees.ts";
import { diffIn } from "./patchIds.ts";

/** How sure it is that the mail became the commit. */
export type Evidence = "Link:" | "the same change" | "subject and author" | "subject";

/** A mail that may have become a commit. */
export interface CommitMail {
  messageId: string;
  evidence: Evidence;
  /** An archive has it; what is told of it below is known then. */
  held: boolean;
  subject?: string;
  from?: string;
  dateMs?: number;
}

const SURE: readonly Evidence[] = ["Link:", "the same change", "subject and author", "subject"];

/** Versions of a patch that are looked at; the newest are found first. */
const CANDIDATES = 40;
/** Files of a commit that are looked for in mail. */
const FILES = 3;

/** The Message-IDs in the `Link:` trailers of a commit message, in order, each once. */
export function linkedMail(message: string): string[] {
  const links = message.split("\n").filter((line) => /^(?:Link|Patch-?link|Message-ID)\s*:/i.test(line));
  const found = findTextLinks(links.join("\n")).filter(({ kind }) => kind === "messageId");
  return [...new Set(found.map(({ target }) => target))];
}

/** The mails that became this commit, the surest first; those that an archive has before others of their kind. */
export async function mailOfCommit(
  archive: Archive,
  trees: KernelTrees,
  commit: CommitLine,
): Promise<CommitMail[]> {
  const linked = linkedMail(await trees.message(commit));
  const held = linked.length === 0 ? [] : await archive.request("has", { messageIds: linked });
  const found = new Map<string, CommitMail>(
    linked.map((messageId, at) => [messageId, { messageId, evidence: "Link:", held: held[at] === true }]),
  );
  for (const mail of await patchesOf(archive, trees, commit)) {
    const before = found.get(mail.messageId);
    found.set(mail.messageId, before === undefined ? mail : { ...mail, evidence: before.evidence });
  }
  const all = [...found.values()];
  // A subject alone says nothing beside a better reason.
  const better = all.filter(({ evidence }) => evidence !== "subject");
  return (better.length > 0 ? better : all).sort(
    (one, other) =>
      SURE.indexOf(one.evidence) - SURE.indexOf(other.evidence) ||
      Number(other.held) - Number(one.held) ||
      (other.dateMs ?? 0) - (one.dateMs ?? 0),
  );
}

/** Patches that carry the commit's subject, and, when none of them is the same change, what its author sent for its files. */
async function patchesOf(archive: Archive, trees: KernelTrees, commit: CommitLine): Promise<CommitMail[]> {
  const change = await trees.change(commit);
  const named = await compared(archive, trees, commit, change, await namedPatches(archive, commit.subject));
  if (named.some(({ evidence }) => evidence === "the same change")) return named;
  // Who applied it may have given it another subject.
  const own = await compared(archive, trees, commit, change, await patchesFor(archive, commit, change));
  return [...named, ...own.filter(({ evidence }) => evidence === "the same change")];
}

async function namedPatches(archive: Archive, subject: string): Promise<FoundRow[]> {
  const words = subject.replaceAll('"', " ").trim();
  if (words === "") return [];
  const { found } = await archive.request("search", { query: `subject:"${words}"`, limit: CANDIDATES });
  return found.filter((row) => isPatch(row) && readPatchPrefix(row.subject).bare === subject);
}

/** What the author of a commit sent as patches for the files that it changes. */
async function patchesFor(
  archive: Archive,
  { author, address }: CommitLine,
  change: string,
): Promise<FoundRow[]> {
  const files = [...change.matchAll(/^diff --git a\/(\S{1,300}) b\//gm)].slice(0, FILES);
  if (files.length === 0) return [];
  const names = [author, address].map((name) => `from:"${name.replaceAll('"', " ")}"`);
  const query = `(${names.join(" OR ")}) ${files.map(([, path]) => `file:"${path}"`).join(" ")}`;
  return (await archive.request("search", { query, limit: CANDIDATES })).found.filter(isPatch);
}

function isPatch({ subject }: FoundRow): boolean {
  const { isPatch: isOne, isReply } = readPatchPrefix(subject);
  return isOne && !isReply;
}

async function compared(
  archive: Archive,
  trees: KernelTrees,
  commit: CommitLine,
  change: string,
  patches: readonly FoundRow[],
): Promise<CommitMail[]> {
  if (patches.length === 0) return [];
  const ids = patches.map(({ messageId }) => messageId);
  const diffs = new Map<string, string>();
  for (const mail of await archive.request("raw", { messageIds: ids })) {
    if (!diffs.has(mail.messageId)) diffs.set(mail.messageId, diffIn((await decodeMessage(mail)).body));
  }
  const asked = [change, ...ids.map((id) => diffs.get(id) ?? "")];
  const [own, ...theirs] = await trees.patchIds(commit.tree, asked);
  return patches.map(({ messageId, subject, fromName, fromAddress, dateMs }, at) => {
    const isSame = own !== undefined && theirs[at] === own;
    const isAuthor = fromAddress.toLowerCase() === commit.address.toLowerCase() || fromName === commit.author;
    const evidence = isSame ? "the same change" : isAuthor ? "subject and author" : "subject";
    return { messageId, evidence, held: true, subject, from: fromName || fromAddress, dateMs };
  });
}
