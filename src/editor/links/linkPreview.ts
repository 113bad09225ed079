/** What a link leads to, in a few lines: who wrote the message, when, about what, and how it begins; a commit's subject. */
import { readBody } from "../../mail/body.ts";
import type { Archive } from "../archives/archiveWorker.ts";
import { marcAddress } from "../archives/marc.ts";
import type { Servers } from "../archives/servers.ts";
import { decodeMessage } from "../decoder.ts";
import type { FollowedLink } from "./follow.ts";
import type { KernelTrees } from "./kernelTrees.ts";

export interface LinkPreview {
  /** Who and when, or where it leads when nothing is known of it. */
  heading: string;
  /** Its subject. */
  title?: string;
  /** The first lines of its own text. */
  lines: string[];
}

/** Own lines that are shown. */
const LINES = 6;

/** As mail programs write it, in the reader's own time zone; without seconds. */
const when = (ms: number): string =>
  new Date(ms).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });

/** The first lines that the author wrote, without greeting lines' blanks around them. */
export function firstOwnLines(body: string, most = LINES): string[] {
  const lines = body.split("\n");
  const own: string[] = [];
  for (const { kind, depth, firstLine, lastLine } of readBody(body)) {
    if (depth > 0 || kind !== "text") continue;
    for (const line of lines.slice(firstLine - 1, lastLine)) {
      if (line.trim() === "" && (own.length === 0 || own.at(-1) === "")) continue;
      own.push(line.trimEnd().slice(0, 200));
      if (own.length >= most) return own;
    }
  }
  while (own.at(-1) === "") own.pop();
  return own;
}

interface PreviewParts {
  archive: Archive;
  trees: KernelTrees;
  servers: Servers;
}

export type Preview = (link: FollowedLink) => Promise<LinkPreview | undefined>;

/** Asks the archives and the trees at hand; never a server. Undefined when there is nothing to say. */
export function openPreview({ archive, trees, servers }: PreviewParts): Preview {
  const ofMessage = async (messageId: string): Promise<LinkPreview> => {
    const [found] = await archive.request("raw", { messageIds: [messageId] });
    if (found === undefined) {
      const [held] = await archive.request("has", { messageIds: [messageId] });
      const where = servers.mayAsk()
        ? `A click asks ${servers.names()} for it.`
        : "A click offers the browser.";
      return { heading: held ? "Its bytes cannot be read." : `Not in your archives. ${where}`, lines: [] };
    }
    const { from, date, subject, body } = await decodeMessage(found);
    const author = from[0]?.name || from[0]?.address || "Nobody";
    const heading = date === undefined ? author : `${author}, ${when(date.ms)}`;
    return { heading, title: subject, lines: firstOwnLines(body) };
  };

  return async ({ kind, target, url }) => {
    switch (kind) {
      case "messageId":
        return await ofMessage(target);
      case "commit": {
        const commit = await trees.commit(target);
        if (commit === undefined)
          return { heading: url ?? `Commit ${target} is in no tree at hand.`, lines: [] };
        const { author, dateMs, subject } = commit;
        return { heading: `${author}, ${when(dateMs)}`, title: subject, lines: [] };
      }
      case "symbol":
        return { heading: `Go to the function ${target}`, lines: [] };
      case "place":
        return { heading: `Go to ${target}`, lines: [] };
      case "bug":
        return { heading: target, lines: [] };
      case "url": {
        const named = marcAddress(target);
        return named && { heading: `What came to ${named.list} on ${when(named.ms)}`, lines: [] };
      }
    }
  };
}

/** A preview as plain text. */
export const previewText = (preview: LinkPreview | undefined): string =>
  preview === undefined
    ? ""
    : [preview.heading, preview.title, ...(preview.lines.length > 0 ? ["", ...preview.lines] : [])]
        .filter((line) => line !== undefined)
        .join("\n");
