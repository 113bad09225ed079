/** How an element of the Threads tree looks: its words, icon, and what may be done with it. */
import * as vscode from "vscode";
import type { ThreadMarks, ThreadNode, ThreadRow } from "../../archive/remote.ts";
import { percent } from "../archives/runProgress.ts";
import type { ArchiveElement, Container, Element } from "./threadElements.ts";
import { archiveText, listText, messageText, type RowText, searchText, threadText } from "./threadLabels.ts";

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

/** The scheme of rows that are coloured: the path is the colour, and a query says that a dot stands behind the row. */
export const ROW_COLOURS = "kernel-mail-row";

/** Makes a row stand out that has something unread, and step back that has not, more so when it is muted. */
function shade(result: vscode.TreeItem, unread: boolean, muted: boolean): void {
  const path = unread ? "list.highlightForeground" : muted ? "disabledForeground" : "descriptionForeground";
  result.resourceUri = vscode.Uri.from({ scheme: ROW_COLOURS, path, query: unread ? "unread" : "" });
}

const isSnoozed = ({ snoozedMs = 0, snoozedFor }: ThreadMarks, now: number): boolean =>
  snoozedFor !== undefined || snoozedMs > now;

/** What a thread is first of all to the person, as an icon. */
function threadIcon({ marks = {}, series }: ThreadRow, now: number): string {
  if (marks.muted) return "mute";
  if (isSnoozed(marks, now)) return "watch";
  if (marks.starred) return "star-full";
  if (marks.answersMe) return "mention";
  if (marks.bot) return "hubot";
  if (marks.followed) return "eye";
  return series ? "git-pull-request" : "comment-discussion";
}

/** What a thread is, in the words that menus tell rows apart by. */
const threadWords = ({ marks = {}, series, unread }: ThreadRow, now: number): string =>
  [
    "thread",
    unread > 0 ? "unread" : "read",
    ...(marks.starred ? ["starred"] : []),
    ...(marks.muted ? ["muted"] : []),
    ...(marks.followed ? ["followed"] : []),
    ...(isSnoozed(marks, now) ? ["snoozed"] : []),
    ...(series ? ["patch"] : []),
    ...(marks.bot ? ["bots"] : []),
  ].join(" ");

function messageIcon({ missing, marks = {} }: ThreadNode): string {
  if (missing) return "question";
  if (marks.starred) return "star-full";
  if (marks.answersMe) return "mention";
  if (marks.bot) return "hubot";
  return "mail";
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
function isOpened(container: Container): boolean {
  if (container.kind === "archive") return container.isOpened;
  return container.kind !== "search" && isOpened(container.parent);
}

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
    case "search": {
      const { search, unread, reach } = element;
      const text = searchText(search.name, search.query, unread, reach, now);
      const words = search.saved ? "search saved" : "search";
      return item(element.id, text, Collapsed, words, search.icon ?? "search");
    }
    case "lane": {
      const tooltip = "Threads that robots began; they are not counted as unread.";
      const text = { label: "Robots", description: "", tooltip, spoken: "Robots" };
      return item(element.id, text, Collapsed, "lane", "hubot");
    }
    case "list":
      return item(element.id, listText(element.list), Collapsed, "list", "list-unordered");
    case "thread": {
      const { row } = element;
      const text = threadText(row, now);
      const words = `${threadWords(row, now)}${isOpened(element.parent) ? " opened" : ""}`;
      const result = item(element.id, text, Collapsed, words, threadIcon(row, now));
      shade(result, row.unread > 0, row.marks?.muted === true);
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
        node.missing ? "message ghost" : node.unread ? "message unread" : "message read",
        messageIcon(node),
      );
      const isNews = node.unread && node.marks?.bot === undefined;
      shade(result, isNews, node.missing || node.marks?.muted === true);
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
      const words = { older: "remoteOlder", found: "remoteFound", nothing: "notice" };
      const result = item(id, text, None, words[element.asks ?? "nothing"], icon);
      if (element.asks === "older") {
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
