/** One tab of the reader: its page, fed in chunks over a checked channel, and the thread that it shows. */
import * as vscode from "vscode";
import { Channel, type Handlers, isAbort, type Port } from "../../base/channel.ts";
import { sentence } from "../../base/report.ts";
import { PAGE_KEYS } from "../../reader/pageKeys.ts";
import type { EntryMarks, HostContract, PageAction, PaneContract, PaneState } from "../../reader/protocol.ts";
import type { Commands } from "../commands.ts";
import type { Settings } from "../settings.ts";
import { checks, isId, isLines, isRecord } from "./pageRequests.ts";
import { pageRoots, readerPage } from "./readerPage.ts";
import type { LoadThread, Thread } from "./threadFeed.ts";

/** A page that does not answer for so long is gone (hidden, reloading); in milliseconds. */
const ANSWER_MS = 2000;

/** A message and the selected lines of its body. */
export interface Selection {
  messageId: string;
  /** Selected lines of its body, from 1, both ends included. */
  lines?: [number, number][];
}

export interface ReaderTab {
  readonly panel: vscode.WebviewPanel;
  /** The Message-ID of the root of the thread that is shown. */
  thread(): string | undefined;
  inView(): string | undefined;
  /** Shows a thread at one of its messages; the same with the same messages stays as it is, with its folds and its place. */
  show(loaded: Thread, messageId: string): void;
  /** The message in view and the selected lines, as the page says. */
  selection(): Promise<Selection | undefined>;
  /** Has the page do something that it can do by a key too. */
  act(action: PageAction): void;
  sendSettings(): void;
  /** Shows what has come to the thread since; what is on the screen stays where it is, folds and focus too. */
  refresh(): Promise<void>;
  /** Shows what the messages of its thread are marked as now. */
  refreshMarks(): Promise<void>;
  /** Whether the message in view is a patch. */
  isPatch(): boolean;
  /** Shows and speaks a sentence in the page; false when there is no page to be seen. */
  say(sentence: string): boolean;
  end(): void;
}

export interface ReaderTabParts {
  extensionUri: vscode.Uri;
  settings: Settings;
  commands: Commands;
  loadThread: LoadThread;
  /** Another message is in view. */
  moved: (tab: ReaderTab) => void;
  /** The tab is the active one, or is not any more, or is gone. */
  changed: (tab: ReaderTab, isGone: boolean) => void;
  /** Where a page that is loaded anew was; its own state may be an older one. */
  placeOf: (state: PaneState | null) => PaneState | null;
  /** What the page asks of the editor. */
  requests: (tab: ReaderTab) => Omit<Handlers<HostContract["requests"]>, "ready">;
}

/** The page keys as shipped, with the person's changes. */
function pageKeys(changes: Record<string, string | null>): Record<string, string> {
  const keys = new Map<string, string>(Object.entries(PAGE_KEYS));
  for (const [key, action] of Object.entries(changes)) {
    if (action === null) keys.delete(key);
    else keys.set(key, action);
  }
  return Object.fromEntries(keys);
}

const portOf = (webview: vscode.Webview): Port => ({
  post: (message) => void webview.postMessage(message),
  listen: (receive) => {
    const listener = webview.onDidReceiveMessage(receive);
    return () => listener.dispose();
  },
});

