/** The way out: which server or program, with which password, and what waits in the outbox going out in time. */
import { join } from "node:path";
import * as vscode from "vscode";
import { readGitConfig } from "../../base/gitConfig.ts";
import { isUserError, sentence } from "../../base/report.ts";
import { writeWhole } from "../../base/wholeFile.ts";
import { type Dispatch, startDispatch } from "../../compose/dispatch.ts";
import { hasLeft, type NewMail, Outbox, type OutboxMail } from "../../compose/outbox.ts";
import { routeBySender } from "../../compose/routes.ts";
import type { Connection } from "../../compose/send.ts";
import { SendFailure } from "../../compose/sendFailure.ts";
import { chooseTransport, identityTransport, type Transport } from "../../compose/transport.ts";
import type { Commands } from "../commands.ts";
import type { EditorLog } from "../log.ts";
import { trustedFolder } from "../openFolder.ts";
import type { SettingName } from "../settingName.ts";
import type { Settings } from "../settings.ts";
import { mailNotices } from "./mailNotices.ts";
import { openPasswords, type Passwords } from "./passwords.ts";
import { keepSent } from "./sentMail.ts";
import { openSignIns, type SignIns } from "./signIn.ts";

/** The settings that decide how mail leaves. */
export const SENDING_SETTINGS: readonly SettingName[] = [
  "send.method",
  "send.smtp",
  "send.program",
  "send.tokenCommand",
  "send.oauthClient",
  "identities",
  "gitPath",
];

export interface Sender extends vscode.Disposable {
  readonly outbox: Outbox;
  readonly signIns: SignIns;
  readonly passwords: Passwords;
  /**
   * The way to send, for mail of an address that of its identity where it has one of its own; undefined when there is
   * none. A UserError when it is described badly.
   */
  transport(from?: string): Promise<Transport | undefined>;
  /** Connects and logs in; rejects with a SendFailure. Close what it gives. */
  connect(from?: string): Promise<Connection>;
  /** Whether the server, as far as known, takes no 8-bit text (R1003). */
  sevenBitOnly(): boolean;
  /** Puts mails into the outbox, all to leave at the same time: none before `taken`, called once all are there, is done. */
  queue(mails: readonly NewMail[], taken: () => Promise<void>): Promise<void>;
  /** Takes a mail back; the path of its draft, or undefined when it is too late. */
  takeBack(name: string): Promise<string | undefined>;
  retry(...names: string[]): Promise<void>;
  /** Says that somebody else has changed the outbox. */
  changed(): void;
  /** A mail of the outbox has changed. */
  readonly onDidChange: vscode.Event<OutboxMail | undefined>;
  /** What was due has been tried. */
  settled(): Promise<void>;
  /** Begins nothing more; settles when what is leaving has an answer. */
  close(): Promise<void>;
}

interface SenderParts {
  settings: Settings;
  commands: Commands;
  log: EditorLog;
  secrets: vscode.SecretStorage;
  memory: vscode.Memento;
  /** Where state is kept: `outbox/`, `drafts/`, `sent.mbox` stand in it. */
  storage: string;
}

/** Which server takes no 8-bit text. */
const SEVEN_BIT = "sending.sevenBit";

