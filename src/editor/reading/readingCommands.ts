/** Commands about the message in focus: answers, and everything the reader's page can do by a key. */
import * as vscode from "vscode";
import { citedText } from "../../compose/reply.ts";
import type { PageAction } from "../../reader/protocol.ts";
import type { Commands } from "../commands.ts";
import { decodeMessage } from "../decoder.ts";
import type { Answering } from "../drafts/answering.ts";
import type { Reply } from "../drafts/replying.ts";
import type { Settings } from "../settings.ts";
import { type FocusParts, type InFocus, messageInFocus } from "./messageInFocus.ts";

/** What the page does; each is a command too, so that it can be found, bound to another key and read aloud. */
export const PAGE_COMMANDS: Readonly<Record<string, PageAction>> = {
  "kernelMail.nextMessage": "nextMessage",
  "kernelMail.previousMessage": "previousMessage",
  "kernelMail.parentMessage": "parentMessage",
  "kernelMail.nextNewText": "nextNewText",
  "kernelMail.previousNewText": "previousNewText",
  "kernelMail.nextHunk": "nextHunk",
  "kernelMail.previousHunk": "previousHunk",
  "kernelMail.goToOrigin": "goToOrigin",
  "kernelMail.goToAnswers": "goToAnswers",
  "kernelMail.goBack": "goBack",
  "kernelMail.goForward": "goForward",
  "kernelMail.cycleFold": "cycleFold",
  "kernelMail.toggleFold": "toggleFold",
  "kernelMail.unfoldAll": "unfoldAll",
  "kernelMail.toggleCiteMarks": "toggleCiteMarks",
  "kernelMail.toggleHeaders": "toggleHeaders",
  "kernelMail.focusOutline": "focusOutline",
  "kernelMail.markPatch": "markPatch",
  "kernelMail.sayWhere": "sayWhere",
};

/** How long a sentence stands in the status bar, in milliseconds. */
const SAID_MS = 5000;

export function registerReadingCommands(
  parts: FocusParts & {
    commands: Commands;
    reply: Reply;
    answering: Answering;
    settings: Settings;
    /** Previews drafts in one document, and sends them on one confirmation. */
    sendAll: (paths: readonly string[]) => Promise<void>;
  },
): void {
  const { answering, archive, commands, reader, reply, settings, texts, tree } = parts;
  for (const [id, action] of Object.entries(PAGE_COMMANDS)) {
    commands.register(id, () => {
      if (!texts.act(action)) reader.act(action);
    });
  }
  commands.register("kernelMail.openThreadAsText", async (argument) => {
    await texts.open((await messageInFocus(parts, argument)).messageId);
  });
  commands.register("kernelMail.openReader", async (argument) => {
    await reader.open((await messageInFocus(parts, argument)).messageId);
  });
  /** Goes to the thread beside the one that is shown, as the tree lists them. */
  const step = async (steps: 1 | -1): Promise<void> => {
    const thread = reader.thread();
    const next = thread === undefined ? "unlisted" : await tree.neighbour(thread, steps);
    if (typeof next === "object") return await reader.open(next.thread);
    const sentence =
      next === "unlisted"
        ? "No open list of the Threads view shows this thread."
        : `This is the ${steps > 0 ? "last" : "first"} thread of the list.`;
    if (!reader.say(sentence)) vscode.window.setStatusBarMessage(sentence, SAID_MS);
  };
  commands.register("kernelMail.nextThread", () => step(1));
  commands.register("kernelMail.previousThread", () => step(-1));
  commands.register("kernelMail.copyCited", async (argument) => {
    const { messageId, lines } = await messageInFocus(parts, argument);
    const [found] = await archive.request("raw", { messageIds: [messageId] });
    if (found === undefined) return;
    const keep = lines === undefined ? {} : { keep: lines };
    const text = citedText(await decodeMessage(found), { ...settings.citing(), ...keep });
    await vscode.env.clipboard.writeText(text);
    vscode.window.setStatusBarMessage("Copied as cited text", SAID_MS);
  });
  const giveToSeveral = async (focus: InFocus): Promise<void> => {
    const paths = await answering.trailers(focus);
    if (paths.length > 0) await parts.sendAll(paths);
  };
  reader.serve({
    nextThread: () => step(1),
    previousThread: () => step(-1),
    find: () => vscode.commands.executeCommand("editor.action.webvieweditor.showFind"),
    focusThreads: () => tree.focus(reader.thread()),
    commentLine: answering.comment,
    giveTrailer: (focus) => (focus.marked === undefined ? answering.trailer(focus) : giveToSeveral(focus)),
    replyTemplate: answering.template,
  });
  commands.register("kernelMail.commentLine", async (argument) => {
    const focus = texts.lineInFocus() ?? (await messageInFocus(parts, argument));
    // Where nothing is selected, the page knows the line that was clicked.
    if (focus.lines === undefined && reader.thread() !== undefined) reader.act("commentLine");
    else await answering.comment(focus);
  });
  commands.register("kernelMail.giveTrailer", async (argument) => {
    await answering.trailer(await messageInFocus(parts, argument));
  });
  commands.register("kernelMail.giveTrailerSeries", async (argument) => {
    await giveToSeveral(await messageInFocus(parts, argument));
  });
  commands.register("kernelMail.replyTemplate", async (argument) => {
    await answering.template(await messageInFocus(parts, argument, "newest"));
  });
  commands.register("kernelMail.forward", async (argument) => {
    await answering.forward(await messageInFocus(parts, argument));
  });
  commands.register("kernelMail.replyAll", async (argument) => {
    await reply(await messageInFocus(parts, argument, "newest"));
  });
  commands.register("kernelMail.replyAuthor", async (argument) => {
    await reply({ ...(await messageInFocus(parts, argument, "newest")), toSender: true });
  });
}