export function openReaderTab(parts: ReaderTabParts, panel: vscode.WebviewPanel): ReaderTab {
  const { extensionUri, settings, commands, loadThread } = parts;
  /** True between the page's `ready` and its end: what is emitted outside of that is lost. */
  let listening = false;
  let thread: Thread | undefined;
  let inView: string | undefined;
  let feeding: AbortController | undefined;
  /** Asked for before the page listened; done as soon as it has the thread. */
  let acts: PageAction[] = [];
  const channel = new Channel<PaneContract, HostContract>(portOf(panel.webview));

  /** The message in view, until there is another. */
  const view = (messageId: string) => {
    inView = messageId;
    parts.moved(tab);
  };

  const sendSettings = () => {
    const { singleKeys, keys, ...looks } = settings.reader();
    channel.emit("settings", looks);
    channel.emit("keys", { keys: singleKeys ? pageKeys(keys) : {} });
  };

  /** Reads what will be read first while the page starts: it is there when the page asks for it. */
  const prepare = (shown: Thread, goTo: string | undefined, signal: AbortSignal) =>
    commands.attempt("read the thread", async () => {
      await shown.chunks(goTo ?? inView, signal).next();
    });

  /** Sends the thread: its outline at once, then its messages. A newer thread ends this. */
  const feed = (goTo: string | undefined) => {
    feeding?.abort();
    const controller = new AbortController();
    feeding = controller;
    const shown = thread;
    if (shown === undefined) return;
    if (!listening) {
      prepare(shown, goTo, controller.signal);
      return;
    }
    channel.emit("thread", goTo === undefined ? { view: shown.view } : { view: shown.view, goTo });
    for (const action of acts) channel.emit("act", { action });
    acts = [];
    commands.attempt("show the thread", async () => {
      for await (const { messages, done } of shown.chunks(goTo ?? inView, controller.signal)) {
        if (controller.signal.aborted) return;
        channel.emit("messages", { thread: shown.view.thread, messages, done });
      }
    });
  };

  /** Fills a page that has just begun to listen: with the open thread, or with the one it showed before a reload. */
  const restore = async (pageState: PaneState | null): Promise<void> => {
    const state = parts.placeOf(pageState);
    if (thread === undefined && state !== null) {
      const loaded = await loadThread(state.messageId ?? state.thread);
      // A thread that was opened meanwhile stays.
      thread ??= loaded;
      if (thread !== undefined) panel.title = thread.title;
    }
    // Who asked is there, whatever a late view state of the workbench has said meanwhile.
    listening = true;
    if (thread !== undefined) feed(inView ?? state?.messageId);
    else {
      channel.emit("failed", {
        sentence: "This thread is not in any archive any more. Open another one from the Threads view.",
      });
    }
  };

  const tab: ReaderTab = {
    panel,
    thread: () => thread?.view.thread,
    inView: () => (thread === undefined ? undefined : inView),
    show: (loaded, messageId) => {
      const same = listening && thread?.signature === loaded.signature;
      thread = same ? thread : loaded;
      view(messageId);
      panel.title = loaded.title;
      if (same) channel.emit("goTo", { messageId });
      else feed(messageId);
    },
    selection: async () => {
      try {
        const answer = !listening
          ? undefined
          : await channel.request("selection", null, AbortSignal.timeout(ANSWER_MS));
        if (isRecord(answer) && isId(answer.messageId) && isLines(answer.lines)) return answer;
      } catch (error) {
        if (!isAbort(error)) throw error;
      }
      return inView === undefined ? undefined : { messageId: inView };
    },
    act: (action) => {
      if (listening) channel.emit("act", { action });
      else acts.push(action);
    },
    sendSettings,
    refresh: async () => {
      const before = thread;
      if (before === undefined || !listening) return;
      const loaded = await loadThread(inView ?? before.view.thread);
      if (loaded === undefined || thread !== before || loaded.signature === before.signature) return;
      thread = loaded;
      panel.title = loaded.title;
      feed(undefined);
    },
    refreshMarks: async () => {
      if (thread === undefined) return;
      const { view: shown } = thread;
      const now = await loadThread(shown.thread);
      const marks: Record<string, EntryMarks> = {};
      for (const entry of now?.view.outline ?? []) {
        if (entry.marks !== undefined) marks[entry.messageId] = entry.marks;
      }
      // The page may be loaded anew from what is held here.
      for (const entry of shown.outline) {
        const mark = marks[entry.messageId];
        if (mark === undefined) delete entry.marks;
        else entry.marks = mark;
      }
      channel.emit("marks", { thread: shown.thread, marks });
    },
    isPatch: () => inView !== undefined && thread?.isPatch(inView) === true,
    say: (text) => {
      if (!panel.visible || !listening) return false;
      channel.emit("said", { sentence: text });
      return true;
    },
    end: () => {
      feeding?.abort();
      channel.close();
    },
  };

  panel.webview.options = { enableScripts: true, localResourceRoots: pageRoots(extensionUri) };
  // Drawn as a picture, so that it does not take the colour of the theme by itself.
  panel.iconPath = {
    light: vscode.Uri.joinPath(extensionUri, "media", "tab-light.svg"),
    dark: vscode.Uri.joinPath(extensionUri, "media", "tab-dark.svg"),
  };
  channel.on("shown", ({ messageId }) => {
    if (isId(messageId)) view(messageId);
    // Who speaks is there: view states of the workbench may arrive late.
    listening = true;
  });
  const handlers: Handlers<HostContract["requests"]> = {
    ...parts.requests(tab),
    ready: async (state) => {
      listening = true;
      sendSettings();
      try {
        await restore(state);
      } catch (error) {
        channel.emit("failed", { sentence: sentence(error) });
        commands.tell(error, "show the thread");
      }
      return null;
    },
  };
  channel.serve(handlers, checks);
  panel.onDidChangeViewState(() => {
    // A hidden page is thrown away; it says `ready` anew when it is shown again.
    if (!panel.visible) listening = false;
    parts.changed(tab, false);
  });
  panel.onDidDispose(() => {
    tab.end();
    parts.changed(tab, true);
  });
  panel.webview.html = readerPage(panel.webview, extensionUri);
  return tab;
}
