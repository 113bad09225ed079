/** Keys that are followed by typing: made of the editor's own commands, so that no letter waits for this extension. */

/** One command of the editor, with what it is told. */
export type EditorCommand = string | { command: string; args: unknown };

/** A blank line, the cursor and a blank line below the current line. */
export const ANSWER_BELOW: EditorCommand[] = [
  "cursorLineEnd",
  { command: "editor.action.insertSnippet", args: { snippet: "\n\n$0\n" } },
];

/** The letter that follows the cursor, with what combines with it: it is selected along, and put back. */
const LETTER = "([\\uD800-\\uDBFF]?.[\\u0300-\\u036F\\uFE0F]*)";

/** Text above the cursor without blanks at its end, where it has more than marks. */
const ABOVE = `\${TM_SELECTED_TEXT/^(?:((?:> ?)*[^> ].*?)[ \\t]*|(?:> ?)*)${LETTER}$/$1\${1:+\n}/}`;
/** The marks of the line and the letter that follows the cursor. */
const BELOW = `\${TM_SELECTED_TEXT/^((?:> ?)*).*?${LETTER}$/$1$2/}`;

/**
 * R607: the line is parted at the word at the cursor, with a blank line, the cursor and a blank line between; the rest
 * gets the marks of the line. The cursor goes to where a word begins and one letter further, and what stands left of
 * it is selected: the snippet tells the marks and the blanks from it. At the end of a line one letter further is the
 * next line, where nothing is selected.
 */
export const SPLIT_CITED: EditorCommand[] = [
  "cursorLeft",
  "cursorWordStartRight",
  "cursorRight",
  "cursorLineStartSelect",
  { command: "editor.action.insertSnippet", args: { snippet: `${ABOVE}\n$0\n\n${BELOW}` } },
];
