/** The reader: one panel that shows a thread, restored after a reload, fed in chunks over a checked channel. */
import * as vscode from "vscode";
import { Channel, type Checks, type Handlers, isAbort, type Port } from "../base/channel.ts";
import { sentence, UserError } from "../base/report.ts";
import { PAGE_KEYS } from "../reader/pageKeys.ts";
import type {
  EditorAction,
  EntryMarks,
  HostContract,
  PageAction,
  PaneContract,
  PaneState,
  ReadAsAction,
} from "../reader/protocol.ts";
import type { OpenAttachment } from "./attachments.ts";
import type { Commands } from "./commands.ts";
import type { FollowedLink } from "./follow.ts";
import { pageRoots, readerPage } from "./readerPage.ts";
import type { Settings } from "./settings.ts";
import type { LoadThread, Thread } from "./threadFeed.ts";
import type { ThreadShown } from "./threadShown.ts";

export const READER = "kernelMail.reader";

/**
 * Where the reader stands, in the window's memory. The page has a state of its own, but a browser's workbench saves that
 * once a minute: loaded anew before that, it would bring back the thread before the last.
 */
const PLACE = "reader.place";

/** A page that does not answer for so long is gone (hidden, reloading); in milliseconds. */
const ANSWER_MS = 2000;

export interface Selection {
  messageId: string;
  lines?: [number, number][];
}

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
  /** Shows what the messages of its thread are marked as now. */
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

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isId = (value: unknown): value is string =>
  typeof value === "string" && value !== "" && value.length <= 998;

const isLines = (value: unknown): boolean =>
  value === undefined ||
  (Array.isArray(value) &&
    value.length <= 10_000 &&
    value.every(
      (range) =>
        Array.isArray(range) &&
        range.length === 2 &&
        range.every((line) => Number.isSafeInteger(line) && line >= 1) &&
        Number(range[0]) <= Number(range[1]),
    ));

const isState = (value: unknown): value is PaneState => isRecord(value) && isId(value["thread"]);

const LINK_KINDS: readonly unknown[] = ["url", "messageId", "commit", "place", "symbol", "bug"];

const isTarget = (value: unknown): boolean => typeof value === "string" && value.length <= 4000;

const isLink = (params: unknown): boolean =>
  isRecord(params) &&
  LINK_KINDS.includes(params["kind"]) &&
  isTarget(params["target"]) &&
  (params["url"] === undefined || isTarget(params["url"]));

/** What a page may ask, and with what: a page is outside the door. */
const checks: Checks<HostContract["requests"]> = {
  ready: (params) => params === null || isState(params),
  reply: (params) =>
    isRecord(params) &&
    isId(params["messageId"]) &&
    isLines(params["lines"]) &&
    (params["toSender"] === undefined || typeof params["toSender"] === "boolean"),
  act: (params) =>
    isRecord(params) &&
    typeof params["action"] === "string" &&
    isId(params["messageId"]) &&
    isLines(params["lines"]) &&
    (params["marked"] === undefined || (Array.isArray(params["marked"]) && params["marked"].every(isId))),
  keepCites: (params) => isRecord(params) && (params["cites"] === "bars" || params["cites"] === "marks"),
  follow: isLink,
  preview: isLink,
  copy: (params) =>
    isRecord(params) && typeof params["text"] === "string" && params["text"].length <= 4_000_000,
  raw: (params) => isRecord(params) && isId(params["messageId"]),
  attachment: (params) =>
    isRecord(params) &&
    isId(params["messageId"]) &&
    Number.isSafeInteger(params["index"]) &&
    typeof params["save"] === "boolean",
};

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

