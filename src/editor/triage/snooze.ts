/** Until when a thread is put out of sight. */
import * as vscode from "vscode";

const DAY = 86_400_000;

/** An answer: what the mark says, and that in words. */
export interface Until {
  /** Milliseconds since 1970 UTC, or "version", or "rc:" and the milliseconds of now. */
  value: string;
  words: string;
}

/** Eight in the morning, where the person is, so many days after `nowMs`. */
export function morning(nowMs: number, days: number): number {
  const date = new Date(nowMs);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + days, 8).getTime();
}

/** A typed date (2026-12-24), at eight in the morning; undefined when it is none, or not to come. */
export function readDate(text: string, nowMs: number): number | undefined {
  const [, year, month, day] = /^\s*(\d{4})-(\d{1,2})-(\d{1,2})\s*$/.exec(text) ?? [];
  if (day === undefined) return undefined;
  const date = new Date(Number(year), Number(month) - 1, Number(day), 8);
  const isSame = date.getMonth() === Number(month) - 1 && date.getDate() === Number(day);
  return isSame && date.getTime() > nowMs ? date.getTime() : undefined;
}

/** "2026-12-24". */
function dayOf(ms: number): string {
  const date = new Date(ms);
  const two = (n: number) => String(n).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** Asks until when; undefined when the person gives up. */
export async function askSnooze(title: string, nowMs: number): Promise<Until | undefined> {
  // Monday is the first day after today that is one.
  const toMonday = (8 - new Date(nowMs).getDay()) % 7 || 7;
  const at = (label: string, days: number) => ({
    label,
    value: String(morning(nowMs, days)),
    description: dayOf(nowMs + days * DAY),
  });
  const typed = { label: "Until a Date...", value: "", description: "" };
  const event = (label: string, value: string, description: string) => ({ label, value, description });
  const choice = await vscode.window.showQuickPick(
    [
      ...[at("Tomorrow", 1), at("In Three Days", 3), at("Next Monday", toMonday), at("In Two Weeks", 14)],
      event("Until the Next Version", "version", "the next version of the series"),
      event("Until the Next -rc", `rc:${nowMs}`, "the next -rc, by its announcement on a list you read"),
      typed,
    ],
    { title: "Snooze", placeHolder: `${title}: out of sight, and back when that comes` },
  );
  if (choice === undefined) return undefined;
  if (choice !== typed) return { value: choice.value, words: choice.description };
  const text = await vscode.window.showInputBox({
    title: "Snooze until",
    placeHolder: dayOf(nowMs + 30 * DAY),
    validateInput: (value) =>
      readDate(value, Date.now()) === undefined ? "A day to come, such as 2026-12-24" : undefined,
  });
  const ms = text === undefined ? undefined : readDate(text, nowMs);
  return ms === undefined ? undefined : { value: String(ms), words: dayOf(ms) };
}
