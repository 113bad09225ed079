/** Completion in a draft: addresses of the archives, trailers with one's name, commits, messages of the thread. */
import * as vscode from "vscode";
import { resolveAlias } from "../../compose/aliases.ts";
import { readDraft } from "../../compose/draftText.ts";
import { formatMailbox, type Mailbox } from "../../mail/address.ts";
import { loreLink } from "../../mail/loreLink.ts";
import { stripReply } from "../../mail/subject.ts";
import type { Archive } from "../archives/archiveWorker.ts";
import { count } from "../counts.ts";
import { recentWriter } from "../identity.ts";
import { fixesTrailer, type KernelTrees } from "../links/kernelTrees.ts";
import type { Settings } from "../settings.ts";
import { spokenAge } from "../tree/threadLabels.ts";
import type { AddressBooks } from "./addressBooks.ts";
import { DRAFT_LANGUAGE, isDraft, textOf } from "./draftDocument.ts";
import type { DraftParents } from "./draftParent.ts";

/** Entries of one list; what is further down is found by typing on. */
const SHOWN = 30;

/** R1202: trailers in which one speaks for oneself, and those that name somebody or something else. */
const OWN_TRAILERS = [
  "Reviewed-by",
  "Acked-by",
  "Tested-by",
  "Signed-off-by",
  "Co-developed-by",
  "NACKed-by",
];
const OTHER_TRAILERS = ["Reported-by", "Suggested-by", "Assisted-by", "Cc", "Link", "Closes", "Fixes"];

interface CompletionParts {
  archive: Archive;
  books: AddressBooks;
  settings: Settings;
  parents: DraftParents;
  trees: KernelTrees;
}

/** What is typed of one mailbox, and where it begins in the line: behind the last comma that is in no quotes. */
export function mailboxAt(before: string, start: number): { typed: string; from: number } {
  let from = start;
  let isQuoted = false;
  for (let at = start; at < before.length; at++) {
    if (before[at] === '"') isQuoted = !isQuoted;
    else if (before[at] === "," && !isQuoted) from = at + 1;
  }
  while (before[from] === " " || before[from] === "\t") from++;
  return { typed: before.slice(from), from };
}

