/** What the list made of a sent mail: looked for in the archives, compared with what was sent, missed when it is late. */
import * as vscode from "vscode";
import { isUserError, UserError } from "../../base/report.ts";
import { echoChanges, isSameMail, messageIdIn } from "../../compose/echo.ts";
import { hasLeft, type OutboxMail } from "../../compose/outbox.ts";
import { withLineFeeds } from "../../compose/wire.ts";
import type { Archive } from "../archives/archiveWorker.ts";
import { asking, type Servers } from "../archives/servers.ts";
import type { Sync } from "../archives/sync.ts";
import type { Commands } from "../commands.ts";
import { type Documents, documentUri } from "../documents.ts";
import { inMessage } from "../plainWords.ts";
import type { Settings } from "../settings.ts";
import { isOutboxMail, span } from "./outboxItem.ts";
import { referTo } from "./renamedMail.ts";
import type { Sender } from "./sender.ts";

/** A copy that has not come within this time may have come under another Message-ID, in milliseconds. */
const OVERDUE_MS = 10 * 60_000;
/** How long a sent mail stays in the outbox, whether or not the list shows it. */
const KEPT_MS = 7 * 24 * 3_600_000;
/** A timer is set for this at most: a machine that slept has other ideas of time. */
const LONGEST_NAP_MS = 3_600_000;

/** So many of the person's latest messages are looked through for one that a server has renamed. */
const LATEST = 50;

interface EchoesParts {
  archive: Archive;
  commands: Commands;
  documents: Documents;
  /** Where drafts are kept. */
  folder: string;
  /** Shows the thread of a message, at that message. */
  openThread: (messageId: string) => Promise<void>;
  /** Fetches what is new into mirrors, as the settings allow. */
  refresh: () => Promise<void>;
  sender: Sender;
  servers: Servers;
  settings: Settings;
  sync: Sync;
}

