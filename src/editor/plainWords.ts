/** Strangers' words where the editor reads marks of its own in plain text: links in messages, icons in labels. */

/** Words for a message of the editor, in which `[x](command:y)` would be a link that runs something. */
export const inMessage = (text: string): string => text.replaceAll("](", "] (");

/** Words for a label of a pick list or the status bar, in which `$(x)` would be a picture; of a lens too. */
export const inLabel = (text: string): string => text.replace(/\$\([\w-]+(?:~\w+)?\)/g, "\\$&");
