/** The source tree that a person works in, and its commits. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import { runProgram } from "../base/process.ts";
import type { Settings } from "./settings.ts";

/** A search through a tree's history is given up after this long, in milliseconds. */
const PATIENCE_MS = 4000;

export interface Commit {
  /** Twelve hex digits or more, as many as tell it from others. */
  id: string;
  subject: string;
  author: string;
  /** Milliseconds since 1970 UTC. */
  dateMs: number;
}

export interface GitTree extends vscode.Disposable {
  /** The tree's folder; undefined where no open folder that is trusted has one. */
  folder(): string | undefined;
  /** Commits, the newest first. `args` go to `git log`; what git refuses, or is slow to find, is no commit. */
  commits(args: readonly string[], token?: vscode.CancellationToken): Promise<Commit[]>;
}

/** A tree of kernel shape has this file at its top. */
const isTree = (folder: string): boolean =>
  existsSync(join(folder, ".git")) && existsSync(join(folder, "MAINTAINERS"));

export function openGitTree(settings: Settings): GitTree {
  const folder = (): string | undefined => {
    // git runs what a repository's configuration names: that takes trust.
    if (!vscode.workspace.isTrusted) return undefined;
    return vscode.workspace.workspaceFolders?.map(({ uri }) => uri.fsPath).find(isTree);
  };
  const tell = () =>
    void vscode.commands.executeCommand("setContext", "kernelMail.kernelTree", folder() !== undefined);
  tell();

  const commits = async (args: readonly string[], token?: vscode.CancellationToken): Promise<Commit[]> => {
    const cwd = folder();
    if (cwd === undefined) return [];
    const ending = new AbortController();
    const timer = setTimeout(() => ending.abort(), PATIENCE_MS);
    const cancelled = token?.onCancellationRequested(() => ending.abort());
    const format = "--format=%h%x00%an%x00%at%x00%s";
    const all = ["-C", cwd, "log", "--abbrev=12", "--no-show-signature", format, ...args];
    try {
      const { code, stdout } = await runProgram(settings.git(), all, { signal: ending.signal });
      return code === 0 ? readCommits(stdout.toString("utf8")) : [];
    } catch (error) {
      if (ending.signal.aborted) return [];
      throw error;
    } finally {
      clearTimeout(timer);
      cancelled?.dispose();
    }
  };

  const watching = vscode.Disposable.from(
    vscode.workspace.onDidChangeWorkspaceFolders(tell),
    vscode.workspace.onDidGrantWorkspaceTrust(tell),
  );
  return { folder, commits, dispose: () => watching.dispose() };
}

function readCommits(output: string): Commit[] {
  return output.split("\n").flatMap((line) => {
    const [id, author = "", seconds = "", subject = ""] = line.split("\0");
    return id === undefined || id === "" ? [] : [{ id, author, subject, dateMs: Number(seconds) * 1000 }];
  });
}

/** R1204: the trailer that names a commit as what is repaired. */
export const fixesTrailer = ({ id, subject }: Commit): string => `Fixes: ${id} ("${subject}")`;
