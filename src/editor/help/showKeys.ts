/** The keys that hold at a place: the page shows its own, those of trees and editors are a list in which each can be done. */
import * as vscode from "vscode";
import { type Commands, FROM_TREE } from "../commands.ts";
import { ANSWER_BELOW, SPLIT_CITED } from "../drafts/typingKeys.ts";
import type { Reader } from "../reading/readerPanel.ts";
import { isReaderActive } from "../tabs.ts";

/** What the manifest says of keys and commands. */
interface Contributed {
  keybindings: { key: string; mac?: string; command: string; args?: unknown; when: string }[];
  commands: { command: string; title: string }[];
}

type Key = Contributed["keybindings"][number];

/** Where keys hold, as the terms of their conditions that say so; the words are for the title. */
const PLACES = {
  threads: { term: "focusedView == 'kernelMail.threads'", words: "Threads View" },
  "kernel-mail": { term: "editorLangId == 'kernel-mail'", words: "Draft" },
  "kernel-mail-thread": { term: "editorLangId == 'kernel-mail-thread'", words: "Thread as Text" },
  elsewhere: { term: "", words: "Editor" },
} as const;

export type Place = keyof typeof PLACES;

/** What is no command of ours. */
const TITLES: Readonly<Record<string, string>> = {
  "kernelMail.threads.focus": "Focus Threads View",
  "kernelMail.drafts.focus": "Focus Drafts and Outbox View",
  "list.focusDown": "Go Down",
  "list.focusUp": "Go Up",
};

/** The command that a key is for: of several the one of ours. */
function commandOf({ command, args }: Key): string {
  const text = JSON.stringify(args ?? null);
  if (command !== "runCommands") return command;
  if (text === JSON.stringify({ commands: ANSWER_BELOW })) return "kernelMail.draft.answerBelow";
  if (text === JSON.stringify({ commands: SPLIT_CITED })) return "kernelMail.draft.splitCited";
  return /"command":"(kernelMail\.[\w.]+)"/.exec(text)?.[1] ?? command;
}

/** "ctrl+k ctrl+enter" as keyboards have it: "Ctrl+K Ctrl+Enter"; letters without a modifier stay small. */
function pressed(key: string): string {
  if (key === "shift+/") return "?";
  const chord = (one: string) =>
    one.includes("+") ? one.replace(/(?<=^|\+)[a-z]/g, (letter) => letter.toUpperCase()) : one;
  return key.split(" ").map(chord).join(" ");
}

export interface KeyRow {
  title: string;
  /** As one presses it. */
  key: string;
  command: string;
  args?: unknown;
}

/** The keys that hold at a place in the order of the manifest, those that hold everywhere last. */
export function keysAt(place: Place, { keybindings, commands }: Contributed, isMac: boolean): KeyRow[] {
  const titles = new Map(commands.map(({ command, title }) => [command, title]));
  const isHere = ({ when }: Key): boolean => when.split(" && ").includes(PLACES[place].term);
  const isEverywhere = ({ when }: Key): boolean => !/focusedView|editorLangId|resourceScheme/.test(when);
  // Enter means what it always means, where no setting says more; several rows are for the same key what one is.
  const held = keybindings.filter(
    ({ key, when }) => key !== "enter" && !when.includes(" && listMultiSelection"),
  );
  return [...held.filter(isHere), ...held.filter(isEverywhere)].map((one) => {
    const id = commandOf(one);
    return {
      title: titles.get(id) ?? TITLES[id] ?? id,
      key: pressed(isMac ? (one.mac ?? one.key) : one.key),
      command: one.command,
      ...(one.args === undefined ? {} : { args: one.args }),
    };
  });
}

interface Parts {
  commands: Commands;
  reader: Reader;
  /** The extension's own manifest. */
  contributed: Contributed;
}

export function registerShowKeys({ commands, reader, contributed }: Parts): void {
  commands.register("kernelMail.showKeys", async (argument) => {
    const isTree = argument === FROM_TREE;
    if (!isTree && isReaderActive()) return reader.act("showKeys");
    const language = vscode.window.activeTextEditor?.document.languageId;
    const isOurs = language === "kernel-mail" || language === "kernel-mail-thread";
    const place = isTree ? "threads" : isOurs ? language : "elsewhere";
    const change = { label: "$(gear) Change Keys...", description: "", run: changeKeys };
    const items = keysAt(place, contributed, process.platform === "darwin").map((row) => ({
      label: row.title,
      description: row.key,
      run: () => vscode.commands.executeCommand(row.command, ...(row.args === undefined ? [] : [row.args])),
    }));
    const choice = await vscode.window.showQuickPick([...items, change], {
      title: `Keys of the ${PLACES[place].words}`,
      placeHolder: "As they are delivered; what you changed is in Keyboard Shortcuts",
      matchOnDescription: true,
    });
    await choice?.run();
  });
}

/** The editor's own list of keys, where the person's changes are too. */
const changeKeys = (): Thenable<unknown> =>
  vscode.commands.executeCommand("workbench.action.openGlobalKeybindings", "@ext:kernel-mail.kernel-mail");
