/** What the list made of a sent mail: looked for in the archives, compared with what was sent, missed when it is late. */
import * as vscode from "vscode";
import { isUserError, UserError } from "../base/report.ts";
import { echoChanges, isSameMail, messageIdIn } from "../compose/echo.ts";
import type { OutboxMail } from "../compose/outbox.ts";
import { withLineFeeds } from "../compose/wire.ts";
import type { Archive } from "./archiveWorker.ts";
import type { Commands } from "./commands.ts";
import { type Documents, documentUri } from "./documents.ts";
import { isOutboxMail } from "./outboxItem.ts";
import type { Sender } from "./sender.ts";
import type { Settings } from "./settings.ts";
import type { Sync } from "./sync.ts";

/** A copy that has not come within this time may have come under another Message-ID, in milliseconds. */
const OVERDUE_MS = 10 * 60_000;
/** How long a sent mail stays in the outbox, whether or not the list shows it. */
const KEPT_MS = 7 * 24 * 3_600_000;

interface EchoesParts {
  archive: Archive;
  commands: Commands;
  documents: Documents;
  /** Shows the thread of a message, at that message. */
  openThread: (messageId: string) => Promise<void>;
  sender: Sender;
  settings: Settings;
  sync: Sync;
}

export function openEchoes(parts: EchoesParts): vscode.Disposable {
  const { archive, commands, documents, sender, settings, sync } = parts;
  const { outbox } = sender;

  /**
   * A copy that came under an id of the server's own. Unless the person says that their server does that, it is looked
   * for only when the copy should have been there by now.
   */
  const findRewritten = async (mail: OutboxMail): Promise<Uint8Array | undefined> => {
    const { serverRewritesIds } = settings.sending();
    const isOverdue = Date.now() - (mail.sentMs ?? 0) > OVERDUE_MS;
    const isLookedFor = serverRewritesIds === "yes" || (serverRewritesIds === "detect" && isOverdue);
    if (!isLookedFor || mail.inReplyTo === undefined) return undefined;
    const thread = await archive.request("thread", { messageId: mail.inReplyTo });
    const others = new Set((await outbox.list()).map(({ messageId }) => messageId));
    const candidates = (thread?.nodes ?? []).filter(
      ({ messageId, missing, parent, fromAddress }) =>
        !missing &&
        parent === mail.inReplyTo &&
        fromAddress.toLowerCase() === mail.from.toLowerCase() &&
        !others.has(messageId),
    );
    const messageIds = candidates.map(({ messageId }) => messageId);
    if (messageIds.length === 0) return undefined;
    const sent = await outbox.bytes(mail.name);
    const copies = await archive.request("raw", { messageIds });
    return copies.find(({ raw }) => isSameMail(sent, raw))?.raw;
  };

  /** The list's copy of a mail, by its id, by the id that the server gave it, or by what it is. */
  const findCopy = async (mail: OutboxMail): Promise<Uint8Array | undefined> => {
    const ids = [mail.serverMessageId, mail.messageId].filter((id) => id !== undefined);
    const [known] = await archive.request("raw", { messageIds: ids });
    if (known !== undefined) return known.raw;
    return await findRewritten(mail);
  };

  const tellChanges = (mail: OutboxMail, changes: readonly string[]) => {
    const compare = "Compare with What the List Received";
    void vscode.window
      .showWarningMessage(
        `The list's copy of “${mail.subject}” is not what was sent: ${changes.join("; ")}.`,
        compare,
      )
      .then((choice) => {
        if (choice === compare) commands.attempt("compare the mail", () => showDifference(mail));
      });
  };

  /** True when the list has it. What the list shows unchanged is ordinary mail from then on. */
  const look = async (mail: OutboxMail): Promise<boolean> => {
    if (mail.echo !== undefined) return true;
    const copy = await findCopy(mail);
    if (copy === undefined) return false;
    const changes = echoChanges(await outbox.bytes(mail.name), copy);
    const messageId = messageIdIn(copy);
    const sentAs = mail.state === "sent" ? {} : { state: "sent" as const, sentMs: Date.now() };
    await outbox.change(mail.name, ({ problem: _problem, ...found }) => ({
      ...found,
      ...sentAs,
      echo: { seenMs: Date.now(), messageId, changes },
    }));
    if (changes.length > 0) tellChanges(mail, changes);
    return true;
  };

  const tellLate = async (mail: OutboxMail): Promise<void> => {
    const { echoMs } = settings.sending();
    if (mail.isLateTold || Date.now() - (mail.sentMs ?? 0) < echoMs || mail.inReplyTo === undefined) return;
    // Only an archive that has the thread could have shown it.
    const [isRead] = await archive.request("has", { messageIds: [mail.inReplyTo] });
    if (!isRead) return;
    await outbox.change(mail.name, (found) => ({ ...found, isLateTold: true }));
    const hours = Math.round(echoMs / 3_600_000);
    const find = "Look for It on the List";
    void vscode.window
      .showWarningMessage(`The list has not shown “${mail.subject}” within ${hours} h.`, find)
      .then((choice) => {
        if (choice === find) void vscode.commands.executeCommand("kernelMail.outbox.findEcho", mail);
      });
  };

  const lookAtAll = async (): Promise<void> => {
    for (const mail of await outbox.list()) {
      if (mail.state !== "sent") continue;
      if (!(await look(mail))) await tellLate(mail);
      const found = await outbox.find(mail.name);
      const isDone = found?.echo?.changes.length === 0 && mail.refused.length === 0;
      if (isDone || Date.now() - (mail.sentMs ?? 0) > KEPT_MS) await outbox.forget(mail.name);
      if (isDone || (mail.echo === undefined && found?.echo !== undefined)) sender.changed();
    }
  };

  async function showDifference(mail: OutboxMail): Promise<void> {
    const copy = await findCopy(mail);
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
    const copy = mail && (await findCopy(mail));
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
    await sync.update();
    if (await look(mail)) {
      sender.changed();
      await parts.openThread((await outbox.find(mail.name))?.echo?.messageId ?? mail.messageId);
      return;
    }
    const text = `No archive has “${mail.subject}”. Lists may take a while; check for new mail later.`;
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
      const question = `Send “${mail.subject}” again? The server may have it.`;
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

  let looking: Promise<void> = Promise.resolve();
  const lookSoon = () => {
    looking = looking.then(lookAtAll).catch((error: unknown) => {
      // An archive that cannot be read is told where it is read.
      if (!isUserError(error)) commands.tell(error, "look for sent mail on the lists");
    });
  };
  return sync.onDidChange(lookSoon);
}
