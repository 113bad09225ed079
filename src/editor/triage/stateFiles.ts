/** Lists that are read as a whole, and the person's state as a file: out, and in again. */
import { readFile, writeFile } from "node:fs/promises";
import * as vscode from "vscode";
import type { Archive } from "../archives/archiveWorker.ts";
import type { Commands } from "../commands.ts";
import { count } from "../counts.ts";
import { isElement, narrowed } from "../tree/threadElements.ts";

const DAY = 86_400_000;

/** No state is larger; what is was not written by us. */
const LARGEST = 512 * 2 ** 20;

const ages = [
  { label: "All of It", days: 0 },
  { label: "What Is Older than a Week", days: 7 },
  { label: "What Is Older than a Month", days: 30 },
];

export function registerStateFiles({ archive, commands }: { archive: Archive; commands: Commands }): void {
  commands.register("kernelMail.markListRead", async (argument) => {
    const element = isElement(argument) ? argument : undefined;
    const container = element?.kind === "archive" || element?.kind === "list" ? element : undefined;
    const name =
      container === undefined
        ? "all archives"
        : container.kind === "archive"
          ? `“${container.row.name}”`
          : `“${container.list.name || "mail of no list"}”`;
    const age = await vscode.window.showQuickPick(ages, {
      title: "Mark List Read",
      placeHolder: `What of ${name}?`,
    });
    if (age === undefined) return;
    const words = `${name} marked read${age.days === 0 ? "" : `, what is older than ${count(age.days, "day")}`}`;
    const narrow = container === undefined ? {} : narrowed(container);
    await archive.request("readList", { ...narrow, words, untilMs: Date.now() - age.days * DAY });
    const choice = await vscode.window.showInformationMessage(
      `${words.charAt(0).toUpperCase()}${words.slice(1)}.`,
      "Undo",
    );
    if (choice === "Undo") await vscode.commands.executeCommand("kernelMail.undoTriage");
  });

  commands.register("kernelMail.exportState", async () => {
    const target = await vscode.window.showSaveDialog({
      title: "Export State",
      saveLabel: "Export",
      filters: { Text: ["txt"] },
      defaultUri: vscode.Uri.file("kernel-mail-state.txt"),
    });
    if (target === undefined) return;
    await writeFile(target.fsPath, await archive.request("exportState", null));
    void vscode.window.showInformationMessage("Unread, stars, mutes and notes are exported.");
  });

  commands.register("kernelMail.importState", async () => {
    const [source] =
      (await vscode.window.showOpenDialog({
        title: "Import State",
        openLabel: "Import",
        filters: { Text: ["txt"] },
      })) ?? [];
    if (source === undefined) return;
    const bytes = await readFile(source.fsPath);
    const text = bytes.length > LARGEST ? "" : bytes.toString("utf8");
    const { news } = await archive.request("importState", { text });
    void vscode.window.showInformationMessage(
      news === 0
        ? "Everything in it was known."
        : `${count(news, "mark")} taken over; of two words about one thing the later stands.`,
    );
  });
}
