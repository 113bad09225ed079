/** Tabs: those in which threads are read, and those that an act opened, which go when it ends. */
import * as vscode from "vscode";
import { THREAD_TEXT } from "./documents.ts";

export const isThreadText = (uri: vscode.Uri): boolean =>
  uri.scheme === "kernel-mail" && uri.path.startsWith(`/${THREAD_TEXT}/`);

const isReader = ({ input }: vscode.Tab): boolean =>
  input instanceof vscode.TabInputWebview && input.viewType.endsWith("kernelMail.reader");

/** Whether a thread is read in a tab: in the reader, or as text. */
const isReading = (tab: vscode.Tab): boolean =>
  isReader(tab) || (tab.input instanceof vscode.TabInputText && isThreadText(tab.input.uri));

/** Whether the reader is the active editor. */
export function isReaderActive(): boolean {
  const { activeTab } = vscode.window.tabGroups.activeTabGroup;
  return activeTab !== undefined && isReader(activeTab);
}

/** The column in which threads are read; undefined where none is open. */
export const readingColumn = (): vscode.ViewColumn | undefined =>
  vscode.window.tabGroups.all.find(({ tabs }) => tabs.some(isReading))?.viewColumn;

/** The column in which a document is open; undefined where it is in no tab. */
export const columnOf = (document: vscode.Uri): vscode.ViewColumn | undefined =>
  vscode.window.tabGroups.all.find(({ tabs }) =>
    tabs.some(({ input }) => input instanceof vscode.TabInputText && `${input.uri}` === `${document}`),
  )?.viewColumn;

/** Closes every tab of these documents. */
export async function closeTabs(...documents: vscode.Uri[]): Promise<void> {
  const wanted = new Set(documents.map(String));
  const tabs = vscode.window.tabGroups.all
    .flatMap(({ tabs: all }) => all)
    .filter(({ input }) => input instanceof vscode.TabInputText && wanted.has(input.uri.toString()));
  if (tabs.length > 0) await vscode.window.tabGroups.close(tabs);
}