/** Whether each word that is typed begins a word of somebody's name or address. */
function fits({ name, address }: Mailbox, typed: string): boolean {
  const words = `${name} ${address}`.toLowerCase().split(/[\s.@,<>"'()-]+/);
  const wanted = typed.toLowerCase().split(/[\s,<>"]+/);
  return wanted.every(
    (one) => address.toLowerCase().startsWith(one) || words.some((word) => word.startsWith(one)),
  );
}

export function registerDraftCompletion(parts: CompletionParts): vscode.Disposable {
  const { archive, settings, parents, trees } = parts;

  /**
   * Numbers the entries, so that they stay in this order. The editor puts those first whose letters fit best; what was
   * found for what is typed begins with it, so that all fit equally well.
   */
  const inOrder = (
    items: vscode.CompletionItem[],
    isIncomplete: boolean,
    typed = "",
  ): vscode.CompletionList => {
    items.forEach((item, at) => {
      item.sortText = String(at).padStart(4, "0");
      if (typed !== "") item.filterText = `${typed} ${item.filterText ?? ""}`;
    });
    return new vscode.CompletionList(items, isIncomplete);
  };

  /** The whole mailbox is seen; `detail` is said of the one that is chosen. */
  const mailboxItem = (mailbox: Mailbox, detail: string, range: vscode.Range): vscode.CompletionItem => {
    const text = formatMailbox(mailbox);
    const item = new vscode.CompletionItem(text, vscode.CompletionItemKind.User);
    item.detail = detail;
    item.filterText = `${mailbox.name} ${mailbox.address} ${text}`;
    item.range = range;
    return item;
  };

  /** A name of an address book: what it stands for is what is written. */
  const aliasItem = (
    name: string,
    means: readonly Mailbox[],
    range: vscode.Range,
  ): vscode.CompletionItem | undefined => {
    if (means.length === 0) return undefined;
    const text = means.map(formatMailbox).join(", ");
    const item = new vscode.CompletionItem(
      { label: name, description: text },
      vscode.CompletionItemKind.Reference,
    );
    item.insertText = text;
    item.filterText = `${name} ${text}`;
    item.range = range;
    return item;
  };

  const people = async (
    document: vscode.TextDocument,
    position: vscode.Position,
    start: number,
  ): Promise<vscode.CompletionList> => {
    const before = document.lineAt(position).text.slice(0, position.character);
    const { typed, from } = mailboxAt(before, start);
    const range = new vscode.Range(position.line, from, position.line, position.character);
    const items = new Map<string, vscode.CompletionItem>();
    const add = (mailbox: Mailbox, detail: string) => {
      const key = mailbox.address.toLowerCase();
      if (!items.has(key)) items.set(key, mailboxItem(mailbox, detail, range));
    };
    const parent = await parents.find(document);
    for (const one of parent === undefined ? [] : [...parent.from, ...parent.to, ...parent.cc]) {
      if (fits(one, typed)) add(one, "this thread");
    }
    const aliases = await parts.books.aliases();
    for (const { name } of aliases.values()) {
      if (!name.toLowerCase().startsWith(typed.toLowerCase())) continue;
      const item = aliasItem(name, resolveAlias(aliases, name), range);
      if (item !== undefined && items.size < SHOWN) items.set(`alias ${name}`, item);
    }
    const now = Date.now();
    for (const one of await archive.request("people", { text: typed, limit: SHOWN })) {
      add(one, `${count(one.messages, "message")}, ${spokenAge(one.lastMs, now)}`);
    }
    return inOrder([...items.values()], true, typed);
  };

  const identities = async (range: vscode.Range): Promise<vscode.CompletionItem[]> => {
    const writer = await recentWriter(settings);
    if (writer === undefined) return [];
    const { identity, identities: others } = writer.self;
    const all = [identity, ...others.filter(({ address }) => address !== identity.address)];
    return all.map((one) => mailboxItem(one, "your identity", range));
  };

  const inHeader = async (document: vscode.TextDocument, position: vscode.Position) => {
    const { fields } = readDraft(textOf(document));
    const field = fields.find(({ firstLine, lastLine }) => {
      return position.line + 1 >= firstLine && position.line + 1 <= lastLine;
    });
    if (field === undefined) return undefined;
    const line = document.lineAt(position).text;
    const start = position.line + 1 === field.firstLine ? line.indexOf(":") + 1 : 0;
    if (position.character < start) return undefined;
    if (/^(?:to|b?cc)$/i.test(field.name)) return await people(document, position, start);
    if (!/^from$/i.test(field.name)) return undefined;
    const from = start + (/^[ \t]*/.exec(line.slice(start))?.[0].length ?? 0);
    return inOrder(
      await identities(new vscode.Range(position.line, from, position.line, line.length)),
      false,
    );
  };

  const fixes = async (
    typed: string,
    range: vscode.Range,
    token: vscode.CancellationToken,
  ): Promise<vscode.CompletionList> => {
    const args = /^[0-9a-f]{6,40}$/.test(typed)
      ? ["-1", typed, "--"]
      : ["-n", String(SHOWN), "-i", "--fixed-strings", `--grep=${typed}`];
    const commits = await trees.log(args, token);
    const items = commits.map((commit) => {
      const text = fixesTrailer(commit).slice("Fixes: ".length);
      const item = new vscode.CompletionItem(text, vscode.CompletionItemKind.Reference);
      item.range = range;
      item.filterText = text;
      item.detail = commit.author;
      return item;
    });
    return inOrder(items, true, typed);
  };

  const links = async (
    document: vscode.TextDocument,
    range: vscode.Range,
  ): Promise<vscode.CompletionList> => {
    const { inReplyTo } = readDraft(textOf(document)).draft;
    if (inReplyTo === undefined) return inOrder([], false);
    const thread = await archive.request("thread", { messageId: inReplyTo });
    const items = (thread?.nodes ?? [])
      .filter(({ missing }) => !missing)
      .map(({ messageId, subject, fromName }) => {
        const link = loreLink(messageId);
        // Answers have one subject; who wrote them tells them apart.
        const label = stripReply(subject).isReply ? `${fromName}: ${subject}` : subject || messageId;
        const item = new vscode.CompletionItem(label, vscode.CompletionItemKind.Reference);
        item.detail = fromName;
        item.insertText = link;
        item.filterText = `${link} ${subject} ${fromName}`;
        item.range = range;
        return item;
      });
    // What is answered is meant most often; then what is newest.
    const answered = items.filter(({ insertText }) => insertText === loreLink(inReplyTo));
    const others = items.filter((item) => !answered.includes(item)).reverse();
    return inOrder([...answered, ...others], false);
  };

  /** A trailer's name at the start of an own line, or what follows one. */
  const inBody = async (
    document: vscode.TextDocument,
    position: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<vscode.CompletionList | undefined> => {
    const before = document.lineAt(position).text.slice(0, position.character);
    const trailer = /^(Fixes|Link|Closes|Cc|[A-Z][A-Za-z]*(?:-[a-z]+)*-by):[ \t]*/.exec(before);
    const rest = (start: number) => new vscode.Range(position.line, start, position.line, position.character);
    if (trailer !== null) {
      const [head, name = ""] = trailer;
      if (name === "Fixes") return await fixes(before.slice(head.length), rest(head.length), token);
      if (name === "Link" || name === "Closes") return await links(document, rest(head.length));
      if (!OWN_TRAILERS.includes(name)) return await people(document, position, head.length);
      return inOrder(await identities(rest(head.length)), false);
    }
    if (/(?:^|\s)https?:\S*$/.test(before)) {
      return await links(document, rest(before.search(/https?:\S*$/)));
    }
    if (!/^[A-Za-z][A-Za-z-]*$|^$/.test(before)) return undefined;
    const writer = await recentWriter(settings);
    const own = OWN_TRAILERS.map((name) => {
      const value = writer === undefined ? "" : formatMailbox(writer.self.identity);
      return trailerItem(name, value, rest(0));
    });
    return inOrder([...own, ...OTHER_TRAILERS.map((name) => trailerItem(name, "", rest(0)))], false);
  };

  return vscode.languages.registerCompletionItemProvider(
    { language: DRAFT_LANGUAGE },
    {
      provideCompletionItems: async (document, position, token, context) => {
        if (!isDraft(document)) return undefined;
        const isAsked = context.triggerKind === vscode.CompletionTriggerKind.Invoke;
        const header = await inHeader(document, position);
        if (header !== undefined) return header;
        const { bodyLine } = readDraft(textOf(document));
        if (position.line + 1 < bodyLine) return undefined;
        // What is typed in the text is left alone until the person asks, but for what follows a trailer's name.
        const before = document.lineAt(position).text.slice(0, position.character);
        if (!isAsked && !/^(?:Fixes|Link|Closes|Cc|[A-Z][A-Za-z-]*-by): ?\S*$/.test(before)) return undefined;
        return await inBody(document, position, token);
      },
    },
    ":",
    " ",
    ",",
  );
}

function trailerItem(name: string, value: string, range: vscode.Range): vscode.CompletionItem {
  const item = new vscode.CompletionItem(
    { label: name, description: value },
    vscode.CompletionItemKind.Keyword,
  );
  item.insertText = `${name}: ${value}`;
  item.range = range;
  return item;
}