export function openSender(parts: SenderParts): Sender {
  const { settings, commands, log, secrets, memory, storage } = parts;
  const drafts = join(storage, "drafts");
  const outbox = new Outbox(join(storage, "outbox"));
  const changed = new vscode.EventEmitter<OutboxMail | undefined>();

  /** The section of git's configuration that the identity of this address sends with; undefined takes the usual way. */
  const ownWay = (from: string | undefined): string | undefined =>
    settings.identities().find(({ address }) => address.toLowerCase() === from?.toLowerCase())?.transport;

  const transport = async (from?: string): Promise<Transport | undefined> => {
    const config = await readGitConfig(settings.git(), trustedFolder());
    const own = ownWay(from);
    return own === undefined
      ? chooseTransport(settings.sending().send, config)
      : identityTransport(own, config);
  };

  const signIns = openSignIns({
    commands,
    secrets,
    memory,
    settings,
    user: async () => {
      const found = await transport();
      return found?.kind === "smtp" ? found.user : undefined;
    },
  });

  const passwords = openPasswords({ settings, secrets, memory, signIns });

  const connect = async (from?: string): Promise<Connection> => {
    const way = await transport(from).catch((error: unknown) => {
      throw isUserError(error) ? new SendFailure("setup", error.message, error.nextStep) : error;
    });
    const { onlyReserved } = settings.sending();
    if (way === undefined) {
      throw new SendFailure(
        "setup",
        "There is no way to send mail yet.",
        "Use the command “Set Up Sending...”.",
      );
    }
    if (way.kind === "smtp") {
      const { connectSmtp } = await import("../../compose/send.ts");
      return await connectSmtp(way, { secret: (isRefused) => passwords.of(way, isRefused), onlyReserved });
    }
    const { openProgram } = await import("../../compose/program.ts");
    return openProgram(way, { onlyReserved, cwd: trustedFolder() });
  };

  const restore = async (name: string, text: string): Promise<string> => {
    const path = join(drafts, `${name}.eml`);
    await writeWhole(path, text);
    return path;
  };

  const unkept: string[] = [];
  let keeping: Promise<unknown> = Promise.resolve();
  /** Keeps copies of sent mail: of all that was sent while the last ones were kept at once. */
  const keep = async (mail: OutboxMail): Promise<void> => {
    unkept.push(mail.name);
    const mine = keeping.then(async () => {
      const names = unkept.splice(0);
      if (names.length === 0) return;
      const filed = await outbox.file(names, (mails) => keepSent(join(storage, "sent.mbox"), mails));
      const { copyTo } = settings.sending();
      if (copyTo !== undefined) await keepSent(copyTo, filed);
    });
    keeping = mine.catch(() => undefined);
    await mine;
  };

  const notices = mailNotices({
    commands,
    signsIn: signIns.isUsed,
    retry,
    settled: () => dispatch.settled(),
  });

  /** What a new state of a mail means for the person. */
  const onChange = (mail: OutboxMail) => {
    changed.fire(mail);
    log.info(`outbox: ${mail.messageId} is ${mail.state}${mail.reply ? ` (${mail.reply})` : ""}`);
    if (hasLeft(mail) && !mail.filed) commands.attempt("keep a copy of what was sent", () => keep(mail));
    switch (mail.state) {
      case "sent":
        toldFault = "";
        notices.sent(mail);
        break;
      case "returned":
        commands.attempt("make a draft of a refused mail", async () => {
          if (mail.wantsSevenBit) await noteSevenBit(mail.from);
          let path = "";
          const isBack = await outbox.giveBack(mail.name, async (text) => {
            path = await restore(mail.name, text);
          });
          changed.fire(mail);
          if (!isBack) return;
          notices.returned(mail, path);
        });
        break;
      case "held":
        notices.held(mail);
        break;
      case "unknown":
        notices.unknown(mail);
        break;
      case "waiting":
        notices.waiting(mail);
        break;
    }
  };

  /** Servers that mail leaves by, those of identities too: what one of them cannot take is sent to none. */
  let hosts: string[] = [];
  const noteSevenBit = async (from: string): Promise<void> => {
    const way = await transport(from);
    if (way?.kind === "smtp") await memory.update(SEVEN_BIT, way.host);
  };
  /** Notes whether there is a way to send. Not told when it is described badly: sending tells it. */
  const look = () =>
    commands.attempt("find out how mail is sent", async () => {
      const senders = [undefined, ...settings.identities().map(({ address }) => address)];
      const ways = await Promise.all(senders.map((from) => transport(from).catch(() => undefined)));
      hosts = ways.flatMap((way) => (way?.kind === "smtp" ? [way.host] : []));
      const canSend = ways.some((way) => way !== undefined);
      await vscode.commands.executeCommand("setContext", "kernelMail.canSend", canSend);
      await vscode.commands.executeCommand("setContext", "kernelMail.oauth", signIns.isUsed());
    });

  /** It is tried again every minute, and told once until something has been sent. */
  let toldFault = "";
  const dispatch: Dispatch = startDispatch({
    outbox,
    connect: async () => {
      const isUsual = settings.identities().every(({ transport: own }) => own === undefined);
      return isUsual ? await connect() : routeBySender(connect, (from) => ownWay(from) ?? "");
    },
    onChange,
    onFault: (error) => {
      if (!isUserError(error)) log.bug(error, "send what waits");
      else if (toldFault !== error.message) {
        toldFault = error.message;
        void vscode.window.showWarningMessage(sentence(error));
      }
    },
  });

  async function retry(...names: string[]): Promise<void> {
    for (const name of names) changed.fire(await outbox.retry(name));
    dispatch.kick();
  }

  const listener = settings.onDidChange(SENDING_SETTINGS, look);
  look();
  // Whatever an earlier window left: refused mail becomes a draft, sent mail is kept, due mail goes out.
  commands.attempt("look after the outbox", async () => {
    for (const mail of await outbox.list()) {
      if (mail.state === "returned") {
        await outbox.giveBack(mail.name, async (text) => void (await restore(mail.name, text)));
      }
      if (hasLeft(mail) && !mail.filed) await keep(mail);
    }
    changed.fire(undefined);
    dispatch.kick();
  });

  return {
    outbox,
    signIns,
    passwords,
    transport,
    connect,
    sevenBitOnly: () => hosts.includes(memory.get(SEVEN_BIT, "")),
    queue: async (mails, taken) => {
      const dueMs = Date.now() + settings.sending().undoMs;
      await outbox.addAll(mails, dueMs);
      try {
        await taken();
      } finally {
        changed.fire(undefined);
        dispatch.kick();
      }
    },
    takeBack: async (name) => {
      let path: string | undefined;
      await outbox.takeBack(name, async (text) => {
        path = await restore(name, text);
      });
      changed.fire(undefined);
      return path;
    },
    retry,
    changed: () => changed.fire(undefined),
    onDidChange: changed.event,
    settled: () => dispatch.settled(),
    close: () => dispatch.close(),
    dispose: () => {
      commands.attempt("finish sending", () => dispatch.close());
      vscode.Disposable.from(listener, changed).dispose();
    },
  };
}
