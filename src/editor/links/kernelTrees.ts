/** The kernel trees at hand: commits, files as they were, and functions, asked of git without waiting for it. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import { type Finished, runProgram } from "../../base/process.ts";
import { UserError } from "../../base/report.ts";
import type { Settings } from "../settings.ts";
import { changeOf, filesChanged, patchIds, type TreeGit } from "./patchIds.ts";

/** A commit as one line says it. */
export interface CommitLine {
  /** The folder of the tree that has it. */
  tree: string;
  /** All forty digits. */
  id: string;
  author: string;
  address: string;
  dateMs: number;
  subject: string;
}

/** Where a function begins in a tree; lines count from 1. */
export interface Definition {
  tree: string;
  path: string;
  line: number;
  text: string;
}

export interface KernelTrees {
  /** Folders of the settings, else the open folders. */
  folders(): string[];
  /** The commit of this id, from the first tree that has it. */
  commit(id: string): Promise<CommitLine | undefined>;
  /**
   * Commits of the first tree that has some, newest first; `args` go to `git log`. What git refuses, or does not find
   * within a few seconds, is no commit.
   */
  log(args: readonly string[], token?: vscode.CancellationToken): Promise<CommitLine[]>;
  /** What git shows of a commit: who, why and the diff. */
  show(tree: string, id: string): Promise<Buffer>;
  /** The diff of a commit as `git format-patch` writes it, whatever the person has configured. */
  change(commit: CommitLine): Promise<string>;
  /** The message of a commit. */
  message(commit: CommitLine): Promise<string>;
  /** A file of a tree as it was at a commit; undefined when there was none. */
  fileAt(tree: string, id: string, path: string): Promise<Buffer | undefined>;
  /** Where functions of that name begin. */
  definitions(name: string): Promise<Definition[]>;
  /** The patch-ids of diffs, each `undefined` where there is none. Nothing but a diff may stand in them. */
  patchIds(tree: string, diffs: readonly string[]): Promise<(string | undefined)[]>;
}

/**
 * A tree that somebody else set up names programs in its configuration; none of them is run, and nothing is fetched
 * that a partial clone lacks.
 */
const SAFE = [
  "--no-optional-locks",
  "-c",
  "core.fsmonitor=false",
  "-c",
  "core.hooksPath=/dev/null",
  "-c",
  "log.showSignature=false",
];
const ENV = { GIT_NO_LAZY_FETCH: "1", GIT_TERMINAL_PROMPT: "0" };

/** A search through a tree's whole history is given up after this long, in milliseconds. */
const PATIENCE_MS = 4000;

/** Of a commit that changes more files their names alone are shown: a first import is no diff that anybody reads. */
const SHOWN_FILES = 2000;

const LINE = "--format=%H%x00%an%x00%ae%x00%at%x00%s";

function readLines(tree: string, output: Buffer): CommitLine[] {
  return output
    .toString("utf8")
    .split("\n")
    .flatMap((line) => {
      const [id = "", author = "", address = "", seconds = "", subject = ""] = line.split("\0");
      return id === "" ? [] : [{ tree, id, author, address, dateMs: Number(seconds) * 1000, subject }];
    });
}

