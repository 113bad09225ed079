/** What the person makes of messages, as the editor's rooms ask for it, and what is unread now. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as vscode from "vscode";
import type { ArchiveContract, Marked, StateCounts } from "../../archive/remote.ts";
import { addressGlobs, isSelf } from "../../compose/identity.ts";
import { filesOf } from "../../mail/maintainers.ts";
import type { ArchiveWorker } from "../archives/archiveWorker.ts";
import type { Commands } from "../commands.ts";
import { knownWriter } from "../identity.ts";
import type { KernelTrees } from "../links/kernelTrees.ts";
import type { Settings } from "../settings.ts";

type MarkParams = ArchiveContract["requests"]["mark"]["params"];

/** New mail is counted at most this often, in milliseconds. */
const COUNT_MS = 1500;

export interface Triage extends vscode.Disposable {
  /** Marks have changed, here or by an undo. */
  readonly onDidMark: vscode.Event<Marked>;
  /** The counts have changed. */
  readonly onDidCount: vscode.Event<StateCounts>;
  counts(): StateCounts;
  /** It was counted, and nothing is unread. */
  isAllRead(): boolean;
  mark(params: MarkParams): Promise<Marked>;
  /** Undoes the last change and says what it was; undefined when there is none. */
  undo(): Promise<string | undefined>;
  /** Tells the worker who the person is and which senders are robots; done by itself when settings change. */
  introduce(): Promise<void>;
}

interface TriageParts {
  worker: ArchiveWorker;
  settings: Settings;
  commands: Commands;
  trees: Pick<KernelTrees, "folders">;
}

/** What MAINTAINERS of the trees at hand gives to somebody to look after. */
async function maintainedFiles(
  folders: readonly string[],
  isThem: (address: string) => boolean,
): Promise<string[]> {
  const texts = await Promise.all(
    folders.map((folder) =>
      readFile(join(folder, "MAINTAINERS"), "utf8").catch((error: NodeJS.ErrnoException) => {
        // A folder without the file is no kernel tree.
        if (error.code === "ENOENT" || error.code === "ENOTDIR") return "";
        throw error;
      }),
    ),
  );
  return [...new Set(texts.flatMap((text) => filesOf(text, isThem)))];
}

export function openTriage({ worker, settings, commands, trees }: TriageParts): Triage {
  const marked = new vscode.EventEmitter<Marked>();
  const recounted = new vscode.EventEmitter<StateCounts>();
  let counts: StateCounts = { forMe: 0, followed: 0, all: 0 };
  let timer: NodeJS.Timeout | undefined;
  let introduced = false;
  let counted = false;

  const take = (now: StateCounts) => {
    const { forMe, followed, all, undo } = counts;
    const isKnown = now.forMe === forMe && now.followed === followed && now.all === all && now.undo === undo;
    if (counted && isKnown) return;
    counted = true;
    counts = now;
    void vscode.commands.executeCommand("setContext", "kernelMail.canUndo", now.undo !== undefined);
    recounted.fire(now);
  };
  const count = async () => {
    // The first archive may have come by a link.
    if (!introduced) await introduce();
    take(await worker.request("counts", null));
  };
  const countSoon = () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      commands.attempt("count what is unread", count);
    }, COUNT_MS);
  };

  const introduce = async () => {
    introduced = true;
    const self = (await knownWriter(settings))?.self;
    const names = self === undefined ? [] : [self.identity, ...self.identities].map(({ name }) => name);
    await worker.request("setPeople", {
      me: self === undefined ? settings.myAddresses() : addressGlobs(self),
      name: names.filter((name) => name.trim().includes(" ")),
      bot: settings.bots(),
      file: self === undefined ? [] : await maintainedFiles(trees.folders(), (one) => isSelf(one, self)),
    });
  };

  const heard = [
    worker.on("marked", (now) => {
      take(now.counts);
      marked.fire(now);
    }),
    worker.on("changed", countSoon),
    worker.on("ended", countSoon),
  ];
  const changes = settings.onDidChange(
    ["archives", "identities", "myAddresses", "bots", "gitPath", "kernelTrees"],
    () => commands.attempt("find out who you are", introduce),
  );

  return {
    onDidMark: marked.event,
    onDidCount: recounted.event,
    counts: () => counts,
    isAllRead: () => counted && counts.all === 0,
    mark: (params) => worker.request("mark", params),
    undo: async () => (await worker.request("undo", null))?.words,
    introduce,
    dispose: () => {
      clearTimeout(timer);
      for (const unhear of heard) unhear();
      vscode.Disposable.from(changes, marked, recounted).dispose();
    },
  };
}