export function openEchoes(parts: EchoesParts): vscode.Disposable {
  const { archive, commands, documents, folder, sender, servers, settings, sync } = parts;
  const { outbox } = sender;

  /** Messages that may be this mail under another id: the person's own answers to the same message, or their latest mail. */
  const likelyCopies = async ({ from, inReplyTo, subject }: OutboxMail): Promise<string[]> => {
    if (inReplyTo === undefined) {
      const { found } = await archive.request("search", { query: `f:${from}`, limit: LATEST });
      return found.filter((one) => one.subject === subject).map(({ messageId }) => messageId);
    }
    const thread = await archive.request("thread", { messageId: inReplyTo });
    return (thread?.nodes ?? [])
      .filter(
        ({ missing, parent, fromAddress }) =>
          !missing && parent === inReplyTo && fromAddress.toLowerCase() === from.toLowerCase(),
      )
      .map(({ messageId }) => messageId);
  };

  /**
   * A copy that came under an id of the server's own. Unless the person says that their server does that, it is looked
   * for only when the copy should have been there by now.
   */
  const findRewritten = async (mail: OutboxMail): Promise<Uint8Array | undefined> => {
    const { serverRewritesIds } = settings.sending();
    const isOverdue = Date.now() - (mail.sentMs ?? 0) > OVERDUE_MS;
    const isLookedFor = serverRewritesIds === "yes" || (serverRewritesIds === "detect" && isOverdue);
    if (!isLookedFor) return undefined;
    const others = new Set((await outbox.list()).map(({ messageId }) => messageId));
    const messageIds = (await likelyCopies(mail)).filter((messageId) => !others.has(messageId));
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
        `The list's copy of “${inMessage(mail.subject)}” is not what was sent: ${changes.join("; ")}.`,
        compare,
      )
      .then((choice) => {
        if (choice === compare) commands.attempt("compare the mail", () => showDifference(mail));
      });
  };

  /** The id under which the list has it; undefined when it does not. What the list shows is told the first time. */
  const look = async (mail: OutboxMail): Promise<string | undefined> => {
    if (mail.echo !== undefined) return mail.echo.messageId;
    const copy = await findCopy(mail);
    if (copy === undefined) return undefined;
    const changes = echoChanges(await outbox.bytes(mail.name), copy);
    const messageId = messageIdIn(copy);
    const echo = { seenMs: Date.now(), messageId, changes };
    await outbox.change(mail.name, (found) => {
      // That the list has it says nothing about those who are still to get it.
      if (hasLeft(found)) return { ...found, echo };
      const { problem: _problem, ...seen } = found;
      return { ...seen, state: "sent", sentMs: Date.now(), echo };
    });
    if (messageId !== mail.messageId) await referTo(folder, mail.messageId, messageId);
    if (changes.length > 0) tellChanges(mail, changes);
    else if (mail.to.every((address) => address === mail.from)) {
      // Whoever writes to themselves wants to know just that.
      const text = `“${mail.subject}” came back exactly as it was sent.`;
      void vscode.window.showInformationMessage(text);
    }
    return messageId;
  };

  /** When the person is to be told that the list does not show it. */
  const lateAtMs = ({ echo, isLateTold, sentMs }: OutboxMail): number =>
    echo !== undefined || isLateTold || sentMs === undefined
      ? Number.POSITIVE_INFINITY
      : sentMs + settings.sending().echoMs;

  /** Whether an archive could have shown it: one that has what it answers or, of a new thread, a list that it went to. */
  const isRead = async ({ inReplyTo, to }: OutboxMail): Promise<boolean> => {
    if (inReplyTo !== undefined) {
      const [has = false] = await archive.request("has", { messageIds: [inReplyTo] });
      return has;
    }
    const archives = await archive.request("archives", null);
    const lists = new Set(archives.flatMap((one) => one.lists.map(({ list }) => list.toLowerCase())));
    // A list is known by its List-Id, or by the name of its inbox.
    return to
      .map((address) => address.toLowerCase())
      .some((address) => lists.has(address.replace("@", ".")) || lists.has(address.split("@", 1)[0] ?? ""));
  };

  const tellLate = async (mail: OutboxMail): Promise<void> => {
    if (!(await isRead(mail))) return;
    await outbox.change(mail.name, (found) => ({ ...found, isLateTold: true }));
    const find = "Look for It on the List";
    void vscode.window
      .showWarningMessage(
        `No archive shows “${inMessage(mail.subject)}” on the list after ${span(settings.sending().echoMs)}.`,
        find,
      )
      .then((choice) => {
        if (choice === find) void vscode.commands.executeCommand("kernelMail.outbox.findEcho", mail);
      });
  };

  /** Looks at every mail that may be on the list; the ids of those that are, by the name in the outbox. */
  const lookAtAll = async (): Promise<Map<string, string>> => {
    const seen = new Map<string, string>();
    for (const mail of await outbox.list()) {
      if (!hasLeft(mail) && mail.state !== "unknown") continue;
      const messageId = await look(mail);
      if (messageId !== undefined) seen.set(mail.name, messageId);
      const found = await outbox.find(mail.name);
      const isSent = found?.state === "sent";
      const isDone = isSent && found.echo?.changes.length === 0 && mail.refused.length === 0;
      const isOld = isSent && Date.now() - (found.sentMs ?? 0) > KEPT_MS;
      if (isDone || isOld) await outbox.forget(mail.name);
      if (isDone || (mail.echo === undefined && found?.echo !== undefined)) sender.changed();
    }
    return seen;
  };

  const tellAllLate = async (): Promise<void> => {
    const isLate = (mail: OutboxMail) => lateAtMs(mail) <= Date.now();
    if (!(await outbox.list()).some(isLate)) return;
    // What is being read just now may bring it.
    await sync.settled();
    await lookAtAll();
    for (const mail of await outbox.list()) if (isLate(mail)) await tellLate(mail);
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
    await parts.refresh();
    await sync.update();
    let messageId = (await inTurn(lookAtAll)).get(mail.name);
    if (messageId === undefined && servers.mayAsk()) {
      await asking(`Asking ${servers.names()} for the thread`, async (signal) => {
        const ids = [mail.inReplyTo, mail.messageId].filter((id) => id !== undefined);
        for (const id of ids) if (await servers.fetchThread(id, undefined, signal)) return;
      });
      messageId = (await inTurn(lookAtAll)).get(mail.name);
    }
    if (messageId !== undefined) return await parts.openThread(messageId);
    const where = servers.mayAsk() ? `Neither an archive nor ${servers.names()} has` : "No archive has";
    const text = `${where} “${mail.subject}”. Lists may take a while; look again later.`;
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

  let looking: Promise<unknown> = Promise.resolve();
  /** One look after the other: each sees what the one before has found. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = looking.then(work);
    looking = next.catch(() => undefined);
    return next;
  }

  let timer: NodeJS.Timeout | undefined;
  let isOver = false;
  /** Wakes when the next copy is overdue, or late. */
  const setClock = async (): Promise<void> => {
    const nowMs = Date.now();
    const times = (await outbox.list()).flatMap((mail) => [lateAtMs(mail), (mail.sentMs ?? 0) + OVERDUE_MS]);
    const next = Math.min(...times.filter((atMs) => atMs > nowMs));
    clearTimeout(timer);
    if (isOver || !Number.isFinite(next)) return;
    timer = setTimeout(lookSoon, Math.min(next - nowMs, LONGEST_NAP_MS));
    timer.unref();
  };
  function lookSoon(): void {
    const all = async () => {
      await lookAtAll();
      await tellAllLate();
      await setClock();
    };
    inTurn(all).catch((error: unknown) => {
      // An archive that cannot be read is told where it is read.
      if (!isUserError(error)) commands.tell(error, "look for sent mail on the lists");
    });
  }
  const listeners = vscode.Disposable.from(
    sync.onDidChange(lookSoon),
    sender.onDidChange((mail) => {
      if (mail === undefined || !hasLeft(mail)) return;
      const { messageId, serverMessageId } = mail;
      if (serverMessageId !== undefined) {
        commands.attempt("answer your mail by its new id", () => referTo(folder, messageId, serverMessageId));
      }
      lookSoon();
    }),
    settings.onDidChange(["send.echoHours"], lookSoon),
  );
  return new vscode.Disposable(() => {
    isOver = true;
    clearTimeout(timer);
    listeners.dispose();
  });
}