export function openKernelTrees(settings: Settings): KernelTrees {
  const git = (
    tree: string,
    args: readonly string[],
    more: { input?: string; signal?: AbortSignal } = {},
  ): Promise<Finished> => runProgram(settings.git(), ["-C", tree, ...SAFE, ...args], { env: ENV, ...more });

  const gitIn =
    (tree: string): TreeGit =>
    (args, input) =>
      git(tree, args, input === undefined ? {} : { input });

  const folders = (): string[] => {
    const named = settings.kernelTrees();
    if (named.length > 0) return named;
    // git obeys the configuration of the folder it is in: only of folders that the person trusts.
    if (!vscode.workspace.isTrusted) return [];
    const open = vscode.workspace.workspaceFolders ?? [];
    return open.filter(({ uri }) => uri.scheme === "file").map(({ uri }) => uri.fsPath);
  };

  const commitIn = async (tree: string, id: string): Promise<CommitLine | undefined> => {
    const args = ["log", "-1", "--no-color", LINE, "--end-of-options", `${id}^{commit}`];
    const { code, stdout } = await git(tree, args);
    return code === 0 ? readLines(tree, stdout)[0] : undefined;
  };

  const definitionsIn = async (tree: string, name: string): Promise<Definition[]> => {
    const pattern = `^[A-Za-z_][A-Za-z0-9_ *(),]*\\b${name}\\s*\\(`;
    const { stdout } = await git(tree, [
      "grep",
      "-n",
      "-I",
      "-E",
      "--no-color",
      "-e",
      pattern,
      "--",
      "*.c",
      "*.h",
      "*.S",
      "*.rs",
    ]);
    return stdout
      .toString("utf8")
      .split("\n")
      .slice(0, 200)
      .flatMap((row) => {
        const found = /^(.{1,400}?):(\d+):(.*)$/.exec(row);
        const text = found?.[3] ?? "";
        // A line that ends in a semicolon only declares it.
        if (found === null || /;\s*$/.test(text)) return [];
        return [{ tree, path: found[1] ?? "", line: Number(found[2]), text: text.trim() }];
      });
  };

  return {
    folders,
    commit: async (id) => {
      if (!/^[0-9a-f]{7,40}$/i.test(id)) return undefined;
      for (const tree of folders()) {
        const found = await commitIn(tree, id);
        if (found !== undefined) return found;
      }
      return undefined;
    },
    log: async (args, token) => {
      const ending = new AbortController();
      const timer = setTimeout(() => ending.abort(), PATIENCE_MS);
      const cancelled = token?.onCancellationRequested(() => ending.abort());
      try {
        for (const tree of folders()) {
          const { code, stdout } = await git(tree, ["log", "--no-color", LINE, ...args], {
            signal: ending.signal,
          });
          const found = code === 0 ? readLines(tree, stdout) : [];
          if (found.length > 0) return found;
        }
        return [];
      } catch (error) {
        if (ending.signal.aborted) return [];
        throw error;
      } finally {
        clearTimeout(timer);
        cancelled?.dispose();
      }
    },
    show: async (tree, id) => {
      const isLarge = (await filesChanged(gitIn(tree), id)) > SHOWN_FILES;
      const what = isLarge ? ["--name-status"] : ["--stat=100", "--patch"];
      const args = ["show", "--no-color", "--no-ext-diff", "--no-textconv", "--format=fuller", ...what];
      const { code, stdout, stderr } = await git(tree, [...args, "--end-of-options", id]);
      if (code !== 0)
        throw new UserError(`git cannot show commit ${id} (${stderr.trim()}).`, `Fetch it into ${tree}.`);
      return stdout;
    },
    message: async ({ tree, id }) =>
      (await git(tree, ["log", "-1", "--no-color", "--format=%B", "--end-of-options", id])).stdout.toString(
        "utf8",
      ),
    fileAt: async (tree, id, path) => {
      const { code, stdout } = await git(tree, ["cat-file", "blob", `${id}:${path}`]);
      return code === 0 ? stdout : undefined;
    },
    definitions: async (name) => {
      if (!/^\w{1,120}$/.test(name)) return [];
      const found = await Promise.all(folders().map((tree) => definitionsIn(tree, name)));
      return found.flat();
    },
    change: ({ tree, id }) => changeOf(gitIn(tree), id),
    patchIds: (tree, diffs) => patchIds(gitIn(tree), diffs),
  };
}

/** True for the folder of a kernel tree: it has this file at its top. */
const isKernel = (folder: string): boolean => existsSync(join(folder, "MAINTAINERS"));

/** Keeps the condition `kernelMail.kernelTree` true to the trees at hand. */
export function tellKernelTree(trees: KernelTrees, settings: Settings): vscode.Disposable {
  const tell = () =>
    void vscode.commands.executeCommand(
      "setContext",
      "kernelMail.kernelTree",
      trees.folders().some(isKernel),
    );
  tell();
  return vscode.Disposable.from(
    vscode.workspace.onDidChangeWorkspaceFolders(tell),
    vscode.workspace.onDidGrantWorkspaceTrust(tell),
    settings.onDidChange(["kernelTrees"], tell),
  );
}

/** R1204: the trailer that names a commit as what is repaired. */
export const fixesTrailer = ({ id, subject }: CommitLine): string =>
  `Fixes: ${id.slice(0, 12)} ("${subject}")`;

/** The address of a path in a tree. */
export const inTree = (tree: string, path: string): vscode.Uri => vscode.Uri.file(join(tree, path));
