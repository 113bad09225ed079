/** The Threads tree: searches and archives, lists, threads newest first by pages, messages as answered. */
import { setTimeout as delay } from "node:timers/promises";
import * as vscode from "vscode";
import { sentence } from "../../base/report.ts";
import type { Commands } from "../commands.ts";
import type { Triage } from "../triage/triage.ts";
import { KeptRows } from "./keptRows.ts";
import { rowChanges } from "./rowChanges.ts";
import {
  type Container,
  type Element,
  isElement,
  type MessageElement,
  type ThreadElement,
} from "./threadElements.ts";
import { ROW_COLOURS, treeItem } from "./treeItem.ts";
import { archiveId, notice, TreeRows, type TreeRowsParts } from "./treeRows.ts";

/** While an archive is read, lists are asked again at most this often, in milliseconds. */
const REFRESH_MS = 700;
/** How often a row is to be shown before that counts as a bug, and the pause between, in milliseconds. */
const REVEALS = 10;
const REVEAL_MS = 100;

export interface ThreadsTree extends vscode.TreeDataProvider<Element>, vscode.Disposable {
  /** What is selected in the tree, when something is. */
  selected(): Element | undefined;
  /** The threads and messages that are selected, several perhaps. */
  selection(): (ThreadElement | MessageElement)[];
  /** Opens an archive of the settings and shows its row; what it holds appears as it is read. */
  open(path: string): Promise<void>;
  /** Shows the search of the moment and what it found. */
  openSearch(): Promise<void>;
  /**
   * The thread beside this one in a list that shows it, which shows older threads for that where it has any; "end" where
   * there is none beside it, "unlisted" where no list shows this one.
   */
  neighbour(thread: string, steps: 1 | -1): Promise<{ thread: string } | "end" | "unlisted">;
  /** Focuses the tree, at this thread when it shows it. */
  focus(thread: string | undefined): Promise<void>;
  /** The view, for the number on its icon. */
  readonly view: vscode.TreeView<Element>;
}

interface TreeParts extends TreeRowsParts {
  /** Of the window: what is open in it is open when it comes back. */
  memory: vscode.Memento;
  commands: Commands;
  triage: Triage;
}

/** Whether a notice may stand below an element. */
const hasThreads = (element: Element | undefined): element is Container | ThreadElement | undefined =>
  element === undefined || ["archive", "list", "search", "lane", "thread"].includes(element.kind);

const isMail = (element: Element): element is ThreadElement | MessageElement =>
  element.kind === "thread" || element.kind === "message";

