/** Searching: as one types, kept as a root of the tree, saved, edited; and the filter of the tree. */
import * as vscode from "vscode";
import type { FoundRow } from "../../archive/remote.ts";
import { isUserError, sentence } from "../../base/report.ts";
import type { Archive } from "../archives/archiveWorker.ts";
import type { Commands } from "../commands.ts";
import { inLabel } from "../plainWords.ts";
import type { Reader } from "../reading/readerPanel.ts";
import type { Settings } from "../settings.ts";
import type { SearchRoots } from "./searchRoots.ts";
import { isElement } from "./threadElements.ts";
import { age, reachText } from "./threadLabels.ts";
import type { ThreadsTree } from "./threadsTree.ts";

/** A pause in typing after which is searched, in milliseconds. */
const PAUSE_MS = 120;
/** As many as are worth looking at while one types. */
const SHOWN = 50;

interface Parts {
  archive: Archive;
  commands: Commands;
  settings: Settings;
  searches: SearchRoots;
  reader: Reader;
  tree: ThreadsTree;
}

interface Item extends vscode.QuickPickItem {
  messageId?: string;
}

const EXAMPLES =
  'from:name  subject:word  list:linux-mm  since:14d  is:unread  answers:me  "a phrase"  a OR b';

/** While a word is typed its beginning is looked for; what begins with fewer letters is half the archive. */
export const whileTyping = (query: string): string =>
  /(?:^|[\s(:])[\p{L}\p{N}_]{3,}$/u.test(query) &&
  !/\b(?:id|is|list|since|until|answers|mentions|thread|series):\S*$/.test(query)
    ? `${query}*`
    : query;

const itemOf = (found: FoundRow, now: number): Item => ({
  label: inLabel(found.subject || "(no subject)"),
  // On a line of its own: beside a long subject nothing is left of it.
  detail: inLabel(
    [found.fromName || found.fromAddress, age(found.dateMs, now), found.list.split(".")[0]]
      .filter(Boolean)
      .join(" · "),
  ),
  alwaysShow: true,
  messageId: found.messageId,
});

export function registerSearchCommands({ archive, commands, settings, searches, reader, tree }: Parts): void {
  /** Keeps a result as the first root of the tree. */
  const keep = async (query: string): Promise<void> => {
    searches.show(query);
    await vscode.commands.executeCommand("kernelMail.threads.focus");
    await tree.openSearch();
  };

  /** A search as one types; returns the query that was kept, or opens the message that was chosen. */
  const ask = (begin: string): Promise<string | undefined> =>
    new Promise((resolve) => {
      const pick = vscode.window.createQuickPick<Item>();
      let timer: NodeJS.Timeout | undefined;
      let asking: AbortController | undefined;
      pick.title = "Search Mail";
      pick.placeholder = EXAMPLES;
      // Newest first, behind what Enter does. Otherwise what is typed sorts the rows by their labels; declared is this
      // property for proposed use only, but every editor heeds it.
      Object.assign(pick, { sortByLabel: false });
      const keeps = (query: string, detail: string): Item => ({
        label: `$(search) Show all of “${query}” in the Threads view`,
        detail,
        alwaysShow: true,
      });
      const run = async (query: string) => {
        asking?.abort();
        const own = new AbortController();
        asking = own;
        pick.busy = true;
        try {
          const [{ found, next }, reach] = await Promise.all([
            archive.request("search", { query: whileTyping(query), limit: SHOWN }, own.signal),
            archive.request("reach", null, own.signal),
          ]);
          if (own.signal.aborted) return;
          const more = next === undefined ? `${found.length} found` : `The newest ${found.length}`;
          const now = Date.now();
          const facts = [more, ...reach.map((one) => reachText(one, now))];
          pick.items = [keeps(query, facts.join(" · ")), ...found.map((one) => itemOf(one, now))];
        } catch (error) {
          if (own.signal.aborted) return;
          if (!isUserError(error)) throw error;
          pick.items = [
            { label: "$(info) Nothing to search for yet", detail: sentence(error), alwaysShow: true },
          ];
        } finally {
          if (asking === own) pick.busy = false;
        }
      };
      const type = (value: string) => {
        clearTimeout(timer);
        const query = value.trim();
        if (query === "") pick.items = [];
        else timer = setTimeout(() => commands.attempt("search", () => run(query)), PAUSE_MS);
      };
      pick.onDidChangeValue(type);
      pick.onDidAccept(() => {
        const [item] = pick.activeItems;
        const query = pick.value.trim();
        const { messageId } = item ?? {};
        resolve(messageId === undefined && query !== "" ? query : undefined);
        pick.hide();
        if (messageId !== undefined) commands.attempt("open the message", () => reader.open(messageId));
      });
      pick.onDidHide(() => {
        clearTimeout(timer);
        asking?.abort();
        resolve(undefined);
        pick.dispose();
      });
      pick.value = begin;
      type(begin);
      pick.show();
    });

  commands.register("kernelMail.search", async (argument) => {
    const given =
      typeof argument === "object" && argument !== null && "query" in argument ? argument.query : undefined;
    const query = typeof given === "string" ? given : await ask(searches.shown() ?? "");
    if (query !== undefined && query.trim() !== "") await keep(query.trim());
  });

  commands.register("kernelMail.filterThreads", async () => {
    const query = await vscode.window.showInputBox({
      title: "Filter Threads",
      prompt: "Every list of the view shows only threads with a message like this. Empty shows all.",
      placeHolder: EXAMPLES,
      value: searches.filter(),
    });
    if (query !== undefined) searches.setFilter(query);
  });
  commands.register("kernelMail.clearFilter", () => searches.setFilter(""));

  commands.register("kernelMail.saveSearch", async () => {
    const query = searches.shown();
    if (query === undefined) return;
    const name = await vscode.window.showInputBox({
      title: "Save Search",
      prompt: `A name for “${query}”`,
      value: query,
    });
    if (name === undefined || name.trim() === "") return;
    await settings.setSearches([...settings.searches(), { name: name.trim(), query, icon: "search" }]);
    searches.show(undefined);
  });

  const searchOf = (argument: unknown) =>
    isElement(argument) && argument.kind === "search" && argument.search.saved ? argument.search : undefined;

  commands.register("kernelMail.editSearch", async (argument) => {
    const search = searchOf(argument);
    if (search === undefined) return;
    const name = await vscode.window.showInputBox({
      title: "Edit Saved Search",
      prompt: "Name",
      value: search.name,
    });
    if (name === undefined || name.trim() === "") return;
    const query = await vscode.window.showInputBox({
      title: "Edit Saved Search",
      prompt: "Query",
      placeHolder: EXAMPLES,
      value: search.query,
    });
    if (query === undefined || query.trim() === "") return;
    const isIt = (one: { name: string; query: string }) =>
      one.name === search.name && one.query === search.query;
    await settings.setSearches(
      settings
        .searches()
        .map((one) => (isIt(one) ? { ...one, name: name.trim(), query: query.trim() } : one)),
    );
  });

  commands.register("kernelMail.deleteSearch", async (argument) => {
    const search = searchOf(argument);
    if (search === undefined) return;
    const before = settings.searches();
    await settings.setSearches(
      before.filter(({ name, query }) => name !== search.name || query !== search.query),
    );
    const choice = await vscode.window.showInformationMessage(
      `The search “${search.name}” is deleted.`,
      "Undo",
    );
    if (choice === "Undo") await settings.setSearches(before);
  });

  commands.register("kernelMail.toggleBots", async () => {
    await settings.setBotsShown(settings.botsShown() === "hide" ? "lane" : "hide");
  });
}