export function openReader(parts: ReaderParts): Reader {
  const {
    extensionUri,
    settings,
    commands,
    memory,
    loadThread,
    follow,
    preview,
    reply,
    openAttachment,
    onNewMail,
  } = parts;
  let panel: vscode.WebviewPanel | undefined;
  let channel: Channel<PaneContract, HostContract> | undefined;
  /** True between the page's `ready` and its end: what is emitted outside of that is lost. */
  let listening = false;
  let thread: Thread | undefined;
  let inView: string | undefined;
  let feeding: AbortController | undefined;
  let opening: Promise<unknown> = Promise.resolve();
  /** The last one that was asked for. */
  let wanted: symbol | undefined;
  /** Asked for before the page listened; done as soon as it has the thread. */
  let acts: PageAction[] = [];
  const editorActs = new Map<string, EditorAct>();

  /** The message in view, until there is another. */
  const view = (messageId: string) => {
    inView = messageId;
    parts.reading(messageId);
    if (thread === undefined) return;
    void vscode.commands.executeCommand("setContext", "kernelMail.patchShown", thread.isPatch(messageId));
    const place: PaneState = { thread: thread.view.thread, messageId };
    commands.attempt("remember the place in the thread", async () => await memory.update(PLACE, place));
  };

  const setShown = () => parts.shown.reader(panel?.active === true);

  const sendSettings = () => {
    const { singleKeys, keys, ...looks } = settings.reader();
    channel?.emit("settings", looks);
    channel?.emit("keys", { keys: singleKeys ? pageKeys(keys) : {} });
  };

  /** Sends the thread: its outline at once, then its messages. A newer thread ends this. */
  const feed = (goTo: string | undefined) => {
    feeding?.abort();
    const controller = new AbortController();
    feeding = controller;
    const shown = thread;
    const wall = channel;
    if (shown === undefined || wall === undefined || !listening) return;
    wall.emit("thread", goTo === undefined ? { view: shown.view } : { view: shown.view, goTo });
    for (const action of acts) wall.emit("act", { action });
    acts = [];
    commands.attempt("show the thread", async () => {
      for await (const { messages, done } of shown.chunks(goTo ?? inView, controller.signal)) {
        if (controller.signal.aborted) return;
        wall.emit("messages", { thread: shown.view.thread, messages, done });
      }
    });
  };

  const attach = (created: vscode.WebviewPanel) => {
    panel = created;
    listening = false;
    created.webview.options = { enableScripts: true, localResourceRoots: pageRoots(extensionUri) };
    // Drawn as a picture, so that it does not take the colour of the theme by itself.
    created.iconPath = {
      light: vscode.Uri.joinPath(extensionUri, "media", "tab-light.svg"),
      dark: vscode.Uri.joinPath(extensionUri, "media", "tab-dark.svg"),
    };
    const wall = new Channel<PaneContract, HostContract>(portOf(created.webview));
    channel = wall;
    wall.on("shown", ({ messageId }) => {
      if (isId(messageId)) view(messageId);
      // Who speaks is there: view states of the workbench may arrive late.
      listening = true;
    });
    wall.serve(handlers, checks);
    created.onDidChangeViewState(() => {
      // A hidden page is thrown away; it says `ready` anew when it is shown again.
      if (!created.visible) listening = false;
      setShown();
    });
    created.onDidDispose(() => {
      if (panel !== created) return;
      feeding?.abort();
      wall.close();
      panel = undefined;
      channel = undefined;
      thread = undefined;
      inView = undefined;
      parts.reading(undefined);
      listening = false;
      acts = [];
      setShown();
    });
    created.webview.html = readerPage(created.webview, extensionUri);
    setShown();
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
    // The same thread with the same messages stays as it is, with its folds and its place.
    const same = panel !== undefined && listening && thread?.signature === loaded.signature;
    thread = same ? thread : loaded;
    view(messageId);
    if (panel === undefined) {
      attach(
        vscode.window.createWebviewPanel(READER, loaded.title, column, {
          enableScripts: true,
          enableFindWidget: true,
          localResourceRoots: pageRoots(extensionUri),
        }),
      );
    } else {
      panel.title = loaded.title;
      // A page that has the focus is not given it anew: keys that are pressed meanwhile would be lost.
      if (!hasFocus || !panel.active)
        panel.reveal(column === vscode.ViewColumn.Active ? panel.viewColumn : column);
      if (same) channel?.emit("goTo", { messageId });
      else feed(messageId);
    }
  };

  const open = (messageId: string, column = vscode.ViewColumn.Active, hasFocus = false): Promise<void> => {
    const shown = show(messageId, column, hasFocus);
    opening = shown.catch(() => undefined);
    return shown;
  };

  /** A link of the page, with the message that it stands in. */
  const standingHere = (link: FollowedLink): FollowedLink =>
    inView === undefined ? link : { ...link, from: inView };

  /** Fills a page that has just begun to listen: with the open thread, or with the one it showed before a reload. */
  const restore = async (pageState: PaneState | null): Promise<void> => {
    const place = memory.get<PaneState>(PLACE);
    const state = isState(place) ? place : pageState;
    if (thread === undefined && state !== null) {
      const loaded = await loadThread(state.messageId ?? state.thread);
      // A thread that was opened meanwhile stays.
      thread ??= loaded;
      if (thread !== undefined && panel !== undefined) panel.title = thread.title;
    }
    // Who asked is there, whatever a late view state of the workbench has said meanwhile.
    listening = true;
    if (thread !== undefined) feed(inView ?? state?.messageId);
    else {
      channel?.emit("failed", {
        sentence: "This thread is not in any archive any more. Open another one from the Threads view.",
      });
    }
  };

  /** Shows what has come to the thread since; what is on the screen stays where it is, folds and focus too. */
  const refresh = async (): Promise<void> => {
    const before = thread;
    if (before === undefined || !listening) return;
    const loaded = await loadThread(inView ?? before.view.thread);
    if (loaded === undefined || thread !== before || loaded.signature === before.signature) return;
    thread = loaded;
    if (panel !== undefined) panel.title = loaded.title;
    feed(undefined);
  };

  /** A request of the page as a person's act: its failure is told here, not answered into the page. */
  const act = (doing: string, run: () => unknown): null => {
    commands.attempt(doing, async () => await run());
    return null;
  };

  const handlers: Handlers<HostContract["requests"]> = {
    ready: async (state) => {
      listening = true;
      sendSettings();
      try {
        await restore(state);
      } catch (error) {
        channel?.emit("failed", { sentence: sentence(error) });
        commands.tell(error, "show the thread");
      }
      return null;
    },
    reply: (request) => act("start a draft", () => reply(request)),
    act: ({ action, ...focus }) => act(`do “${action}”`, () => editorActs.get(action)?.(focus)),
    keepCites: ({ cites }) => act("keep the setting", () => settings.setCites(cites)),
    follow: (link) => act("follow the link", () => follow(standingHere(link))),
    preview: (link) => preview(standingHere(link)),
    copy: ({ text }) => act("copy", () => vscode.env.clipboard.writeText(text)),
    raw: ({ messageId }) =>
      act("show the raw message", () => vscode.commands.executeCommand("kernelMail.showRaw", { messageId })),
    attachment: ({ messageId, index, save }) =>
      act("open the attachment", () => openAttachment(messageId, index, save)),
  };

  const serializer = vscode.window.registerWebviewPanelSerializer(READER, {
    deserializeWebviewPanel: async (restored: vscode.WebviewPanel) => {
      // One panel: when another window state brings a second one back, the newer replaces the older.
      panel?.dispose();
      attach(restored);
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
    sendSettings,
  );

  const arrivals = onNewMail(() => commands.attempt("look for new messages", refresh));

  return {
    open,
    goOn: (messageId) => open(messageId, vscode.ViewColumn.Active, true),
    settled: async () => {
      await opening;
    },
    inFocus: async () => {
      if (panel?.active !== true) return undefined;
      try {
        const answer = !listening
          ? undefined
          : await channel?.request("selection", null, AbortSignal.timeout(ANSWER_MS));
        if (isRecord(answer) && isId(answer.messageId) && isLines(answer.lines)) return answer;
      } catch (error) {
        if (!isAbort(error)) throw error;
      }
      return inView === undefined ? undefined : { messageId: inView };
    },
    act: (action) => {
      if (listening) channel?.emit("act", { action });
      else if (panel !== undefined) acts.push(action);
    },
    serve: (offered) => {
      for (const [action, run] of Object.entries(offered)) editorActs.set(action, run);
    },
    thread: () => thread?.view.thread,
    inView: () => (thread === undefined ? undefined : inView),
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
      channel?.emit("marks", { thread: shown.thread, marks });
    },
    say: (text) => {
      if (panel?.visible !== true || !listening) return false;
      channel?.emit("said", { sentence: text });
      return true;
    },
    dispose: () => {
      feeding?.abort();
      channel?.close();
      vscode.Disposable.from(serializer, changes, arrivals).dispose();
    },
  };
}
