/** Help: the diagnosis as a document, the log, the settings. */
import * as vscode from "vscode";
import { sentence } from "../../base/report.ts";
import { transportName } from "../../compose/transport.ts";
import type { Archive } from "../archives/archiveWorker.ts";
import type { Sync } from "../archives/sync.ts";
import type { Commands } from "../commands.ts";
import { type Documents, documentUri, showBytes } from "../documents.ts";
import type { EditorLog } from "../log.ts";
import type { Sender } from "../sending/sender.ts";
import type { Settings } from "../settings.ts";

interface DiagnosisParts {
  archive: Archive;
  commands: Commands;
  documents: Documents;
  log: EditorLog;
  sender: Sender;
  settings: Settings;
  sync: Sync;
  version: string;
}

/** How mail leaves, in words. */
async function sendingWords(sender: Sender): Promise<string> {
  try {
    const way = await sender.transport();
    return way === undefined ? "not set up" : transportName(way);
  } catch (error) {
    return sentence(error);
  }
}

/** One fact a line, aligned. */
const table = (rows: [name: string, value: string | number][]): string => {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join("\n");
};

async function diagnosis({ archive, sender, settings, sync, version }: DiagnosisParts): Promise<string> {
  const facts: [string, string | number][] = [
    ["Kernel Mail", version],
    ["VS Code", `${vscode.version} (${vscode.env.appHost}${vscode.env.remoteName ? ", remote" : ""})`],
    ["Node", process.versions.node],
    ["platform", `${process.platform} ${process.arch}`],
    ["git setting", settings.git()],
    ["sending by", await sendingWords(sender)],
  ];
  let archives = "No archive is configured.";
  try {
    facts.push(...Object.entries(await archive.request("diagnose", null)));
    const rows = await archive.request("archives", null);
    if (rows.length > 0) {
      archives = rows
        .map((row) => {
          const held = `${row.source}\n  ${row.format}, ${row.messages} messages, ${row.threads} threads`;
          const problem = sync.state(row.source).problem ?? row.problem;
          return [held, ...(problem === undefined ? [] : [problem]), ...(row.notes ?? [])].join("\n  ");
        })
        .join("\n");
    }
  } catch (error) {
    archives = sentence(error);
  }
  return `${table(facts)}\n\nArchives\n\n${archives}\n`;
}

export function registerDiagnosis(parts: DiagnosisParts): void {
  const { commands, documents, log } = parts;
  commands.register("kernelMail.doctor", async () => {
    // Each one has an address of its own, so that an open one does not change under the reader's eyes.
    await showBytes(documentUri("diagnosis", "Kernel Mail Diagnosis.txt", new Date().toISOString()));
  });
  documents.serve("diagnosis", async () => new TextEncoder().encode(await diagnosis(parts)));
  commands.register("kernelMail.showLog", () => log.show());
  commands.register("kernelMail.openWalkthrough", () =>
    vscode.commands.executeCommand(
      "workbench.action.openWalkthrough",
      "kernel-mail.kernel-mail#kernelMail.start",
      false,
    ),
  );
  commands.register("kernelMail.openSettings", () =>
    vscode.commands.executeCommand("workbench.action.openSettings", "@ext:kernel-mail.kernel-mail"),
  );
}