export function openThreadsTree(parts: TreeParts): ThreadsTree {
  const { sync, settings, commands, remotes, triage, searches } = parts;
  const changed = new vscode.EventEmitter<Element[] | undefined>();
  const changes = rowChanges<Element>((elements) => changed.fire(elements));
  const rows = new TreeRows(parts);
  const kept = new KeptRows(parts.memory);
  let timer: NodeJS.Timeout | undefined;
  let flushedMs = Number.NEGATIVE_INFINITY;
  const stale = new Set<string | undefined>();

  const flush = async () => {
    timer = undefined;
    flushedMs = performance.now();
    const sources = new Set(stale);
    stale.clear();
    const before = [...rows.archives.keys()].join("\n");
    try {
      await rows.archiveRoots();
    } catch (error) {
      // The tree asks again, and says in its only row what is in the way.
      changes.tell(undefined);
      throw error;
    }
    if ([...rows.archives.keys()].join("\n") !== before || rows.archives.size === 0) {
      changes.tell(undefined);
      return;
    }
    changes.tell(...rows.searchRoots());
    for (const element of rows.archives.values()) {
      // What comes into another archive leaves the one of what was opened by link.
      if (element.isOpened || sources.has(undefined) || sources.has(element.spec.path)) changes.tell(element);
    }
  };

  const refreshSoon = (source: string | undefined, atOnce: boolean) => {
    stale.add(source);
    if (atOnce) clearTimeout(timer);
    else if (timer !== undefined) return;
    const wait = atOnce ? 0 : Math.max(0, flushedMs + REFRESH_MS - performance.now());
    timer = setTimeout(() => commands.attempt("show the threads", flush), wait);
  };

  /** Shows a row; again where the editor is drawing the rows anew just now and has lost it. */
  const reveal = async (element: Element, how: { select?: boolean; focus?: boolean; expand?: boolean }) => {
    for (let attempt = 1; ; attempt += 1) {
      await changes.told();
      try {
        return await view.reveal(element, how);
      } catch (error) {
        if (attempt === REVEALS || !/TreeError/.test(String(error))) throw error;
        await delay(REVEAL_MS);
      }
    }
  };

  const filterShown = () => {
    const filter = searches.filter();
    view.description = filter === "" ? "" : `Filter: ${filter}`;
    changes.tell(undefined);
  };

  /** Says above the rows that all is read, unless mail is still coming in. */
  const tellAllRead = () => {
    const archives = sync.archives();
    const isQuiet = archives.every(({ path }) => sync.state(path).phase === undefined);
    const isRead = archives.length > 0 && isQuiet && triage.isAllRead();
    view.message = isRead ? "All read." : "";
  };

  /**
   * Chooses what was chosen when the window went, when its row is there and nothing else is chosen: once more where the
   * rows were drawn anew meanwhile.
   */
  const chooseAgain = (shown: readonly Element[]) => {
    const chosen = kept.missed === undefined ? undefined : shown.find(({ id }) => id === kept.missed);
    if (chosen === undefined || view.selection.length > 0 || !view.visible) return;
    commands.attempt("show the thread that was chosen", () => reveal(chosen, { select: true, focus: false }));
  };

  /** The item of a row, as open as it was. A server that a list stays on is asked when its row is opened by hand. */
  const itemOf = (element: Element): vscode.TreeItem => {
    const item = treeItem(element, Date.now());
    const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;
    if (item.collapsibleState === None || element.kind === "remote") return item;
    const isOpen = kept.isOpen(element.id, item.collapsibleState === Expanded);
    item.collapsibleState = isOpen ? Expanded : Collapsed;
    return item;
  };

  const provider: vscode.TreeDataProvider<Element> = {
    onDidChangeTreeData: changed.event,
    getTreeItem: itemOf,
    getParent: (element) =>
      element.kind === "archive" || element.kind === "search" || element.kind === "remote"
        ? undefined
        : element.parent,
    getChildren: async (element) => {
      try {
        const children = await changes.asked(async () => await rows.children(element));
        chooseAgain(children);
        return children;
      } catch (error) {
        commands.tell(error, "show the threads");
        return hasThreads(element) ? [notice(element, "warning", sentence(error))] : [];
      }
    },
  };
  const view = vscode.window.createTreeView("kernelMail.threads", {
    treeDataProvider: provider,
    showCollapseAll: true,
    canSelectMany: true,
  });

  const subscriptions = vscode.Disposable.from(
    sync.onDidChange((source) => {
      tellAllRead();
      // A new set of archives and the first rows of one show at once; counts that grow can wait.
      const isFirst = source === undefined || rows.archives.get(archiveId(source))?.row.threads === 0;
      refreshSoon(source, isFirst);
    }),
    settings.onDidChange(["threads.order", "threads.pageSize", "threads.showMuted", "threads.bots"], () =>
      changes.tell(undefined),
    ),
    searches.onDidChange(filterShown),
    remotes.onDidChange((root) => changes.tell(root)),
    settings.onDidChange(["archives"], () => changes.tell(undefined)),
    // Opening its row asks the server; that it was open when the window came back does not.
    view.onDidExpandElement(({ element }) => {
      kept.turned(element.id, true);
      if (element.kind === "remote") remotes.expanded(element);
    }),
    view.onDidCollapseElement(({ element }) => kept.turned(element.id, false)),
    view.onDidChangeSelection(({ selection: [first] }) => {
      if (first !== undefined) kept.chose(first.id);
    }),
    triage.onDidMark(({ rows: touched, all }) => {
      changes.tell(...rows.take(touched));
      // Lists count what is unread in them, and leave out what is muted.
      refreshSoon(undefined, all);
    }),
    triage.onDidCount(() => {
      tellAllRead();
      changes.tell(...rows.searchRoots());
    }),
    vscode.window.registerFileDecorationProvider({
      provideFileDecoration: ({ scheme, path, query }) => {
        if (scheme !== ROW_COLOURS) return undefined;
        const unread = query === "unread" ? { badge: "●", tooltip: "Unread" } : {};
        return { color: new vscode.ThemeColor(path), propagate: false, ...unread };
      },
    }),
  );

  commands.register("kernelMail.olderThreads", (argument) => {
    if (!isElement(argument) || argument.kind !== "older") return;
    rows.wantMore(argument.parent);
    changes.tell(argument.parent);
  });

  return {
    ...provider,
    view,
    selected: () => view.selection[0],
    selection: () => view.selection.filter(isMail),
    open: async (path) => {
      const element = (await rows.archiveRoots()).find(({ spec }) => spec.path === path);
      if (element !== undefined) await reveal(element, { select: false, expand: true });
    },
    openSearch: async () => {
      const [first] = rows.searchRoots();
      if (first !== undefined) await reveal(first, { select: true, focus: true, expand: true });
    },
    neighbour: async (thread, steps) => {
      const find = () => rows.place(thread, view.selection[0]);
      const place = find();
      const here = place?.rows[place.at];
      if (place === undefined || here === undefined) return "unlisted";
      const next = place.rows[place.at + steps];
      if (next !== undefined) return next.row;
      if (steps < 0 || !(await rows.showMore(here.parent))) return "end";
      changes.tell(here.parent);
      const grown = find();
      return grown?.rows[grown.at + steps]?.row ?? "end";
    },
    focus: async (thread) => {
      const place = thread === undefined ? undefined : rows.place(thread, view.selection[0]);
      const element = place?.rows[place.at];
      // In one step: were the view focused first, the row would take the focus back from keys pressed in between.
      if (element !== undefined) await reveal(element, { select: true, focus: true });
      else await vscode.commands.executeCommand("kernelMail.threads.focus");
    },
    dispose: () => {
      clearTimeout(timer);
      changes.dispose();
      vscode.Disposable.from(subscriptions, view, changed).dispose();
    },
  };
}
