/** Page keys: which key was pressed, what the page can do, and the words for it. */
import type { PageAction } from "../protocol.ts";

/** Everything the page can do by key or command, in the order in which the overlay lists it. */
export const ACTIONS: Readonly<Record<PageAction, { title: string; group: string }>> = {
  nextMessage: { group: "Moving", title: "Next message" },
  previousMessage: { group: "Moving", title: "Previous message" },
  nextUnread: { group: "Moving", title: "Next unread, in any thread" },
  previousUnread: { group: "Moving", title: "Previous unread" },
  nextThread: { group: "Moving", title: "Next thread" },
  previousThread: { group: "Moving", title: "Previous thread" },
  pageDown: { group: "Moving", title: "Page down, at the end go on" },
  pageUp: { group: "Moving", title: "Page up" },
  parentMessage: { group: "Moving", title: "Message that it answers" },
  nextNewText: { group: "Moving", title: "Next new text" },
  previousNewText: { group: "Moving", title: "Previous new text" },
  nextHunk: { group: "Moving", title: "Next hunk" },
  previousHunk: { group: "Moving", title: "Previous hunk" },
  goToOrigin: { group: "Moving", title: "Where this was said" },
  goToAnswers: { group: "Moving", title: "Where this was answered" },
  goBack: { group: "Moving", title: "Back" },
  goForward: { group: "Moving", title: "Forward" },
  focusOutline: { group: "Moving", title: "Thread outline" },
  focusThreads: { group: "Moving", title: "Threads view" },
  find: { group: "Moving", title: "Find in the thread" },
  cycleFold: { group: "Folding", title: "Next fold level" },
  foldAll: { group: "Folding", title: "Everything unfolded" },
  foldReplies: { group: "Folding", title: "What is answered, in context" },
  foldBrief: { group: "Folding", title: "One line of context" },
  foldOwn: { group: "Folding", title: "Own text alone" },
  toggleFold: { group: "Folding", title: "Fold or unfold here" },
  unfoldAll: { group: "Folding", title: "Unfold everything" },
  collapse: { group: "Folding", title: "Collapse or open the message" },
  collapseAll: { group: "Folding", title: "Collapse or open all messages" },
  toggleCiteMarks: { group: "Folding", title: "Bars or > marks" },
  done: { group: "Done with it", title: "Mark read, go on" },
  threadDone: { group: "Done with it", title: "Mark thread read, go on" },
  markUnread: { group: "Done with it", title: "Mark unread" },
  toggleStar: { group: "Done with it", title: "Star or unstar" },
  toggleFollow: { group: "Done with it", title: "Follow or unfollow thread" },
  muteThread: { group: "Done with it", title: "Mute or unmute thread" },
  muteSubthread: { group: "Done with it", title: "Mute this and its answers" },
  snooze: { group: "Done with it", title: "Snooze thread" },
  undoTriage: { group: "Done with it", title: "Undo the last of these" },
  replyAll: { group: "Message", title: "Reply to all" },
  replyAuthor: { group: "Message", title: "Reply to the author only" },
  commentLine: { group: "Message", title: "Comment on this line" },
  giveTrailer: { group: "Message", title: "Answer with a trailer" },
  markPatch: { group: "Message", title: "Mark the patch for the next trailer" },
  replyTemplate: { group: "Message", title: "Reply with a template" },
  copyLoreLink: { group: "Message", title: "Copy link" },
  copyMessageId: { group: "Message", title: "Copy Message-ID" },
  toggleHeaders: { group: "Message", title: "All headers" },
  showRaw: { group: "Message", title: "Raw message" },
  sayWhere: { group: "Message", title: "Say where I am" },
  showKeys: { group: "Message", title: "These keys" },
};

export const isAction = (name: string): name is PageAction => Object.hasOwn(ACTIONS, name);

/** What a key event needs to be read; a KeyboardEvent is one. */
export interface Pressed {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
  getModifierState(name: string): boolean;
}

/**
 * The name of a key as the table has it: the character it produces, so that layouts which need AltGr for it work;
 * undefined with Ctrl, Cmd or Alt.
 */
export function keyName(event: Pressed): string | undefined {
  const isAltGraph = event.getModifierState("AltGraph");
  if (event.metaKey || ((event.ctrlKey || event.altKey) && !isAltGraph)) return undefined;
  const name = event.key === " " ? "Space" : event.key;
  return event.shiftKey && name.length > 1 ? `Shift+${name}` : name;
}

/** True where letters are typed: page keys keep away from there. */
export function isTyping(target: Element | null): boolean {
  return target?.closest("input, textarea, select, [contenteditable]") != null;
}

/** True where Enter and Space press what has the focus. */
export function isPressable(target: Element | null): boolean {
  return target?.closest("button, a, [role='link'], [role='treeitem'], summary") != null;
}
