/** The Threads tree: archive, list, threads newest first by pages, messages as answered. */
import * as vscode from "vscode";
import { sentence } from "../base/report.ts";
import type { Archive } from "./archiveWorker.ts";
import type { Commands } from "./commands.ts";
import type { RemoteArchives } from "./remoteArchives.ts";
import { archiveName, type Settings } from "./settings.ts";
import type { Sync } from "./sync.ts";
import {
  type ArchiveElement,
  type Container,
  type Element,
  isElement,
  type ListElement,
  type NoticeElement,
  nest,
  type ThreadElement,
} from "./threadElements.ts";
import { treeItem } from "./treeItem.ts";

/** While an archive is read, lists are asked again at most this often, in milliseconds. */
const REFRESH_MS = 700;

export interface ThreadsTree extends vscode.TreeDataProvider<Element>, vscode.Disposable {
  /** What is selected in the tree, when something is. */
  selected(): Element | undefined;
  /** The thread that stands `steps` further in a list that shows this one; undefined where there is none. */
  neighbour(thread: string, steps: 1 | -1): string | undefined;
  /** Focuses the tree, at this thread when it shows it. */
  focus(thread: string | undefined): Promise<void>;
  /** Opens an archive of the settings and shows its row; what it holds appears as it is read. */
  open(path: string): Promise<void>;
}

/** Whether a notice may stand below an element: at the top, below an archive, a list and a thread. */
const hasThreads = (element: Element | undefined): element is Container | ThreadElement | undefined =>
  element === undefined || ["archive", "list", "thread"].includes(element.kind);

const archiveId = (path: string): string => `archive\n${path}`;

interface TreeParts {
  remotes: RemoteArchives;
  archive: Archive;
  sync: Sync;
  settings: Settings;
  commands: Commands;
}

