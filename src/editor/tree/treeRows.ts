/** The rows of the Threads tree: asked of the worker and the settings, as elements that stay the same while they mean the same. */
import type { ThreadRow, Unread } from "../../archive/remote.ts";
import type { Archive } from "../archives/archiveWorker.ts";
import type { RemoteArchives } from "../archives/remoteArchives.ts";
import type { Sync } from "../archives/sync.ts";
import { archiveName, type Settings } from "../settings.ts";
import type { Triage } from "../triage/triage.ts";
import type { SearchRoots } from "./searchRoots.ts";
import {
  type ArchiveElement,
  type Container,
  type Element,
  type LaneElement,
  type ListElement,
  type NoticeElement,
  narrowed,
  nest,
  type SearchElement,
  type ThreadElement,
} from "./threadElements.ts";
import { noThreadsText } from "./threadLabels.ts";

export interface TreeRowsParts {
  remotes: RemoteArchives;
  archive: Archive;
  sync: Sync;
  settings: Settings;
  triage: Pick<Triage, "counts">;
  searches: SearchRoots;
}

/** Queries whose unread mail is counted anyway. */
const COUNTED: Readonly<Record<string, "forMe" | "followed">> = {
  "answers:me OR mentions:me OR (to:me AND thread:mine)": "forMe",
  "is:followed": "followed",
};

export const archiveId = (path: string): string => `archive\n${path}`;

export function notice(
  parent: NoticeElement["parent"],
  icon: NoticeElement["icon"],
  text: string,
): NoticeElement {
  return { kind: "notice", id: `${parent?.id ?? ""}\nnotice`, parent, icon, text };
}

export class TreeRows {
  readonly archives = new Map<string, ArchiveElement>();
  readonly #parts: TreeRowsParts;
  readonly #lists = new Map<string, ListElement>();
  readonly #searches = new Map<string, SearchElement>();
  readonly #lanes = new Map<string, LaneElement>();
  /** The threads that each container showed last, in order. */
  readonly #shown = new Map<string, ThreadElement[]>();
  /** Containers that have older threads than are shown. */
  readonly #cut = new Set<string>();
  /** How many threads are wanted of a container, when more than a page. */
  readonly #wanted = new Map<string, number>();
  /** Archives whose threads are shown without lists between. */
  readonly #flat = new Set<string>();
  /** The archives that were not read to their end when the roots were asked for. */
  #reach: readonly Unread[] = [];
  /** Threads are held that only searches show: they were opened by link and are followed now. */
  #hasPassed = false;

  constructor(parts: TreeRowsParts) {
    this.#parts = parts;
  }

  /** Searches, then archives, then those that stay on their servers. */
  async roots(): Promise<Element[]> {
    const archives = await this.archiveRoots();
    const searches = archives.length === 0 && !this.#hasPassed ? [] : this.searchRoots();
    return [...searches, ...archives, ...this.#parts.remotes.roots()];
  }

  /** The rows of the worker for the archives of the settings; one that it does not know yet is empty. */
  async archiveRoots(): Promise<ArchiveElement[]> {
    const { archive, sync } = this.#parts;
    // Without archives the worker need not be started.
    const [held, reach] =
      sync.archives().length === 0
        ? [[], []]
        : await Promise.all([archive.request("archives", null), archive.request("reach", null)]);
    this.#reach = reach;
    this.#hasPassed = held.some(({ passed = 0 }) => passed > 0);
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
      const known = this.archives.get(id);
      const state = sync.state(spec.path);
      const isOpened = sync.isOwn(spec.path);
      const element: ArchiveElement = known ?? { kind: "archive", id, spec, row, state, isOpened };
      element.spec = spec;
      element.row = spec.name === undefined ? row : { ...row, name: spec.name };
      element.state = state;
      return [element];
    });
    this.archives.clear();
    for (const element of present) this.archives.set(element.id, element);
    for (const [id, { parent }] of this.#lists) if (!this.archives.has(parent.id)) this.#lists.delete(id);
    return present;
  }

  /** The searches as the settings order them, that of the moment first; the same elements as long as they ask the same. */
  searchRoots(): SearchElement[] {
    const { searches, triage } = this.#parts;
    const counts = triage.counts();
    const present = searches.roots().map((search): SearchElement => {
      const id = `search\n${search.saved}\n${search.name}\n${search.query}`;
      const element: SearchElement = this.#searches.get(id) ?? { kind: "search", id, search, reach: [] };
      const counted = COUNTED[search.query];
      if (counted !== undefined) element.unread = counts[counted];
      element.reach = this.#reach;
      return element;
    });
    this.#searches.clear();
    for (const element of present) this.#searches.set(element.id, element);
    return present;
  }

