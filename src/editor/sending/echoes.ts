/** What the list made of a sent mail: looked for in the archives, compared with what was sent, missed when it is late. */
import * as vscode from "vscode";
import { isUserError } from "../../base/report.ts";
import { echoChanges, messageIdIn } from "../../compose/echo.ts";
import { hasLeft, type OutboxMail } from "../../compose/outbox.ts";
import type { Archive } from "../archives/archiveWorker.ts";
import type { Servers } from "../archives/servers.ts";
import type { Sync } from "../archives/sync.ts";
import type { Commands } from "../commands.ts";
import type { Documents } from "../documents.ts";
import { inMessage } from "../plainWords.ts";
import type { Settings } from "../settings.ts";
import { listCopies, OVERDUE_MS } from "./listCopy.ts";
import { registerOutboxCommands } from "./outboxCommands.ts";
import { span } from "./outboxItem.ts";
import { referTo } from "./renamedMail.ts";
import type { Sender } from "./sender.ts";

/** How long a sent mail stays in the outbox, whether or not the list shows it. */
const KEPT_MS = 7 * 24 * 3_600_000;
/** A timer is set for this at most: a machine that slept has other ideas of time. */
const LONGEST_NAP_MS = 3_600_000;

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
  const { archive, commands, folder, sender, settings, sync } = parts;
  const { outbox } = sender;
  const copies = listCopies({ archive, outbox, settings });

  const tellChanges = (mail: OutboxMail, changes: readonly string[]) => {
    const compare = "Compare with What the List Received";
    void vscode.window
      .showWarningMessage(
        inMessage(`The list's copy of “${mail.subject}” is not what was sent: ${changes.join("; ")}.`),
        compare,
      )
      .then((choice) => {
        if (choice === compare) void vscode.commands.executeCommand("kernelMail.outbox.compareEcho", mail);
      });
  };

  /** The id under which the list has it; undefined when it does not. What the list shows is told the first time. */
  const look = async (mail: OutboxMail): Promise<string | undefined> => {
    if (mail.echo !== undefined) return mail.echo.messageId;
    const copy = await copies.find(mail);
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
      const text = `“${inMessage(mail.subject)}” came back exactly as it was sent.`;
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

  let looking: Promise<unknown> = Promise.resolve();
  /** One look after the other: each sees what the one before has found. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = looking.then(work);
    looking = next.catch(() => undefined);
    return next;
  }

  registerOutboxCommands({ ...parts, copies, look: () => inTurn(lookAtAll) });

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
