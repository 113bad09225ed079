/** The reader: threads in one tab or in a tab each, restored after a reload; which of its tabs is meant. */
import * as vscode from "vscode";
import { UserError } from "../../base/report.ts";
import type { EditorAction, PageAction, PaneState, ReadAsAction } from "../../reader/protocol.ts";
import type { Commands } from "../commands.ts";
import type { FollowedLink } from "../links/follow.ts";
import type { Settings } from "../settings.ts";
import type { OpenAttachment } from "./attachments.ts";
import { isState } from "./pageRequests.ts";
import { openReaderTab, type ReaderTab, type ReaderTabParts, type Selection } from "./readerTab.ts";
import type { LoadThread } from "./threadFeed.ts";
import type { ThreadShown } from "./threadShown.ts";

export const READER = "kernelMail.reader";

/**
 * Where the reader stands, in the window's memory. The page has a state of its own, but a browser's workbench saves that
 * once a minute: loaded anew before that, it would bring back the thread before the last.
 */
const PLACE = "reader.place";

export interface Reader extends vscode.Disposable {
  /** Shows the thread of a message, at that message, in a column of the editor. A UserError when no archive has it. */
  open(messageId: string, column?: vscode.ViewColumn): Promise<void>;
  /** The same for a key of the page, which has the focus already. */
  goOn(messageId: string): Promise<void>;
  /** What is being opened has been shown, or has failed. */
  settled(): Promise<void>;
  /** The message in view and the selected lines, when the reader is the active editor. */
  inFocus(): Promise<Selection | undefined>;
  /** Has the page do something that it can do by a key too. */
  act(action: PageAction): void;
  /** What the editor does for keys of the page, about the message in view or selected lines of it. */
  serve(acts: Partial<Record<EditorAction | ReadAsAction, EditorAct>>): void;
  /** The Message-ID of the root of the thread that is shown. */
  thread(): string | undefined;
  /** The message in view, whether or not the reader is the active editor. */
  inView(): string | undefined;
  /** Shows what the messages of open threads are marked as now. */
  refreshMarks(): Promise<void>;
  /** Shows and speaks a sentence in the page; false when there is no page to be seen. */
  say(sentence: string): boolean;
}

type EditorAct = (focus: Selection & { marked?: string[] }) => unknown;

export interface ReaderParts {
  extensionUri: vscode.Uri;
  settings: Settings;
  commands: Commands;
  shown: ThreadShown;
  loadThread: LoadThread;
  /** What the window remembers on its own disk, and brings back with it. */
  memory: vscode.Memento;
  /** Follows a link that leads out of the thread. */
  follow: (link: FollowedLink) => Promise<void>;
  /** A few lines on what a link leads to, for its hover. */
  preview: (link: FollowedLink) => Promise<string>;
  /** Told which message is in view, undefined when none is any more. */
  reading: (messageId: string | undefined) => void;
  /** Opens a draft that answers. */
  reply: (request: Selection & { toSender?: boolean }) => Promise<unknown>;
  /** Fires when an archive holds other mail than before, or mail is to be read otherwise. */
  onNewMail: vscode.Event<void>;
  openAttachment: OpenAttachment;
}

