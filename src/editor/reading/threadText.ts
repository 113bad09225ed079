/** The thread as a read-only text document: opened, kept while it is open, and got about in by commands. */
import * as vscode from "vscode";
import { UserError } from "../../base/report.ts";
import type { MessageView, PageAction } from "../../reader/protocol.ts";
import { bodyLineAt, messageAt, type ThreadText, writeThread } from "../../reader/text.ts";
import { answersAt, countUnread, originAt, type Stop, sayPlace, stepTo } from "../../reader/textMoves.ts";
import { movesBetween, stepsBetween } from "../../reader/textSteps.ts";
import type { Commands } from "../commands.ts";
import { type Documents, documentUri, THREAD_TEXT } from "../documents.ts";
import { inLabel } from "../plainWords.ts";
import { isThreadText } from "../tabs.ts";
import type { Selection } from "./readerTab.ts";
import type { LoadThread, Thread } from "./threadFeed.ts";
import type { ThreadShown } from "./threadShown.ts";
import { registerTextShapes } from "./threadTextShapes.ts";

export interface ThreadTexts extends vscode.Disposable {
  /** Shows the thread of a message as text, at that message. A UserError when no archive has it. */
  open(messageId: string, column?: vscode.ViewColumn): Promise<void>;
  /** The message at the cursor and the selected lines of its body, when such a document is the active editor. */
  inFocus(): Selection | undefined;
  /** The same with the line of the cursor where nothing is selected. */
  lineInFocus(): Selection | undefined;
  /** Does what the reader's page does by this action; false when no such document is the active editor. */
  act(action: PageAction): boolean;
}

/** The editor opens no larger document for extensions than 50 MB; in letters, which may be several bytes each. */
const MOST_LETTERS = 45_000_000;

/** All of a thread's messages, decoded; the window's status bar says that it takes a while. A UserError when it is too much. */
async function writeWhole(thread: Thread): Promise<ThreadText> {
  const views = new Map<string, MessageView>();
  await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: "Reading the thread" },
    async () => {
      for await (const { messages } of thread.chunks(undefined, new AbortController().signal))
        for (const view of messages) views.set(view.messageId, view);
    },
  );
  const text = writeThread(thread.view, views);
  const letters = text.lines.reduce((sum, line) => sum + line.length + 1, 0);
  if (letters <= MOST_LETTERS) return text;
  throw new UserError("This thread is too large for a text document.", "Read it in the reader.");
}

/** Steps of the page that are moves of the cursor here, and what is said when there is nothing that way. */
const STEPS: Partial<Record<PageAction, { stop: Stop; step: 1 | -1; otherwise: string }>> = {
  nextMessage: { stop: "message", step: 1, otherwise: "This is the last message of the thread." },
  previousMessage: { stop: "message", step: -1, otherwise: "This is the first message of the thread." },
  parentMessage: { stop: "parent", step: -1, otherwise: "This message answers none in the thread." },
  nextNewText: { stop: "newText", step: 1, otherwise: "There is no new text below." },
  previousNewText: { stop: "newText", step: -1, otherwise: "There is no new text above." },
  nextHunk: { stop: "hunk", step: 1, otherwise: "There is no hunk below." },
  previousHunk: { stop: "hunk", step: -1, otherwise: "There is no hunk above." },
};

/** What an editor does by itself. */
const EDITOR_COMMANDS: Partial<Record<PageAction, string>> = {
  toggleFold: "editor.toggleFold",
  unfoldAll: "editor.unfoldAll",
  goBack: "workbench.action.navigateBack",
  goForward: "workbench.action.navigateForward",
  focusOutline: "outline.focus",
};

const SAID_MS = 5000;

const isOf = (document: vscode.TextDocument, uri: vscode.Uri): boolean =>
  document.uri.toString() === uri.toString();

/**
 * Notes where the editors of a document have their cursor and their first line; the function that is given leads them
 * there again once the editor has the other text. By itself it puts a cursor in what it replaces behind that, and leaves
 * the view at the height it had.
 */
function keepPlaces(uri: vscode.Uri, before: readonly string[], after: readonly string[]): () => void {
  const moved = movesBetween(before, after);
  const acts = vscode.window.visibleTextEditors
    .filter(({ document }) => isOf(document, uri))
    .map((editor) => {
      const top = editor.visibleRanges[0]?.start.line ?? 0;
      const { line } = moved(top);
      const place = ({ line: was, character }: vscode.Position): vscode.Position =>
        new vscode.Position(moved(was).line, character);
      const isInside = editor.selections.some(({ active }) => moved(active.line).inside);
      const selections = editor.selections.map(
        (one) => new vscode.Selection(place(one.anchor), place(one.active)),
      );
      return () => {
        if (isInside) editor.selections = selections;
        if (line !== top)
          editor.revealRange(new vscode.Range(line, 0, line, 0), vscode.TextEditorRevealType.AtTop);
      };
    });
  return () => {
    for (const act of acts) act();
  };
}

