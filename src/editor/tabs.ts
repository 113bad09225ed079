/** Tabs that an act opened, and that go when it ends. */
import * as vscode from "vscode";

/** Closes every tab of these documents. */
export async function closeTabs(...documents: vscode.Uri[]): Promise<void> {
  const wanted = new Set(documents.map(String));
  const tabs = vscode.window.tabGroups.all
    .flatMap(({ tabs: all }) => all)
    .filter(({ input }) => input instanceof vscode.TabInputText && wanted.has(input.uri.toString()));
  if (tabs.length > 0) await vscode.window.tabGroups.close(tabs);
}
