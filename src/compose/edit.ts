/** A change of a text by places in it: what a command or a quick fix does to a draft. */

/**
 * The text between two places becomes another one. Lines and columns count from 1, columns in UTF-16 units; the end is
 * not part of what goes. Line ends are `\n`.
 */
export interface Edit {
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
  text: string;
}

/** What stands between two lines becomes these lines; `last` is `first - 1` when they only come between. */
export function replaceLines(
  lines: readonly string[],
  first: number,
  last: number,
  replacement: readonly string[],
): Edit {
  if (last < lines.length) {
    const text = replacement.map((line) => `${line}\n`).join("");
    return { line: first, column: 1, endLine: last + 1, endColumn: 1, text };
  }
  const above = first - 1;
  const column = (lines[above - 1] ?? "").length + 1;
  const endColumn = (lines[last - 1] ?? "").length + 1;
  if (above === 0) return { line: 1, column: 1, endLine: last, endColumn, text: replacement.join("\n") };
  const text = replacement.map((line) => `\n${line}`).join("");
  return { line: above, column, endLine: last, endColumn, text };
}

/** The same edits in a text that has so many more lines above. */
export const shiftLines = (edits: readonly Edit[], by: number): Edit[] =>
  edits.map((edit) => ({ ...edit, line: edit.line + by, endLine: edit.endLine + by }));

/** The text after edits that do not overlap, in whatever order. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  const offset = (line: number, column: number) => (starts[line - 1] ?? text.length) + column - 1;
  const inOrder = edits
    .map((edit) => ({
      from: offset(edit.line, edit.column),
      to: offset(edit.endLine, edit.endColumn),
      text: edit.text,
    }))
    .sort((a, b) => a.from - b.from || a.to - b.to);
  let out = "";
  let at = 0;
  for (const { from, to, text: inserted } of inOrder) {
    out += text.slice(at, from) + inserted;
    at = to;
  }
  return out + text.slice(at);
}
