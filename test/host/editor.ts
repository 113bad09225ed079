/** The extension as it runs in the editor of the host tests: its parts, a clean state, and what it told the person. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import * as vscode from "vscode";
import type { Element } from "../../src/editor/tree/threadElements.ts";
import type { Parts } from "../../src/extension.ts";
import { root } from "../fixtures.ts";

/** A state that a busy machine may need this long to reach, in milliseconds. */
const REACHED_MS = 45_000;

export const samplePath = (): string => join(root(), "media", "sample", "sample.mbox");

/** The parts of the running extension. */
export async function parts(): Promise<Parts> {
  const extension = vscode.extensions.getExtension<Parts | undefined>("kernel-mail.kernel-mail");
  assert.ok(extension, "the extension is installed");
  const exported = await extension.activate();
  assert.ok(exported, "the extension gives its parts to tests");
  return exported;
}

/** Waits until `reached` gives something; says `what` when it never does. */
export async function until<T>(
  what: string,
  reached: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  const deadline = Date.now() + REACHED_MS;
  for (;;) {
    const found = await reached();
    if (found !== undefined && found !== false) return found;
    assert.ok(Date.now() < deadline, `never reached: ${what}`);
    await delay(25);
  }
}

/** Makes these the only archives, and waits until they are read. */
export async function setArchives(...archives: { path: string; name?: string }[]): Promise<void> {
  const { sync } = await parts();
  const settings = vscode.workspace.getConfiguration("kernelMail");
  await settings.update("archives", archives, vscode.ConfigurationTarget.Global);
  await sync.settled();
}

/** Gives a setting of the extension a value; undefined takes it away. */
export const set = (name: string, value: unknown): Thenable<void> =>
  vscode.workspace.getConfiguration("kernelMail").update(name, value, vscode.ConfigurationTarget.Global);

/** Runs a command of the extension by its id without the prefix. */
export const run = (command: string, ...args: unknown[]): Thenable<unknown> =>
  vscode.commands.executeCommand(`kernelMail.${command}`, ...args);

/** The rows below an element of the Threads tree; the archives, without the searches, when it is left out. */
export async function rows(element?: Element): Promise<Element[]> {
  const { tree } = await parts();
  return ((await tree.getChildren(element)) ?? []).filter(({ kind }) => kind !== "search");
}

/** What a row says: its label, and its description where it has one. */
export async function label(element: Element): Promise<string> {
  const { tree } = await parts();
  const item = await tree.getTreeItem(element);
  const { label: text } = item;
  return [typeof text === "object" ? text.label : text, item.description].filter((part) => part).join(" | ");
}

export const labels = async (element?: Element): Promise<string[]> =>
  await Promise.all((await rows(element)).map(label));

/** The first row below `element` whose label begins so. */
export async function row(begin: string, element?: Element): Promise<Element> {
  for (const found of await rows(element)) if ((await label(found)).startsWith(begin)) return found;
  throw new assert.AssertionError({
    message: `no row begins with "${begin}": ${(await labels(element)).join(" / ")}`,
  });
}

type Show = (message: string, ...rest: unknown[]) => Thenable<string | undefined>;

/**
 * Runs something and returns what the person was told meanwhile and shortly after, in order. Of what is offered
 * `choice` is chosen, anything else declined. Dialogs cannot be shown while tests run.
 */
export async function told(act: () => PromiseLike<unknown>, count = 1, choice?: string): Promise<string[]> {
  const said: string[] = [];
  const window = vscode.window as unknown as Record<string, Show>;
  const names = ["showErrorMessage", "showWarningMessage", "showInformationMessage"];
  const before = names.map((name) => window[name]);
  for (const name of names) {
    window[name] = async (message, ...offered) => {
      said.push(message);
      return offered.find((one): one is string => one === choice);
    };
  }
  try {
    await act();
    await until("a message to the person", () => said.length >= count);
  } finally {
    names.forEach((name, index) => {
      const original = before[index];
      if (original !== undefined) window[name] = original;
    });
  }
  return said;
}

/** Closes every editor, changed ones too. */
export async function closeEditors(): Promise<void> {
  for (const document of vscode.workspace.textDocuments) {
    if (document.isDirty && !document.isUntitled) await document.save();
    if (!document.isDirty || !document.isUntitled) continue;
    // Saving it would ask where, and wait for an answer.
    await vscode.window.showTextDocument(document);
    await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
  }
  await vscode.commands.executeCommand("workbench.action.closeAllEditors");
}

/** Takes away everything that was opened by link. */
export async function dropOpened(): Promise<void> {
  const opened = (await rows()).find((one) => one.kind === "archive" && one.isOpened);
  if (opened !== undefined) await run("dropOpened", opened);
}

/** A folder of the test's own, and what removes it. */
export function scratchFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), "kernel-mail-editor-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** The reader's tab, when it is open. */
export const readerTab = (): vscode.Tab | undefined =>
  vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .find(
      ({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith("kernelMail.reader"),
    );
