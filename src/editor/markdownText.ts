/** Strangers' words in the Markdown of hovers. */

/**
 * Text on one line in which no mark means anything. The editor's own way (`appendText`) glues the words with no-break
 * spaces, so that long lines do not break. Only ASCII marks mean anything, and before others a backslash would be seen.
 */
export const markdownText = (text: string): string =>
  text.replace(/[!-/:-@[-`{-~]/g, "\\$&").replace(/\s+/g, " ");
