/** Reading is next, next, done: the commands that mark messages and threads, and go on to what is unread. */
import * as vscode from "vscode";
import type { MarkKind } from "../../archive/stateMarks.ts";
import { TRIAGE_ACTIONS } from "../../reader/protocol.ts";
import { type Commands, FROM_TREE } from "../commands.ts";
import { count } from "../counts.ts";
import { inLabel } from "../plainWords.ts";
import type { FocusParts } from "../reading/messageInFocus.ts";
import type { ReadOnLeave } from "./readOnLeave.ts";
import { askSnooze } from "./snooze.ts";
import type { Triage } from "./triage.ts";
import { findTargets, type Target, type Targets } from "./triageTargets.ts";

/** How long a sentence stays in the status bar, in milliseconds. */
const SAID_MS = 5000;

export interface TriageCommandParts extends FocusParts {
  commands: Commands;
  triage: Triage;
  readOnLeave: ReadOnLeave;
  /** Something is followed now. */
  followed: () => Promise<void>;
}

/** One thing by its title, or by that of its thread; several by their number. */
function titleOf(targets: readonly Target[], ofThreads = false): string {
  const [only] = targets;
  if (targets.length === 1 && only !== undefined) return ofThreads ? only.threadTitle : only.title;
  return targets.every(({ isThread }) => isThread)
    ? count(targets.length, "thread")
    : count(targets.length, "entry", "entries");
}

const sentenceOf = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;

