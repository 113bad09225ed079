/** Opening what mail says of the code: a commit with its diff, a place in a file, a function. */
import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import * as vscode from "vscode";
import { UserError } from "../../base/report.ts";
import type { Documents } from "../documents.ts";
import { documentUri, showBytes } from "../documents.ts";
import { type CommitLine, type Definition, inTree, type KernelTrees } from "./kernelTrees.ts";

export interface CodeOpener {
  /** Shows a commit as git does. */
  commit(commit: CommitLine): Promise<void>;
  /** Opens `path:line`; with `base`, as the file was at that commit where a tree has it. False when no tree has it. */
  place(target: string, base: string | undefined): Promise<boolean>;
  /** Opens where a function begins; asks when there are several. False when no tree has one of that name. */
  symbol(name: string): Promise<boolean>;
}

interface CodeParts {
  trees: KernelTrees;
  documents: Documents;
}

/** Of `a/b/c.c`: itself, `b/c.c`, `c.c`: compilers print paths below folders that are not ours. */
function suffixes(path: string): string[] {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  const clean: string[] = [];
  for (const part of parts) {
    if (part !== "..") clean.push(part);
    else clean.pop();
  }
  return clean.map((_, at) => clean.slice(at).join("/"));
}

const isFile = async (path: string): Promise<boolean> =>
  await stat(path).then(
    (found) => found.isFile(),
    () => false,
  );

export function openCodeOpener({ trees, documents }: CodeParts): CodeOpener {
  documents.serve("commit", async ({ query }) => {
    const asked = new URLSearchParams(query);
    return await trees.show(asked.get("tree") ?? "", asked.get("id") ?? "");
  });
  documents.serve("file", async ({ query }) => {
    const asked = new URLSearchParams(query);
    return await trees.fileAt(asked.get("tree") ?? "", asked.get("id") ?? "", asked.get("path") ?? "");
  });

  const showAt = async (uri: vscode.Uri, line: number): Promise<void> => {
    const document = await vscode.workspace.openTextDocument(uri);
    const at = new vscode.Position(Math.min(line, document.lineCount) - 1, 0);
    const editor = await vscode.window.showTextDocument(document, { preview: true });
    editor.selection = new vscode.Selection(at, at);
    editor.revealRange(new vscode.Range(at, at), vscode.TextEditorRevealType.InCenter);
  };

  /** The file of the first tree that has it, under the longest part of the path. */
  const find = async (path: string, base: string | undefined): Promise<vscode.Uri | undefined> => {
    for (const tree of trees.folders()) {
      for (const part of suffixes(path)) {
        if (base !== undefined && (await trees.fileAt(tree, base, part)) !== undefined) {
          const query = new URLSearchParams({ tree, id: base, path: part }).toString();
          return documentUri("file", `${base.slice(0, 12)} ${basename(part)}`, query);
        }
        if (await isFile(join(tree, part))) return inTree(tree, part);
      }
    }
    // A name alone, or a path from the middle of the tree.
    const [shortest = ""] = suffixes(path);
    const [found] = /[*?[\]{}]/.test(shortest)
      ? []
      : await vscode.workspace.findFiles(`**/${shortest}`, undefined, 1);
    return found;
  };

  return {
    commit: async ({ tree, id, subject }) => {
      const query = new URLSearchParams({ tree, id }).toString();
      const name = `${id.slice(0, 12)} ${subject
        .replace(/[^\w.,:()-]+/g, " ")
        .slice(0, 40)
        .trim()}.diff`;
      await showBytes(documentUri("commit", name, query));
    },
    place: async (target, base) => {
      const [, path = "", line = "1"] = /^(.*):(\d+)$/.exec(target) ?? [];
      const uri = await find(path, base);
      if (uri === undefined) return false;
      await showAt(uri, Math.max(1, Number(line)));
      return true;
    },
    symbol: async (name) => {
      const found = await trees.definitions(name);
      const [first, ...more] = found;
      if (first === undefined) return false;
      const one = more.length === 0 ? first : await choose(name, found);
      if (one !== undefined) await showAt(inTree(one.tree, one.path), one.line);
      return true;
    },
  };
}

async function choose(name: string, found: readonly Definition[]): Promise<Definition | undefined> {
  const items = found.map((one) => ({ label: `${one.path}:${one.line}`, description: one.text, one }));
  const choice = await vscode.window.showQuickPick(items, {
    title: name,
    placeHolder: "Which one?",
    matchOnDescription: true,
  });
  return choice?.one;
}

/** Nothing at hand has it: what to do about it. */
export function notInTrees(what: string): UserError {
  return new UserError(
    `No kernel tree at hand has ${what}.`,
    "Open a folder with a kernel tree, or name one in the setting kernelMail.kernelTrees.",
  );
}
