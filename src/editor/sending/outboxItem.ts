/** A mail of the outbox as a row of the Drafts and Outbox tree. */
import * as vscode from "vscode";
import { hasLeft, type OutboxMail, outstanding } from "../../compose/outbox.ts";
import { readPatchPrefix } from "../../mail/subject.ts";
import { count } from "../counts.ts";
import { documentUri } from "../documents.ts";
import { fullDate, spokenAge } from "../tree/threadLabels.ts";

export const isOutboxMail = (value: unknown): value is OutboxMail =>
  typeof value === "object" && value !== null && "queuedMs" in value && "name" in value;

/** A span of time in the largest fitting unit: "40 s", "6 h". */
export function span(ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  if (seconds < 90) return `${seconds} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

/** What asks for the person stands out where the subject leaves no room for words. */
const COLORS: Record<string, string> = {
  warning: "list.warningForeground",
  question: "list.warningForeground",
  error: "list.errorForeground",
};

interface Shown {
  words: string;
  icon: string;
  /** What menus tell it by. */
  context: string;
}

/** The state in a few words, with its icon; of a mail that some have, for those who have it not. */
function stateOf(mail: OutboxMail, now: number): Shown {
  const shown = stateAlone(mail, now);
  const missed = outstanding(mail).length;
  if (mail.state === "sent" || !hasLeft(mail) || missed === 0) return shown;
  return {
    ...shown,
    words: `not to ${count(missed, "recipient")} yet: ${shown.words}`,
    context: shown.context.replace("outbox", "outbox partly"),
  };
}

/** The state by itself. */
function stateAlone(mail: OutboxMail, now: number): Shown {
  switch (mail.state) {
    case "waiting": {
      const due = mail.dueMs - now;
      // A time of day stays true while nobody draws the row anew.
      const again = `tried again at ${new Date(mail.dueMs).toTimeString().slice(0, 5)}`;
      const words = due <= 0 ? "going out" : mail.attempts > 0 ? again : "leaves soon";
      return { words, icon: mail.attempts > 0 ? "clock" : "send", context: "outbox waiting" };
    }
    case "sending":
    case "handed":
      return { words: "going out", icon: "sync", context: "outbox sending" };
    case "held":
      return { words: "waits for you", icon: "warning", context: "outbox failed" };
    case "unknown":
      return { words: "may have gone out", icon: "question", context: "outbox unknown" };
    case "returned":
      return { words: "refused", icon: "error", context: "outbox returned" };
    case "sent": {
      const changes = mail.echo?.changes ?? [];
      if (mail.refused.length > 0) {
        const words = `refused by ${count(mail.refused.length, "recipient")}`;
        return { words, icon: "warning", context: "outbox sent partly" };
      }
      if (changes.length > 0)
        return { words: "changed on the way", icon: "diff", context: "outbox sent echoed" };
      const age = spokenAge(mail.sentMs ?? mail.queuedMs, now);
      const words = mail.echo === undefined ? `pending on the list, sent ${age}` : `on the list, sent ${age}`;
      return {
        words,
        icon: "check",
        context: mail.echo === undefined ? "outbox sent" : "outbox sent echoed",
      };
    }
  }
}

export function outboxItem(mail: OutboxMail, now: number): vscode.TreeItem {
  const { words, icon, context } = stateOf(mail, now);
  const label = mail.subject || "(no subject)";
  // What all of them have in front would push out of sight what tells them apart.
  const item = new vscode.TreeItem(readPatchPrefix(mail.subject).bare || label);
  item.id = `outbox ${mail.name}`;
  item.description = words;
  const color = COLORS[icon];
  item.iconPath = new vscode.ThemeIcon(icon, color === undefined ? color : new vscode.ThemeColor(color));
  item.contextValue = context;
  // The bytes that leave, or have left.
  item.command = {
    command: "vscode.open",
    title: "Show Message",
    arguments: [documentUri("sent", "Sent.txt", mail.name)],
  };
  const refused = mail.refused.map(({ address, reply }) => `Not to ${address}: ${reply}`);
  const changes = (mail.echo?.changes ?? []).map((change) => `On the list, ${change}.`);
  item.tooltip = [
    label,
    `To ${mail.to.join(", ")}`,
    `Confirmed ${fullDate(mail.queuedMs)}`,
    ...(mail.sentMs === undefined ? [] : [`Sent ${fullDate(mail.sentMs)}`]),
    `Message-ID ${mail.echo?.messageId ?? mail.serverMessageId ?? mail.messageId}`,
    ...(mail.problem === undefined ? [] : [mail.problem]),
    ...refused,
    ...changes,
  ].join("\n");
  item.accessibilityInformation = {
    label: `Outbox, ${label}, ${words}, to ${count(mail.to.length, "recipient")}.`,
  };
  return item;
}
