/** Searches that are roots of the Threads tree: those of the settings, the one that was kept last, and the filter. */
import * as vscode from "vscode";
import type { SavedSearch, Settings } from "../settings.ts";

/** A search as a root. `saved` are those of the settings. */
export interface SearchRoot extends SavedSearch {
  saved: boolean;
}

export interface SearchRoots extends vscode.Disposable {
  readonly onDidChange: vscode.Event<void>;
  roots(): SearchRoot[];
  /** What every list of the tree is narrowed to; "" when nothing. */
  filter(): string;
  setFilter(query: string): void;
  /** Shows a result as a root, in the place of the one before; undefined takes it away. */
  show(query: string | undefined): void;
  /** The result that is shown and not saved. */
  shown(): string | undefined;
}

export function openSearchRoots(settings: Settings): SearchRoots {
  const changed = new vscode.EventEmitter<void>();
  let shown: string | undefined;
  let filter = "";
  const listener = settings.onDidChange(["searches"], () => changed.fire());

  return {
    onDidChange: changed.event,
    roots: () => [
      ...(shown === undefined
        ? []
        : [{ name: `Search: ${shown}`, query: shown, icon: "search", saved: false }]),
      ...settings.searches().map((search) => ({ ...search, saved: true })),
    ],
    filter: () => filter,
    setFilter: (query) => {
      filter = query.trim();
      void vscode.commands.executeCommand("setContext", "kernelMail.filtered", filter !== "");
      changed.fire();
    },
    show: (query) => {
      shown = query;
      void vscode.commands.executeCommand("setContext", "kernelMail.searchShown", query !== undefined);
      changed.fire();
    },
    shown: () => shown,
    dispose: () => vscode.Disposable.from(listener, changed).dispose(),
  };
}
