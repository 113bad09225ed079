/** What stands behind a word of a draft: who an address is, what a commit is. */
import * as vscode from "vscode";
import { findLinks } from "../../mail/links.ts";
import type { Archive } from "../archives/archiveWorker.ts";
import { count } from "../counts.ts";
import type { KernelTrees } from "../links/kernelTrees.ts";
import { markdownText } from "../markdownText.ts";
import { spokenAge } from "../tree/threadLabels.ts";
import { DRAFT_LANGUAGE } from "./draftDocument.ts";

/** Last messages that are listed, and lists that are named. */
const RECENT = 5;
const LISTS = 4;

const ADDRESS = /[A-Za-z0-9._%+=-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,6}/;
const COMMIT = /\b[0-9a-f]{8,40}\b/;

export function registerDraftHovers(parts: { archive: Archive; trees: KernelTrees }): vscode.Disposable {
  const { archive, trees } = parts;

  const aboutPerson = async (address: string): Promise<vscode.MarkdownString> => {
    const known = await archive.request("person", { address, limit: RECENT });
    if (known === null) {
      return new vscode.MarkdownString(markdownText(`${address} has written nothing in your archives.`));
    }
    const now = Date.now();
    const [newest] = known.recent;
    const lists = known.lists.slice(0, LISTS).map(({ list }) => list.split(".")[0] || "no list");
    const more = known.lists.length > LISTS ? ` and ${known.lists.length - LISTS} more` : "";
    const messages = `${known.isMore ? "Over " : ""}${count(known.messages, "message")}`;
    const lines = [
      `**${markdownText(newest?.fromName || address)}**`,
      "",
      markdownText(`${messages} on ${lists.join(", ")}${more}. The last ones:`),
      "",
      ...known.recent.map(
        ({ subject, dateMs }) =>
          `- ${markdownText(`${subject || "(no subject)"} · ${spokenAge(dateMs, now)}`)}`,
      ),
    ];
    return new vscode.MarkdownString(lines.join("\n"));
  };

  const aboutCommit = async (id: string): Promise<vscode.MarkdownString | undefined> => {
    const commit = await trees.commit(id);
    if (commit === undefined) return undefined;
    const day = new Date(commit.dateMs).toISOString().slice(0, 10);
    const about = markdownText(`Commit ${commit.id.slice(0, 12)} by ${commit.author}, ${day}`);
    return new vscode.MarkdownString(`**${markdownText(commit.subject)}**\n\n${about}`);
  };

  return vscode.languages.registerHoverProvider(
    { language: DRAFT_LANGUAGE },
    {
      provideHover: async (document, position) => {
        const atAddress = document.getWordRangeAtPosition(position, ADDRESS);
        if (atAddress !== undefined) {
          const word = document.getText(atAddress);
          // A Message-ID looks like an address; nobody answers to one.
          if (/^(?:in-reply-to|references|message-id):|^\s+</i.test(document.lineAt(position).text))
            return undefined;
          return new vscode.Hover(await aboutPerson(word), atAddress);
        }
        const atCommit = document.getWordRangeAtPosition(position, COMMIT);
        if (atCommit === undefined) return undefined;
        const id = document.getText(atCommit);
        // What is a link says so itself.
        if (findLinks(document.lineAt(position).text).some(({ text }) => text === id)) return undefined;
        const text = await aboutCommit(id);
        return text && new vscode.Hover(text, atCommit);
      },
    },
  );
}
