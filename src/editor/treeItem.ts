/** How an element of the Threads tree looks: its words, icon, and what may be done with it. */
import * as vscode from "vscode";
import { percent } from "./runProgress.ts";
import type { ArchiveElement, Container, Element } from "./threadElements.ts";
import { archiveText, listText, messageText, type RowText, threadText } from "./threadLabels.ts";

const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;

function item(
  id: string,
  text: RowText,
  state: vscode.TreeItemCollapsibleState,
  contextValue: string,
  icon: string,
): vscode.TreeItem {
  const result = new vscode.TreeItem(text.label, state);
  result.id = id;
  result.description = text.description;
  result.tooltip = text.tooltip;
  result.contextValue = contextValue;
  result.iconPath = new vscode.ThemeIcon(icon);
  result.accessibilityInformation = { label: text.spoken, role: "treeitem" };
  return result;
}

/** A few words for what is going on with an archive. */
function stateWords({ row, state }: ArchiveElement): string {
  if (state.phase !== undefined) {
    const share = state.progress && percent(state.progress);
    return share === undefined ? state.phase : `${state.phase}, ${share} %`;
  }
  if (state.problem === undefined && row.problem === undefined) return "";
  return state.problem !== undefined || row.messages === 0 ? "cannot be read" : "in part unreadable";
}

/** The command a click or Enter runs. */
const opens = (element: Element): vscode.Command => ({
  command: "kernelMail.openThread",
  title: "Open Thread",
  arguments: [element],
});

/** Whether what a list shows was opened by link. */
const isIn = (container: Container): boolean =>
  (container.kind === "archive" ? container : container.parent).isOpened;

/** The item for an element. `now` is in milliseconds since 1970 UTC. */
export function treeItem(element: Element, now: number): vscode.TreeItem {
  switch (element.kind) {
    case "archive": {
      const { id, row, state } = element;
      const failed = state.phase === undefined && (state.problem ?? row.problem) !== undefined;
      const kind = element.isOpened
        ? "archive opened"
        : row.format === "v2"
          ? "archive local mirror"
          : "archive local";
      const words = [kind, ...(state.phase === undefined ? [] : [state.phase])].join(" ");
      return item(
        id,
        archiveText(row, stateWords(element)),
        Collapsed,
        words,
        failed ? "warning" : element.isOpened ? "history" : "archive",
      );
    }
    case "list":
      return item(element.id, listText(element.list), Collapsed, "list", "list-unordered");
    case "thread": {
      const { row } = element;
      const icon = row.series ? "git-pull-request" : "comment-discussion";
      const words = `${row.series ? "thread patch" : "thread"}${isIn(element.parent) ? " opened" : ""}`;
      const result = item(element.id, threadText(row, now), Collapsed, words, icon);
      result.command = opens(element);
      return result;
    }
    case "message": {
      const { node, answers } = element;
      const state = answers.length === 0 ? None : element.open ? Expanded : Collapsed;
      const text = messageText(node, element.parentSubject, now);
      const result = item(
        element.id,
        text,
        state,
        node.missing ? "message ghost" : "message",
        node.missing ? "question" : "mail",
      );
      if (!node.missing) result.command = opens(element);
      return result;
    }
    case "older": {
      const text = {
        label: "Older Threads...",
        description: "",
        tooltip: "Show older threads",
        spoken: "Older threads",
      };
      const result = item(element.id, text, None, "older", "chevron-down");
      result.command = {
        command: "kernelMail.olderThreads",
        title: "Show Older Threads",
        arguments: [element],
      };
      return result;
    }
    case "remote": {
      const { id, spec } = element;
      const host = new URL(spec.url).host;
      const text = {
        label: spec.name,
        description: host,
        tooltip: `${spec.url}\nThreads and search come from the server.`,
        spoken: `Archive ${spec.name} on the server ${host}`,
      };
      return item(id, text, Collapsed, "archive remote", "cloud");
    }
    case "remoteThread": {
      const { id, row } = element;
      const icon = row.series ? "git-pull-request" : "comment-discussion";
      const result = item(id, threadText(row, now), None, "thread remote", icon);
      result.command = { command: "kernelMail.openRemoteThread", title: "Open Thread", arguments: [element] };
      return result;
    }
    case "remoteRow": {
      const { id, text: label, icon } = element;
      const text = { label, description: "", tooltip: label, spoken: label };
      const result = item(id, text, None, element.asks ? "remoteOlder" : "notice", icon);
      if (element.asks) {
        result.command = {
          command: "kernelMail.olderOnServer",
          title: "Show Older Threads on Server",
          arguments: [element],
        };
      }
      return result;
    }
    case "notice": {
      const text = { label: element.text, description: "", tooltip: element.text, spoken: element.text };
      return item(element.id, text, None, "notice", element.icon);
    }
  }
}
