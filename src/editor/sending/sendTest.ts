/** Mail to oneself, to see what reaches the other side: the draft one is in, or one with all that servers spoil. */
import * as vscode from "vscode";
import type { Draft } from "../../compose/draft.ts";
import { readDraft } from "../../compose/draftText.ts";
import { makeMessageId } from "../../compose/threading.ts";
import type { Commands } from "../commands.ts";
import type { ComposeEditor } from "../drafts/composeEditor.ts";
import { createDraft } from "../drafts/drafts.ts";
import { findWriter } from "../identity.ts";
import type { Settings } from "../settings.ts";
import type { Sending } from "./sending.ts";

interface TestParts {
  commands: Commands;
  compose: ComposeEditor;
  sending: Sending;
  settings: Settings;
  /** Where drafts are kept. */
  folder: string;
}

/** The body of the test mail: what servers and lists are known to spoil. */
const TEST_BODY = `This is a test mail, to see what reaches the other side.

A tab:		between, and at the start of a line:
	return 0;
Letters outside ASCII: Grüße, žluťoučký, 日本語
A line that begins with From:
From here on nothing may change.
A dot alone:
.
A line of more than 76 characters, which nobody may wrap:
    0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789
`;

export function registerSendTest({ commands, compose, folder, sending, settings }: TestParts): void {
  /** The draft that the person is in, when they want that one to go to themselves first. */
  const ownDraft = async (): Promise<Draft | undefined | "nothing"> => {
    const document = await compose.activeDraft().catch(() => undefined);
    if (document === undefined) return undefined;
    const choices = [
      { label: "This draft, to myself first", isDraft: true },
      { label: "A test mail with all that servers are known to spoil", isDraft: false },
    ];
    const choice = await vscode.window.showQuickPick(choices, { title: "What Is to Be Sent to You?" });
    if (choice === undefined) return "nothing";
    return choice.isDraft ? readDraft(document.getText()).draft : undefined;
  };

  commands.register("kernelMail.sendTest", async () => {
    const writer = await findWriter(settings);
    const own = writer && (await ownDraft());
    if (writer === undefined || own === "nothing") return;
    const { identity } = writer.self;
    const path = await createDraft(folder, {
      from: identity,
      to: [identity],
      cc: [],
      bcc: [],
      subject: own?.subject ?? "Kernel Mail test",
      messageId: makeMessageId(identity.address),
      references: [],
      body: own?.body ?? TEST_BODY,
    });
    await sending.sendToMyself(path);
  });
}