export function registerTriageCommands(parts: TriageCommandParts): void {
  const { archive, commands, followed, reader, readOnLeave, texts, triage, tree } = parts;

  /** Says what was done where the person looks: in the page, or in the status bar. */
  const say = (sentence: string, inReader: boolean) => {
    if (inReader && reader.say(sentence)) return;
    vscode.window.setStatusBarMessage(inLabel(sentence), SAID_MS);
  };

  const threadIds = (targets: readonly Target[]) => [...new Set(targets.map(({ thread }) => thread))];

  /** Opens what is unread after or before a message; says so when there is nothing. */
  const goOn = async (
    messageId: string | undefined,
    direction: 1 | -1,
    where: Targets["where"],
    said = "",
  ): Promise<void> => {
    const next = await archive.request("nextUnread", {
      direction,
      ...(messageId === undefined ? {} : { messageId }),
    });
    const inReader = where !== "text";
    if (next === null) say(`${said}${said === "" ? "" : " "}Everything is read.`, inReader);
    else {
      // Who asked by a key of the page has the focus there; everybody else is led to it.
      const show = { tree: reader.open, reader: reader.goOn, text: texts.open }[where];
      await show(next.messageId);
      if (said !== "") say(said, inReader);
    }
  };

  /** Makes one mark on all that is meant, says so, and goes on where that was the end of it. */
  const mark = async (
    { targets, where }: Targets,
    what: { words: string; kind: MarkKind; value: string | null; threads?: string[]; messageIds?: string[] },
    goesOn: boolean,
  ): Promise<void> => {
    await triage.mark(what);
    const said = sentenceOf(what.words);
    const [first] = targets;
    if (where !== "tree" && goesOn && first !== undefined) await goOn(first.messageId, 1, where, said);
    else say(said, where === "reader");
  };

  const register = (id: string, run: (targets: Targets) => Promise<void>) =>
    commands.register(id, async (argument, more) => {
      const found = await findTargets(parts, argument, more);
      if (found.targets.length > 0) await run(found);
    });

  register("kernelMail.done", async (found) => {
    const [target] = found.targets;
    if (target === undefined) return;
    const messageIds = found.targets.map(({ messageId }) => messageId);
    await triage.mark({
      words: `${titleOf(found.targets)} marked read`,
      kind: "read",
      value: "1",
      messageIds,
    });
    if (found.where !== "tree") await goOn(target.messageId, 1, found.where);
  });

  register("kernelMail.threadDone", async (found) => {
    const words = `${titleOf(found.targets, true)} marked read`;
    await mark(found, { words, kind: "read", value: "1", threads: threadIds(found.targets) }, true);
  });

  commands.register("kernelMail.readToHere", async (argument) => {
    const found = await findTargets(parts, argument, undefined);
    const [target] = found.targets;
    if (target === undefined) return;
    const answer = await archive.request("thread", { messageId: target.messageId });
    const nodes = answer?.nodes ?? [];
    const end = nodes.findIndex(({ messageId }) => messageId === target.messageId);
    const messageIds = nodes.slice(0, end + 1).flatMap((node) => (node.missing ? [] : [node.messageId]));
    const words = `${target.threadTitle} marked read up to here`;
    await mark(found, { words, kind: "read", value: "1", messageIds }, false);
  });

  register("kernelMail.markUnread", async (found) => {
    const messageIds = await Promise.all(
      found.targets.map(async ({ isThread, messageId, thread }) => {
        if (!isThread) return messageId;
        const nodes = (await archive.request("thread", { messageId: thread }))?.nodes ?? [];
        return nodes.findLast(({ missing }) => !missing)?.messageId ?? messageId;
      }),
    );
    for (const messageId of messageIds) readOnLeave.keepUnread(messageId);
    const words = `${titleOf(found.targets)} marked unread`;
    await mark(found, { words, kind: "read", value: "0", messageIds }, false);
  });

  /** Turns a mark on where it is missing on any, else off. */
  const toggle =
    (what: {
      kind: MarkKind;
      isOn: (target: Target) => boolean;
      words: [on: string, off: string];
      off?: string;
      goesOn?: boolean;
    }) =>
    async (found: Targets): Promise<void> => {
      const { kind, isOn, off = null, goesOn = false } = what;
      const turnOn = !found.targets.every(isOn);
      const ofThreads = kind !== "star" || found.targets.some(({ isThread }) => isThread);
      const words = `${titleOf(found.targets, ofThreads)} ${what.words[turnOn ? 0 : 1]}`;
      const about = ofThreads
        ? { threads: threadIds(found.targets) }
        : { messageIds: found.targets.map(({ messageId }) => messageId) };
      await mark(found, { words, kind, value: turnOn ? "1" : off, ...about }, goesOn && turnOn);
      if (turnOn && kind === "follow") commands.attempt("keep followed threads fresh", followed);
    };

  register(
    "kernelMail.toggleStar",
    toggle({
      kind: "star",
      isOn: ({ isThread, marks, threadMarks }) => (isThread ? threadMarks : marks).starred === true,
      words: ["starred", "no longer starred"],
    }),
  );
  register(
    "kernelMail.toggleFollow",
    toggle({
      kind: "follow",
      isOn: ({ threadMarks }) => threadMarks.followed === true,
      words: ["followed", "no longer followed"],
      // Threads that the person wrote in are followed by themselves: only a word against it ends that.
      off: "0",
    }),
  );
  register(
    "kernelMail.muteThread",
    toggle({
      kind: "mute",
      isOn: ({ threadMarks }) => threadMarks.muted === true,
      words: ["muted", "no longer muted"],
      goesOn: true,
    }),
  );

  register("kernelMail.muteSubthread", async (found) => {
    const [target] = found.targets;
    if (target === undefined) return;
    const words = `${target.title} and its answers muted`;
    await mark(found, { words, kind: "muteBelow", value: "1", messageIds: [target.messageId] }, true);
  });

  register("kernelMail.snooze", async (found) => {
    const title = titleOf(found.targets, true);
    const until = await askSnooze(title, Date.now());
    if (until === undefined) return;
    const words = `${title} snoozed until ${until.words}`;
    const threads = threadIds(found.targets);
    await mark(found, { words, kind: "snooze", value: until.value, threads }, true);
  });

  register("kernelMail.note", async (found) => {
    const [target] = found.targets;
    if (target === undefined) return;
    const { messageId, title, marks, threadMarks, isThread } = target;
    const before = (isThread ? threadMarks : marks).note ?? "";
    const text = await vscode.window.showInputBox({
      title: "Edit Note",
      prompt: `About ${title}. It stays on this machine, and never gets into a draft.`,
      value: before,
      ignoreFocusOut: true,
    });
    if (text === undefined || text === before) return;
    const value = text.trim() === "" ? null : text;
    const words = value === null ? `the note about ${title} taken away` : `${title} has a note`;
    const what = isThread ? { threads: [messageId] } : { messageIds: [messageId] };
    await mark(found, { words, kind: "note", value, ...what }, false);
  });

  commands.register("kernelMail.undoTriage", async () => {
    const words = await triage.undo();
    say(
      words === undefined ? "There is nothing to undo." : `Undone: ${words}.`,
      reader.inView() !== undefined,
    );
  });

  /** Unread mail from wherever the person is. */
  const next = (direction: 1 | -1) => async (argument: unknown) => {
    const [selected] = tree.selection();
    if (argument === FROM_TREE && selected?.kind === "thread" && selected.row.unread > 0) {
      const nodes = (await archive.request("thread", { messageId: selected.row.thread }))?.nodes ?? [];
      const news = nodes.filter(({ unread, marks }) => unread && marks?.bot === undefined);
      const found = direction === 1 ? news[0] : news.at(-1);
      if (found !== undefined) return await reader.open(found.messageId);
    }
    const text = argument === FROM_TREE ? undefined : texts.inFocus();
    if (text !== undefined) return await goOn(text.messageId, direction, "text");
    const from =
      argument !== FROM_TREE || selected === undefined
        ? reader.inView()
        : selected.kind === "thread"
          ? selected.row.thread
          : selected.node.messageId;
    const isFromPage = typeof argument === "object" && argument !== null && "messageId" in argument;
    await goOn(from, direction, isFromPage ? "reader" : "tree");
  };
  commands.register("kernelMail.nextUnread", next(1));
  commands.register("kernelMail.previousUnread", next(-1));

  reader.serve(
    Object.fromEntries(
      TRIAGE_ACTIONS.map((action) => [
        action,
        ({ messageId }) => vscode.commands.executeCommand(`kernelMail.${action}`, { messageId }),
      ]),
    ),
  );
}
