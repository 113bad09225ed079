/** What can be done with a mail of the outbox: looked for on the list, compared with its copy, sent again, taken back. */
import * as vscode from "vscode";
import { UserError } from "../../base/report.ts";
import type { OutboxMail } from "../../compose/outbox.ts";
import { withLineFeeds } from "../../compose/wire.ts";
import { asking, type Servers } from "../archives/servers.ts";
import type { Sync } from "../archives/sync.ts";
import type { Commands } from "../commands.ts";
import { type Documents, documentUri } from "../documents.ts";
import { inMessage } from "../plainWords.ts";
import type { ListCopies } from "./listCopy.ts";
import { isOutboxMail } from "./outboxItem.ts";
import type { Sender } from "./sender.ts";

export function registerOutboxCommands(parts: {
  commands: Commands;
  copies: ListCopies;
  documents: Documents;
  /** Looks at every mail that may be on a list; the ids under which lists have them, by their names in the outbox. */
  look: () => Promise<Map<string, string>>;
  /** Shows the thread of a message, at that message. */
  openThread: (messageId: string) => Promise<void>;
  /** Fetches what is new into mirrors, as the settings allow. */
  refresh: () => Promise<void>;
  sender: Sender;
  servers: Servers;
  sync: Sync;
}): void {
  const { commands, copies, documents, look, sender, servers, sync } = parts;
  const { outbox } = sender;

  async function showDifference(mail: OutboxMail): Promise<void> {
    const copy = await copies.find(mail);
    if (copy === undefined)
      throw new UserError("No archive has it yet.", "Check for new mail and try again.");
    const [sent, received] = [
      documentUri("sent", "Sent.txt", mail.name),
      documentUri("received", "Received.txt", mail.name),
    ];
    const title = `Sent ↔ Received: ${mail.subject}`;
    await vscode.commands.executeCommand("vscode.diff", sent, received, title);
  }
  documents.serve("sent", async ({ query }) => withLineFeeds(await outbox.bytes(query)));
  documents.serve("received", async ({ query }) => {
    const mail = await outbox.find(query);
    const copy = mail && (await copies.find(mail));
    return copy && withLineFeeds(copy);
  });

  /** The mail that a menu means, as it is now. */
  const mailOf = async (argument: unknown): Promise<OutboxMail> => {
    const mail = isOutboxMail(argument) ? await outbox.find(argument.name) : undefined;
    if (mail !== undefined) return mail;
    throw new UserError(
      "That mail is in the outbox no more.",
      "Look for it in its thread, or among the drafts.",
    );
  };

  commands.register("kernelMail.outbox.findEcho", async (argument) => {
    const mail = await mailOf(argument);
    await parts.refresh();
    await sync.update();
    let messageId = (await look()).get(mail.name);
    if (messageId === undefined && servers.mayAsk()) {
      await asking(`Asking ${servers.names()} for the thread`, async (signal) => {
        const ids = [mail.inReplyTo, mail.messageId].filter((id) => id !== undefined);
        for (const id of ids) if (await servers.fetchThread(id, undefined, signal)) return;
      });
      messageId = (await look()).get(mail.name);
    }
    if (messageId !== undefined) return await parts.openThread(messageId);
    const where = servers.mayAsk() ? `Neither an archive nor ${servers.names()} has` : "No archive has";
    const text = `${where} “${inMessage(mail.subject)}”. Lists may take a while; look again later.`;
    void vscode.window.showInformationMessage(text);
  });
  commands.register("kernelMail.outbox.compareEcho", async (argument) =>
    showDifference(await mailOf(argument)),
  );
  commands.register("kernelMail.outbox.retry", async (argument) => {
    const mail = await mailOf(argument);
    if (mail.state === "unknown") {
      const detail =
        "If it has gone out, people get it twice, under the same Message-ID: most programs show it once.";
      const question = `Send “${inMessage(mail.subject)}” again? The server may have it.`;
      const choice = await vscode.window.showWarningMessage(question, { modal: true, detail }, "Send Again");
      if (choice === undefined) return;
    }
    await sender.retry(mail.name);
  });
  commands.register("kernelMail.outbox.toDraft", async (argument) => {
    const path = await sender.takeBack((await mailOf(argument)).name);
    if (path === undefined) throw new UserError("It is leaving, or has left.", "Look for it in its thread.");
    await vscode.commands.executeCommand("kernelMail.draft.open", { path });
  });
}