/** An editor that does not take over a text within this time, in milliseconds, is closed or gets the next one at once. */
const TAKEN_MS = 2000;

/** Comes when the editor has other text of a document than before. */
function taken(uri: vscode.Uri): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      listener.dispose();
      resolve();
    };
    const timer = setTimeout(done, TAKEN_MS);
    const listener = vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (isOf(document, uri) && contentChanges.length > 0) done();
    });
  });
}

/** The text of an open document. */
interface Open {
  signature: string;
  text: ThreadText;
  /** What the editor is given: on the way to another text, that text in part. */
  lines: readonly string[];
  /** Comes when the editor has been given all of the text. */
  whole: Promise<void>;
}

export function openThreadTexts(parts: {
  documents: Documents;
  shown: ThreadShown;
  loadThread: LoadThread;
  commands: Commands;
  /** Told which message the cursor is in, undefined when no such document is open any more. */
  reading: (messageId: string | undefined) => void;
  /** Fires when an archive holds other mail than before, or mail is to be read otherwise. */
  onNewMail: vscode.Event<void>;
}): ThreadTexts {
  const { commands, documents, loadThread, shown } = parts;
  const texts = new Map<string, Open>();

  const load = async (messageId: string): Promise<Thread> => {
    const thread = await loadThread(messageId);
    if (thread !== undefined) return thread;
    throw new UserError(
      `No archive has the message <${messageId}>.`,
      "Add the archive of its list, or check for new mail.",
    );
  };

  const textOf = (uri: vscode.Uri): ThreadText | undefined => texts.get(uri.toString())?.text;

  /** Leads the editor to another text of a document by steps that leave alone what stays, and what is folded there. */
  const lead = async (uri: vscode.Uri, open: Open, before: ThreadText): Promise<void> => {
    const isShown = vscode.workspace.textDocuments.some((document) => isOf(document, uri));
    const steps = isShown ? stepsBetween(before, open.text) : [];
    for (const lines of steps) {
      if (texts.get(uri.toString()) !== open) return;
      const restore = keepPlaces(uri, open.lines, lines);
      const isTaken = taken(uri);
      open.lines = lines;
      documents.changed(uri);
      await isTaken;
      restore();
    }
    open.lines = open.text.lines;
  };

  /** Writes a document, the threads of one moment after those of the moment before. */
  let turn: Promise<unknown> = Promise.resolve();
  const write = (
    uri: vscode.Uri,
    load: () => Promise<Thread | undefined>,
  ): Promise<ThreadText | undefined> => {
    const written = turn.then(async () => {
      const thread = await load();
      const key = uri.toString();
      const known = texts.get(key);
      if (thread === undefined || known?.signature === thread.signature) return known?.text;
      const text = await writeWhole(thread);
      // Closed meanwhile.
      if (texts.get(key) !== known) return text;
      const { signature } = thread;
      const open: Open = { signature, text, lines: known?.lines ?? text.lines, whole: Promise.resolve() };
      texts.set(key, open);
      if (known !== undefined) open.whole = lead(uri, open, known.text);
      await open.whole;
      return text;
    });
    turn = written.catch(() => undefined);
    return written;
  };

  documents.serve(THREAD_TEXT, async (uri) => {
    const lines = texts.get(uri.toString())?.lines ?? (await write(uri, () => load(uri.query)))?.lines;
    return lines && Buffer.from(lines.join("\n"));
  });

  const active = () => {
    const editor = vscode.window.activeTextEditor;
    if (editor === undefined || !isThreadText(editor.document.uri)) return undefined;
    const text = textOf(editor.document.uri);
    return text === undefined ? undefined : { editor, text };
  };

  const goTo = (editor: vscode.TextEditor, line: number, reveal: vscode.TextEditorRevealType) => {
    const place = new vscode.Position(line, 0);
    editor.selection = new vscode.Selection(place, place);
    editor.revealRange(new vscode.Range(place, place), reveal);
  };

  const focus = (withLine: boolean): Selection | undefined => {
    const here = active();
    if (here === undefined) return undefined;
    const { selection, selections } = here.editor;
    const message = messageAt(here.text, selection.active.line);
    if (message === undefined) return undefined;
    const lines = selections.flatMap((one): [number, number][] => {
      if (one.isEmpty && !withLine) return [];
      // Who selects a line to its end has the cursor at the start of the next one.
      const isToStart = one.end.character === 0 && one.end.line > one.start.line;
      const first = bodyLineAt(message, one.start.line);
      const last = bodyLineAt(message, isToStart ? one.end.line - 1 : one.end.line);
      return first === undefined || last === undefined ? [] : [[first, last]];
    });
    const { messageId } = message;
    return lines.length === 0
      ? { messageId }
      : { messageId, lines: lines.sort(([one], [other]) => one - other) };
  };

  /** Goes to what answers a line; of several answers the person chooses. */
  const goToAnswers = async (editor: vscode.TextEditor, text: ThreadText, line: number): Promise<void> => {
    const answers = answersAt(text, line).map((answer) => ({
      label: inLabel(answer.by),
      description: inLabel(answer.words),
      line: answer.line,
    }));
    const [only] = answers;
    if (only === undefined) say("No line from here on was answered.");
    const chosen =
      answers.length < 2
        ? only
        : await vscode.window.showQuickPick(answers, { title: "Answers", placeHolder: "Whose answer" });
    if (chosen !== undefined)
      goTo(editor, chosen.line, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  };

  const say = (sentence: string) => void vscode.window.setStatusBarMessage(sentence, SAID_MS);

  /** Writes the open threads anew that have other messages now; the editor keeps the cursor in its line. */
  const refresh = async (): Promise<void> => {
    for (const key of [...texts.keys()]) {
      const uri = vscode.Uri.parse(key);
      await write(uri, async () => (texts.has(key) ? await loadThread(uri.query) : undefined));
    }
  };

  const showsText = () => {
    const editor = vscode.window.activeTextEditor;
    shown.text(editor !== undefined && isThreadText(editor.document.uri));
  };
  showsText();

  /** The person has moved the cursor; a text that is written anew moves it too, and then the kind is not known. */
  const moved = ({ textEditor, kind }: vscode.TextEditorSelectionChangeEvent) => {
    const text = textOf(textEditor.document.uri);
    if (text === undefined || kind === undefined) return;
    const message = messageAt(text, textEditor.selection.active.line);
    if (message !== undefined) parts.reading(message.messageId);
  };

  const listeners = [
    vscode.window.onDidChangeActiveTextEditor(showsText),
    vscode.window.onDidChangeTextEditorSelection(moved),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => {
      if (texts.delete(uri.toString()) && texts.size === 0) parts.reading(undefined);
    }),
    parts.onNewMail(() => commands.attempt("look for new messages", refresh)),
    ...registerTextShapes({ scheme: "kernel-mail", language: THREAD_TEXT }, async (uri) => {
      await texts.get(uri.toString())?.whole;
      return textOf(uri);
    }),
  ];

  return {
    open: async (messageId, column = vscode.ViewColumn.Active) => {
      const thread = await load(messageId);
      const uri = documentUri(THREAD_TEXT, thread.title, thread.view.thread);
      const text = await write(uri, async () => thread);
      const document = await vscode.workspace.openTextDocument(uri);
      const editor = await vscode.window.showTextDocument(document, { preview: true, viewColumn: column });
      parts.reading(messageId);
      const message = text?.messages.find((each) => each.messageId === messageId);
      if (message !== undefined && message.number > 1)
        goTo(editor, message.heading, vscode.TextEditorRevealType.AtTop);
    },
    inFocus: () => focus(false),
    lineInFocus: () => focus(true),
    act: (action) => {
      const here = active();
      if (here === undefined) return false;
      const { editor, text } = here;
      const { line } = editor.selection.active;
      const step = STEPS[action];
      const command = EDITOR_COMMANDS[action];
      if (step !== undefined) {
        const next = stepTo(text, line, step.stop, step.step);
        if (next === undefined) say(step.otherwise);
        else goTo(editor, next, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
      } else if (command !== undefined) void vscode.commands.executeCommand(command);
      else if (action === "goToOrigin") {
        const origin = originAt(text, line);
        if (origin === undefined) say("Nothing is cited here, or what is cited is in no archive.");
        else {
          goTo(editor, origin.line, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
          say(origin.sentence);
        }
      } else if (action === "goToAnswers") {
        commands.attempt("go to the answers", () => goToAnswers(editor, text, line));
      } else if (action === "sayWhere") {
        commands.attempt("say where the cursor is", async () => {
          const now = await loadThread(editor.document.uri.query);
          const unread = countUnread(now?.view.outline ?? []);
          // A message and not the status bar: screen readers speak it.
          void vscode.window.showInformationMessage(sayPlace(text, line, unread));
        });
      } else say("The text of a thread has no such thing. Open the thread in the reader for it.");
      return true;
    },
    dispose: () => vscode.Disposable.from(...listeners).dispose(),
  };
}