export function openThreadsTree({ archive, sync, settings, commands, remotes }: TreeParts): ThreadsTree {
  const changed = new vscode.EventEmitter<Element | undefined>();
  const archives = new Map<string, ArchiveElement>();
  const lists = new Map<string, ListElement>();
  /** How many threads are wanted of a container, when more than a page. */
  const wanted = new Map<string, number>();
  /** The threads that each container showed last, in order. */
  const shown = new Map<string, ThreadElement[]>();
  /** Archives whose threads are shown without lists between. */
  const flat = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let flushedMs = Number.NEGATIVE_INFINITY;
  const stale = new Set<string | undefined>();

  const notice = (
    parent: NoticeElement["parent"],
    icon: NoticeElement["icon"],
    text: string,
  ): NoticeElement => ({ kind: "notice", id: `${parent?.id ?? ""}\nnotice`, parent, icon, text });

  /** The rows of the worker for the archives of the settings; one that it does not know yet is empty. */
  const roots = async (): Promise<ArchiveElement[]> => {
    // Without archives the worker need not be started.
    const held = sync.archives().length === 0 ? [] : await archive.request("archives", null);
    const rows = new Map(held.map((row) => [row.source, row]));
    // Asked anew: the set may have become another one meanwhile.
    const present = sync.archives().flatMap((spec): ArchiveElement[] => {
      // What was opened by link is a root of its own, and goes when it is empty.
      if (sync.isOwn(spec.path) && (rows.get(spec.path)?.threads ?? 0) === 0) return [];
      const row = rows.get(spec.path) ?? {
        source: spec.path,
        name: archiveName(spec),
        format: spec.kind ?? "folder",
        messages: 0,
        threads: 0,
        lists: [],
      };
      const id = archiveId(spec.path);
      const known = archives.get(id);
      const state = sync.state(spec.path);
      const element: ArchiveElement = known ?? {
        kind: "archive",
        id,
        spec,
        row,
        state,
        isOpened: sync.isOwn(spec.path),
      };
      element.spec = spec;
      element.row = spec.name === undefined ? row : { ...row, name: spec.name };
      element.state = state;
      return [element];
    });
    archives.clear();
    for (const element of present) archives.set(element.id, element);
    for (const [id, { parent }] of lists) if (!archives.has(parent.id)) lists.delete(id);
    return present;
  };

  const listsOf = (parent: ArchiveElement): ListElement[] =>
    parent.row.lists.map((list) => {
      const id = `${parent.id}\nlist\n${list.list}`;
      const element: ListElement = lists.get(id) ?? { kind: "list", id, parent, list };
      element.list = list;
      element.parent = parent;
      lists.set(id, element);
      return element;
    });

  /** How many threads of a container are shown. */
  const limitOf = ({ id }: Container): number => Math.max(settings.pageSize(), wanted.get(id) ?? 0);

  const threadsOf = async (container: Container): Promise<Element[]> => {
    const narrow =
      container.kind === "archive"
        ? { source: container.row.source }
        : { source: container.parent.row.source, list: container.list.list };
    const { threads: found, next } = await archive.request("threads", {
      ...narrow,
      limit: limitOf(container),
    });
    const rows = found.map(
      (row): ThreadElement => ({
        kind: "thread",
        id: `${container.id}\nthread\n${row.thread}`,
        parent: container,
        row,
      }),
    );
    shown.set(container.id, rows);
    const threads: Element[] = [...rows];
    if (next !== undefined) threads.push({ kind: "older", id: `${container.id}\nolder`, parent: container });
    return threads;
  };

  /** What an archive says before or instead of its threads. */
  const noticeOf = (parent: ArchiveElement): NoticeElement | undefined => {
    const { row, state } = parent;
    const problem = state.problem ?? row.problem;
    if (problem !== undefined) return notice(parent, "warning", problem);
    if (state.phase === "stopped") {
      return notice(parent, "debug-pause", "Reading was stopped. Check for new mail to go on from there.");
    }
    if (row.threads > 0) return undefined;
    if (state.phase === "reading") return notice(parent, "loading~spin", "Reading the archive...");
    if (state.phase === "paused") return notice(parent, "debug-pause", "Reading is paused.");
    return notice(parent, "info", "No messages of its own: it is empty, or other archives have them all.");
  };

  const childrenOfArchive = async (parent: ArchiveElement): Promise<Element[]> => {
    const first = noticeOf(parent);
    if (parent.row.threads === 0) return first ? [first] : [];
    // A second list that turns up while an archive is read does not take the threads away from who reads them.
    const isFlat =
      sync.isOwn(parent.spec.path) ||
      parent.row.lists.length < 2 ||
      (parent.state.phase !== undefined && flat.has(parent.id));
    if (isFlat) flat.add(parent.id);
    else flat.delete(parent.id);
    const rows = isFlat ? await threadsOf(parent) : listsOf(parent);
    return first ? [first, ...rows] : rows;
  };

  const messagesOf = async (thread: ThreadElement): Promise<Element[]> => {
    const answer = await archive.request("thread", { messageId: thread.row.thread });
    if (answer === null) {
      return [notice(thread, "info", "This thread is no longer in the archive.")];
    }
    return nest(answer.nodes, thread);
  };

  const allRoots = async (): Promise<Element[]> => [...(await roots()), ...remotes.roots()];

  const children = (element: Element | undefined): Element[] | Promise<Element[]> => {
    if (element === undefined) return allRoots();
    switch (element.kind) {
      case "archive":
        return childrenOfArchive(element);
      case "list":
        return threadsOf(element);
      case "thread":
        return messagesOf(element);
      case "message":
        return element.answers;
      case "remote":
        return remotes.children(element);
      case "older":
      case "notice":
      case "remoteThread":
      case "remoteRow":
        return [];
    }
  };

  const flush = async () => {
    timer = undefined;
    flushedMs = performance.now();
    const sources = [...stale];
    stale.clear();
    const before = [...archives.keys()].join("\n");
    try {
      await roots();
    } catch (error) {
      // The tree asks again, and says in its only row what is in the way.
      changed.fire(undefined);
      throw error;
    }
    if ([...archives.keys()].join("\n") !== before || archives.size === 0) {
      changed.fire(undefined);
      return;
    }
    for (const source of sources) {
      if (source === undefined) for (const element of archives.values()) changed.fire(element);
      else {
        const element = archives.get(archiveId(source));
        if (element !== undefined) changed.fire(element);
      }
    }
  };

  const listener = sync.onDidChange((source) => {
    stale.add(source);
    // A new set of archives and the first rows of one show at once; counts that grow can wait.
    const isFirst = source === undefined || archives.get(archiveId(source))?.row.threads === 0;
    if (isFirst) clearTimeout(timer);
    else if (timer !== undefined) return;
    const wait = isFirst ? 0 : Math.max(0, flushedMs + REFRESH_MS - performance.now());
    timer = setTimeout(() => commands.attempt("show the threads", flush), wait);
  });
  const paging = settings.onDidChange(["threads.pageSize"], () => changed.fire(undefined));

  const provider: vscode.TreeDataProvider<Element> = {
    onDidChangeTreeData: changed.event,
    getTreeItem: (element) => treeItem(element, Date.now()),
    getParent: (element) =>
      element.kind === "archive" || element.kind === "remote" ? undefined : element.parent,
    getChildren: async (element) => {
      try {
        return await children(element);
      } catch (error) {
        commands.tell(error, "show the threads");
        return hasThreads(element) ? [notice(element, "warning", sentence(error))] : [];
      }
    },
  };
  const view = vscode.window.createTreeView("kernelMail.threads", {
    treeDataProvider: provider,
    showCollapseAll: true,
  });
  const remoteRows = vscode.Disposable.from(
    remotes.onDidChange((root) => changed.fire(root)),
    settings.onDidChange(["archives"], () => changed.fire(undefined)),
    // Opening its row asks the server; that it was open when the window came back does not.
    view.onDidExpandElement(({ element }) => {
      if (element.kind === "remote") remotes.expanded(element);
    }),
  );

  commands.register("kernelMail.olderThreads", (argument) => {
    if (!isElement(argument) || argument.kind !== "older") return;
    const { parent } = argument;
    wanted.set(parent.id, limitOf(parent) + settings.pageSize());
    changed.fire(parent);
  });

  /** Where a thread is shown: in the list of what is selected first, for it may be shown in several. */
  const placeOf = (thread: string): { rows: ThreadElement[]; at: number } | undefined => {
    const [chosen] = view.selection;
    const first = chosen?.kind === "thread" ? [shown.get(chosen.parent.id) ?? []] : [];
    for (const rows of [...first, ...shown.values()]) {
      const at = rows.findIndex(({ row }) => row.thread === thread);
      if (at >= 0) return { rows, at };
    }
    return undefined;
  };

  return {
    ...provider,
    selected: () => view.selection[0],
    neighbour: (thread, steps) => {
      const place = placeOf(thread);
      return place?.rows[place.at + steps]?.row.thread;
    },
    focus: async (thread) => {
      const place = thread === undefined ? undefined : placeOf(thread);
      const element = place?.rows[place.at];
      await vscode.commands.executeCommand("kernelMail.threads.focus");
      if (element !== undefined) await view.reveal(element, { select: true, focus: true });
    },
    open: async (path) => {
      const element = (await roots()).find(({ spec }) => spec.path === path);
      if (element !== undefined) await view.reveal(element, { select: false, expand: true });
    },
    dispose: () => {
      clearTimeout(timer);
      vscode.Disposable.from(listener, remoteRows, paging, view, changed).dispose();
    },
  };
}
