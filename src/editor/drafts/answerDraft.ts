/** A new draft that answers a message: the message as it is decoded, and the draft written beside the others. */
import { UserError } from "../../base/report.ts";
import type { Note } from "../../compose/note.ts";
import { type ReplyOptions, replyTo } from "../../compose/reply.ts";
import type { Message } from "../../mail/message.ts";
import type { Archive } from "../archives/archiveWorker.ts";
import type { Commands } from "../commands.ts";
import { decodeMessage } from "../decoder.ts";
import { findWriter, type Writer } from "../identity.ts";
import type { Settings } from "../settings.ts";
import type { Bounces } from "./bounces.ts";
import { createDraft, keptForDraft } from "./drafts.ts";

export interface AnswerDrafts {
  /** A message to be answered; a UserError when no archive has it. */
  parent(messageId: string): Promise<Message>;
  /** Writes the draft of an answer and gives its path; undefined when nobody is known to write it. */
  write(
    parent: Message,
    options: (writer: Writer) => ReplyOptions,
  ): Promise<{ path: string; notes: Note[] } | undefined>;
}

export function answerDrafts(parts: {
  archive: Archive;
  bounces: Bounces;
  commands: Commands;
  settings: Settings;
  /** Where drafts are kept. */
  folder: string;
}): AnswerDrafts {
  const { archive, bounces, commands, settings, folder } = parts;
  return {
    parent: async (messageId) => {
      const [found] = await archive.request("raw", { messageIds: [messageId] });
      if (found !== undefined) return await decodeMessage(found);
      throw new UserError(
        "The message to answer is not in any archive.",
        "Check its archive for new mail and try again.",
      );
    },
    write: async (parent, options) => {
      const writer = await findWriter(settings);
      if (writer === undefined) return undefined;
      const { draft, notes } = replyTo(parent, writer.self, {
        date: new Date(),
        excludeRecipients: writer.exclude,
        bounced: await bounces.known(writer.self),
        signature: settings.signature(),
        ...settings.citing(),
        ...options(writer),
      });
      const path = await createDraft(folder, draft);
      // What is answered stays at hand, also when its archive loses it. The draft opens meanwhile.
      const { messageId } = parent;
      commands.attempt("keep what is answered", () =>
        archive.request("keep", { messageId, why: keptForDraft(path) }),
      );
      return { path, notes };
    },
  };
}
