/** Which mail became a commit: by its Link: trailers, by patch-id, by subject and author. */
import { findTextLinks } from "../mail/links.ts";
import { readPatchPrefix } from "../mail/subject.ts";
import type { Archive } from "./archiveWorker.ts";
import type { CommitLine, KernelTrees } from "./kernelTrees.ts";

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
  for (const mail of await bySubject(archive, trees, commit)) {
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

async function bySubject(archive: Archive, trees: KernelTrees, commit: CommitLine): Promise<CommitMail[]> {
  const words = commit.subject.replaceAll('"', " ").trim();
  if (words === "") return [];
  const query = `subject:"${words}"`;
  const { found } = await archive.request("search", { query, limit: CANDIDATES });
  const patches = found.filter(({ subject }) => {
    const { bare, isPatch, isReply } = readPatchPrefix(subject);
    return isPatch && !isReply && bare === commit.subject;
  });
  if (patches.length === 0) return [];
  const ids = patches.map(({ messageId }) => messageId);
  const raws = new Map(
    (await archive.request("raw", { messageIds: ids })).map(({ messageId, raw }) => [messageId, raw]),
  );
  const diffs = ids.map((id) => raws.get(id) ?? new Uint8Array());
  const [own, ...theirs] = await trees.patchIds(commit.tree, [
    await trees.show(commit.tree, commit.id),
    ...diffs,
  ]);
  return patches.map(({ messageId, subject, fromName, fromAddress, dateMs }, at) => {
    const isSame = own !== undefined && theirs[at] === own;
    const isAuthor = fromAddress.toLowerCase() === commit.address.toLowerCase() || fromName === commit.author;
    const evidence = isSame ? "the same change" : isAuthor ? "subject and author" : "subject";
    return { messageId, evidence, held: true, subject, from: fromName || fromAddress, dateMs };
  });
}
