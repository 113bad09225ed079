/** What is unread, as numbers: the badge on the icon and the envelope in the status bar. */
import * as vscode from "vscode";
import type { StateCounts } from "../../archive/remote.ts";
import { count, grouped } from "../counts.ts";
import type { Settings } from "../settings.ts";
import type { Triage } from "./triage.ts";

/** The badge of the setting; undefined where there is nothing to count. */
export function badgeOf(
  { forMe, followed, all }: StateCounts,
  counted: "forMe" | "followed" | "all" | "none",
): { value: number; tooltip: string } | undefined {
  const words = { forMe: "for you", followed: "in threads you follow", all: "unread" };
  if (counted === "none") return undefined;
  const value = { forMe, followed, all }[counted];
  return value === 0 ? undefined : { value, tooltip: `${count(value, "message")} ${words[counted]}` };
}

/** The counts by root, one a line. */
export const countsTooltip = ({ forMe, followed, all }: StateCounts): string =>
  [`For me: ${grouped(forMe)}`, `Followed: ${grouped(followed)}`, `Unread: ${grouped(all)}`].join("\n");

interface Parts {
  triage: Triage;
  settings: Settings;
  /** Whether there is any mail to count. */
  hasArchives: () => boolean;
  /** The Threads view. */
  view: { badge?: vscode.ViewBadge | undefined };
}

export function showUnreadCount({ triage, settings, hasArchives, view }: Parts): vscode.Disposable {
  const envelope = vscode.window.createStatusBarItem(vscode.StatusBarAlignment.Right, 90);
  envelope.name = "Kernel Mail";
  envelope.command = "kernelMail.threads.focus";
  const show = () => {
    const counts = triage.counts();
    view.badge = badgeOf(counts, settings.badge());
    envelope.text = counts.forMe > 0 ? `$(mail) ${grouped(counts.forMe)}` : "$(mail)";
    envelope.tooltip = countsTooltip(counts);
    envelope.accessibilityInformation = {
      label: `Kernel Mail: ${count(counts.forMe, "message")} for you, ${grouped(counts.all)} unread`,
    };
    if (hasArchives()) envelope.show();
    else envelope.hide();
  };
  show();
  return vscode.Disposable.from(
    envelope,
    triage.onDidCount(show),
    settings.onDidChange(["archives", "threads.badge"], show),
  );
}