  #listsOf(parent: ArchiveElement): ListElement[] {
    return parent.row.lists.map((list) => {
      const id = `${parent.id}\nlist\n${list.list}`;
      const element: ListElement = this.#lists.get(id) ?? { kind: "list", id, parent, list };
      element.list = list;
      element.parent = parent;
      this.#lists.set(id, element);
      return element;
    });
  }

  /** How many threads of a container are shown. */
  #limitOf({ id }: Container): number {
    return Math.max(this.#parts.settings.pageSize(), this.#wanted.get(id) ?? 0);
  }

  /** From now on one page more of a container is shown. */
  wantMore(container: Container): void {
    this.#wanted.set(container.id, this.#limitOf(container) + this.#parts.settings.pageSize());
  }

  /** Asks for one page more of a container; false when all of it is shown. */
  async showMore(container: Container): Promise<boolean> {
    if (!this.#cut.has(container.id)) return false;
    this.wantMore(container);
    await this.#threadsOf(container);
    return true;
  }

  async #threadsOf(container: Container): Promise<Element[]> {
    const { archive, searches, settings } = this.#parts;
    const query = [container.kind === "search" ? `(${container.search.query})` : "", searches.filter()]
      .filter((part) => part !== "")
      .join(" ");
    const isPart = container.kind === "archive" || container.kind === "list";
    const robots =
      container.kind === "lane" ? "only" : isPart && settings.botsShown() !== "inline" ? "none" : undefined;
    const { threads: rows, next } = await archive.request("threads", {
      ...narrowed(container),
      ...(query === "" ? {} : { query }),
      ...(robots === undefined ? {} : { bots: robots }),
      quiet: !settings.showMuted() && !/\bis:(?:muted|snoozed)\b/.test(query),
      order: settings.threadOrder(),
      limit: this.#limitOf(container),
    });
    const before = new Map(this.#shown.get(container.id)?.map((element) => [element.id, element]));
    const shown = rows.map((row): ThreadElement => {
      const id = `${container.id}\nthread\n${row.thread}`;
      const known = before.get(id);
      if (known === undefined) return { kind: "thread", id, parent: container, row };
      known.parent = container;
      known.row = row;
      return known;
    });
    this.#shown.set(container.id, shown);
    const threads: Element[] = [...shown];
    if (next === undefined) this.#cut.delete(container.id);
    else {
      this.#cut.add(container.id);
      threads.push({ kind: "older", id: `${container.id}\nolder`, parent: container });
    }
    if (isPart && query === "" && settings.botsShown() === "lane" && hasRobots(container)) {
      threads.push(this.#laneOf(container));
    }
    if (threads.length > 0) return threads;
    const { source } = narrowed(container);
    const reach = this.#reach.filter((one) => source === undefined || one.source === source);
    return [notice(container, "info", noThreadsText(query, reach, Date.now()))];
  }

  #laneOf(parent: LaneElement["parent"]): LaneElement {
    const id = `${parent.id}\nlane`;
    const element: LaneElement = this.#lanes.get(id) ?? { kind: "lane", id, parent };
    element.parent = parent;
    this.#lanes.set(id, element);
    return element;
  }

  /** Takes over what rows say now; returns the elements that show them. */
  take(rows: readonly ThreadRow[]): ThreadElement[] {
    const byThread = new Map(rows.map((row) => [row.thread, row]));
    return [...this.#shown.values()].flat().filter((element) => {
      const row = byThread.get(element.row.thread);
      if (row !== undefined) element.row = row;
      return row !== undefined;
    });
  }

  /** Where a thread is shown: in the list of `chosen` first, for it may be shown in several; searches last. */
  place(thread: string, chosen: Element | undefined): { rows: ThreadElement[]; at: number } | undefined {
    const first = chosen?.kind === "thread" ? [this.#shown.get(chosen.parent.id) ?? []] : [];
    const isSearch = ([element]: ThreadElement[]): number => Number(element?.parent.kind === "search");
    const others = [...this.#shown.values()].sort((a, b) => isSearch(a) - isSearch(b));
    for (const rows of [...first, ...others]) {
      const at = rows.findIndex(({ row }) => row.thread === thread);
      if (at >= 0) return { rows, at };
    }
    return undefined;
  }

  /** What an archive says before or instead of its threads. */
  #noticeOf(parent: ArchiveElement): NoticeElement | undefined {
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
  }

  async #childrenOfArchive(parent: ArchiveElement): Promise<Element[]> {
    const first = this.#noticeOf(parent);
    if (parent.row.threads === 0) return first ? [first] : [];
    // A second list that turns up while an archive is read does not take the threads away from who reads them.
    const isFlat =
      parent.isOpened ||
      parent.row.lists.length < 2 ||
      (parent.state.phase !== undefined && this.#flat.has(parent.id));
    if (isFlat) this.#flat.add(parent.id);
    else this.#flat.delete(parent.id);
    const rows = isFlat ? await this.#threadsOf(parent) : this.#listsOf(parent);
    return first ? [first, ...rows] : rows;
  }

  async #messagesOf(thread: ThreadElement): Promise<Element[]> {
    const answer = await this.#parts.archive.request("thread", { messageId: thread.row.thread });
    if (answer === null) return [notice(thread, "info", "This thread is no longer in the archive.")];
    return nest(answer.nodes, thread);
  }

  /** What stands below an element; the roots below none. */
  children(element: Element | undefined): Element[] | Promise<Element[]> {
    if (element === undefined) return this.roots();
    switch (element.kind) {
      case "archive":
        return this.#childrenOfArchive(element);
      case "list":
      case "search":
      case "lane":
        return this.#threadsOf(element);
      case "thread":
        return this.#messagesOf(element);
      case "message":
        return element.answers;
      case "remote":
        return this.#parts.remotes.children(element);
      case "older":
      case "notice":
      case "remoteThread":
      case "remoteRow":
        return [];
    }
  }
}

/** Whether robots begin threads there. */
const hasRobots = (container: Container): boolean =>
  container.kind === "list"
    ? container.list.robots === true
    : container.kind === "archive" && container.row.lists.some(({ robots }) => robots);
