/** Commands about the message in focus: answers, and everything the reader's page can do by a key. */
import type { PageAction } from "../reader/protocol.ts";
import type { Commands } from "./commands.ts";
import type { ReplyRequest } from "./composeEditor.ts";
import { type FocusParts, messageInFocus } from "./messageInFocus.ts";

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
  "kernelMail.sayWhere": "sayWhere",
  "kernelMail.showKeys": "showKeys",
};

export function registerReadingCommands(
  parts: FocusParts & { commands: Commands; reply: (request: ReplyRequest) => Promise<unknown> },
): void {
  const { commands, reader, reply } = parts;
  for (const [id, action] of Object.entries(PAGE_COMMANDS)) {
    commands.register(id, () => reader.act(action));
  }
  commands.register("kernelMail.replyAll", async (argument) => {
    await reply(await messageInFocus(parts, argument, "newest"));
  });
  commands.register("kernelMail.replyAuthor", async (argument) => {
    await reply({ ...(await messageInFocus(parts, argument, "newest")), toSender: true });
  });
}
