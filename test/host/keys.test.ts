/** The keys of the manifest against those that this editor has by default, on the system it runs on. */
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { answering } from "./dialogs.ts";
import { closeEditors, parts, run, samplePath, setArchives, until } from "./editor.ts";

interface Key {
  key: string;
  command: string;
  when?: string;
}

/** A condition as alternatives of terms that must all hold. The editor writes its own that way; ours have no "||". */
const alternatives = (when = ""): string[][] =>
  when.split("||").map((one) =>
    one
      .split("&&")
      .map((term) => term.trim())
      .filter((term) => term !== ""),
  );

/** The focus is in one place alone; these names may be true together with each other there. */
const PLACES: string[][] = [
  ["editorTextFocus", "editorFocus", "textInputFocus", "inputFocus"],
  ["listFocus", "sideBarFocus"],
];

const isPlace = (term: string): boolean => /^in[A-Z]\w*$|^\w*(?:Focus|Focused)$|^focusedView == /.test(term);
const isView = (term: string): boolean => term.startsWith("focusedView == ");

/** Whether a default's terms can hold where those of ours do. */
function canMeet(ours: readonly string[], theirs: readonly string[]): boolean {
  const here = PLACES.find((names) => names.some((name) => ours.includes(name))) ?? [];
  const isHere = (term: string): boolean => here.includes(term) || (isView(term) && ours.some(isView));
  if (theirs.includes("false")) return false;
  if (here.length > 0 && theirs.some((term) => isPlace(term) && !isHere(term))) return false;
  return !theirs.some((term) => {
    const opposite = term.startsWith("!") ? term.slice(1) : `!${term}`;
    if (ours.includes(opposite)) return true;
    const [, name = "", value] = /^([\w.]+) == (.+)$/.exec(term) ?? [];
    return value !== undefined && ours.some((one) => one.startsWith(`${name} == `) && one !== term);
  });
}

/**
 * Defaults that say nothing of the focus, but mean a place of their own: an input, a kind of editor, a widget. The
 * editor's own trees take the same keys beside them (`explorer.openToSide` is Ctrl+Enter).
 */
const ELSEWHERE =
  /^(?:workbench\.action\.terminal\.chat\.|noteMultiCursor\.|(?:interactive|repl)\.execute$|mergeEditor\.|openReferenceToSide$|breadcrumbs\.|scm\.acceptInput$|inlineChat2\.|workbench\.action\.chat\.|chat\.inlineResourceAnchor\.|previewSelectedCodeAction$)/;

const sameTerms = (a: Key, b: Key): boolean =>
  a.command === b.command &&
  alternatives(a.when).flat().sort().join() === alternatives(b.when).flat().sort().join();

describe("the keys", () => {
  it("take none that the editor has by default where both could hold", async () => {
    const uri = vscode.Uri.parse("vscode://defaultsettings/keybindings.json");
    const text = (await vscode.workspace.openTextDocument(uri)).getText();
    const defaults = JSON.parse(text.replace(/^\s*\/\/.*$/gm, "")) as Key[];
    assert.ok(defaults.length > 500, String(defaults.length));
    const extension = vscode.extensions.getExtension("kernel-mail.kernel-mail");
    assert.ok(extension);
    const { keybindings } = (extension.packageJSON as { contributes: { keybindings: Key[] } }).contributes;
    const clashes = keybindings.flatMap((ours) =>
      defaults
        .filter(
          ({ key }) =>
            key === ours.key || `${key} `.startsWith(`${ours.key} `) || `${ours.key} `.startsWith(`${key} `),
        )
        .filter(
          (theirs) => !ELSEWHERE.test(theirs.command) && !keybindings.some((own) => sameTerms(own, theirs)),
        )
        .filter((theirs) => {
          const own = alternatives(ours.when).flat();
          return alternatives(theirs.when).some((terms) => canMeet(own, terms));
        })
        .map(({ key, command, when }) => `${key}: ${ours.command} (${ours.when}) and ${command} (${when})`),
    );
    assert.deepEqual(clashes, []);
  });

  it("are shown at the place where they hold, and can be done from there", async () => {
    const shown = async (argument: unknown, answer: string): Promise<string[]> => {
      const [asked] = await answering(() => run("showKeys", argument), { "Keys of": answer });
      assert.ok(asked, "the keys are shown");
      return [asked.text.split("\n")[0] ?? "", ...asked.offered];
    };
    const [title, ...tree] = await shown("tree", "");
    assert.equal(title, "Keys of the Threads View");
    for (const key of ["Go Down", "Mark Thread Read and Go On", "Undo Last Change", "Search Mail..."])
      assert.ok(tree.includes(key), `${key} in ${tree.join()}`);
    assert.equal(tree.at(-1), "$(gear) Change Keys...");
    const { texts } = await parts();
    await setArchives({ path: samplePath(), name: "Sample archive" });
    await texts.open("20261005152048.p2@kernel.example");
    await until(
      "the text",
      () => vscode.window.activeTextEditor?.document.languageId === "kernel-mail-thread",
    );
    const [where, ...text] = await shown(undefined, "Open Message or Link");
    assert.equal(where, "Keys of the Thread as Text");
    assert.ok(text.includes("Go to Next New Text") && !text.includes("Go Down"), text.join());
    await closeEditors();
    await setArchives();
  });
});