export function openReader(parts: ReaderParts): Reader {
  const { extensionUri, settings, commands, memory, loadThread, follow, preview, reply, onNewMail } = parts;
  /** The tab that was active last stands last. */
  let tabs: ReaderTab[] = [];
  let opening: Promise<unknown> = Promise.resolve();
  /** The last one that was asked for. */
  let wanted: symbol | undefined;
  const editorActs = new Map<string, EditorAct>();

  const last = (): ReaderTab | undefined => tabs.at(-1);

  /** Takes down what is in view in a tab, the active one or the one that was it last. */
  const tell = (tab: ReaderTab) => {
    const messageId = tab.inView();
    parts.reading(messageId);
    if (messageId === undefined) return;
    void vscode.commands.executeCommand("setContext", "kernelMail.patchShown", tab.isPatch());
    const place: PaneState = { thread: tab.thread() ?? messageId, messageId };
    commands.attempt("remember the place in the thread", async () => await memory.update(PLACE, place));
  };

  /** A request of the page as a person's act: its failure is told here, not answered into the page. */
  const act = (doing: string, run: () => unknown): null => {
    commands.attempt(doing, async () => await run());
    return null;
  };

  const requests: ReaderTabParts["requests"] = (tab) => {
    /** A link of the page, with the message that it stands in. */
    const standingHere = (link: FollowedLink): FollowedLink => {
      const from = tab.inView();
      return from === undefined ? link : { ...link, from };
    };
    return {
      reply: (request) => act("start a draft", () => reply(request)),
      act: ({ action, ...focus }) => act(`do “${action}”`, () => editorActs.get(action)?.(focus)),
      keepCites: ({ cites }) => act("keep the setting", () => settings.setCites(cites)),
      follow: (link) => act("follow the link", () => follow(standingHere(link))),
      preview: (link) => preview(standingHere(link)),
      copy: ({ text }) => act("copy", () => vscode.env.clipboard.writeText(text)),
      raw: ({ messageId }) =>
        act("show the raw message", () =>
          vscode.commands.executeCommand("kernelMail.showRaw", { messageId }),
        ),
      attachment: ({ messageId, index, save }) =>
        act("open the attachment", () => parts.openAttachment(messageId, index, save)),
    };
  };

  const tabParts: ReaderTabParts = {
    extensionUri,
    settings,
    commands,
    loadThread,
    requests,
    moved: (tab) => {
      if (tab === last()) tell(tab);
    },
    changed: (tab, isGone) => {
      const wasLast = tab === last();
      if (isGone) tabs = tabs.filter((one) => one !== tab);
      else if (tab.panel.active) tabs = [...tabs.filter((one) => one !== tab), tab];
      parts.shown.reader(tabs.some(({ panel }) => panel.active));
      if (isGone && wasLast) parts.reading(undefined);
      else if (!isGone && tab.panel.active) tell(tab);
    },
    placeOf: (pageState) => {
      const place = memory.get<PaneState>(PLACE);
      if (!isState(place)) return pageState;
      // A tab that has a thread of its own is right about that.
      const isElsewhere = settings.readerTabs() === "perThread" && pageState?.thread !== place.thread;
      return isElsewhere && pageState !== null ? pageState : place;
    },
  };

  const add = (panel: vscode.WebviewPanel): ReaderTab => {
    const tab = openReaderTab(tabParts, panel);
    tabs = panel.active ? [...tabs, tab] : [tab, ...tabs];
    parts.shown.reader(tabs.some((one) => one.panel.active));
    return tab;
  };

  const show = async (messageId: string, column: vscode.ViewColumn, hasFocus = false) => {
    const own = Symbol(messageId);
    wanted = own;
    const loaded = await loadThread(messageId);
    // Another one was asked for meanwhile: that one is shown, however slow it is.
    if (wanted !== own) return;
    if (loaded === undefined) {
      throw new UserError(
        `No archive has the message <${messageId}>.`,
        "Add the archive of its list, or check for new mail.",
      );
    }
    const known =
      settings.readerTabs() === "one" ? last() : tabs.findLast((tab) => tab.thread() === loaded.view.thread);
    if (known === undefined) {
      // What its page may do the tab says, as for one that the workbench brings back.
      const options = { enableFindWidget: true };
      add(vscode.window.createWebviewPanel(READER, loaded.title, column, options)).show(loaded, messageId);
      return;
    }
    const { panel } = known;
    known.show(loaded, messageId);
    // A page that has the focus is not given it anew: keys that are pressed meanwhile would be lost.
    if (!hasFocus || !panel.active)
      panel.reveal(column === vscode.ViewColumn.Active ? panel.viewColumn : column);
  };

  const open = (messageId: string, column = vscode.ViewColumn.Active, hasFocus = false): Promise<void> => {
    const shown = show(messageId, column, hasFocus);
    opening = shown.catch(() => undefined);
    return shown;
  };

  const serializer = vscode.window.registerWebviewPanelSerializer(READER, {
    deserializeWebviewPanel: async (restored: vscode.WebviewPanel) => {
      // When another window state brings a second one back, the newer replaces the older.
      if (settings.readerTabs() === "one") for (const { panel } of tabs) panel.dispose();
      add(restored);
    },
  });
  const changes = settings.onDidChange(
    [
      "reader.foldLevel",
      "reader.condense",
      "reader.atEnd",
      "reader.citedText",
      "reader.font",
      "reader.width",
      "reader.dates",
      "reader.spoken",
      "reader.diffColors",
      "reader.singleKeys",
      "reader.keys",
    ],
    () => {
      for (const tab of tabs) tab.sendSettings();
    },
  );

  const arrivals = onNewMail(() => {
    for (const tab of tabs) commands.attempt("look for new messages", tab.refresh);
  });

  return {
    open,
    goOn: (messageId) => open(messageId, vscode.ViewColumn.Active, true),
    settled: async () => {
      await opening;
    },
    inFocus: async () => await tabs.find(({ panel }) => panel.active)?.selection(),
    act: (action) => last()?.act(action),
    serve: (offered) => {
      for (const [action, run] of Object.entries(offered)) editorActs.set(action, run);
    },
    thread: () => last()?.thread(),
    inView: () => last()?.inView(),
    refreshMarks: async () => {
      for (const tab of tabs) await tab.refreshMarks();
    },
    say: (text) => last()?.say(text) ?? false,
    dispose: () => {
      for (const tab of tabs) tab.end();
      vscode.Disposable.from(serializer, changes, arrivals).dispose();
    },
  };
}
