/** Mail given to a sendmail-compatible program, and passwords asked of programs: git's credential helpers, a token command. */
import { homePath } from "../base/homePath.ts";
import { runProgram } from "../base/process.ts";
import { isUserError } from "../base/report.ts";
import { type Connection, type Delivered, envelopeAddress, holdGuard, type Outgoing } from "./send.ts";
import { SendFailure, wordsOf } from "./sendFailure.ts";
import type { SendProgram, SmtpServer } from "./transport.ts";
import { withLineFeeds } from "./wire.ts";

/** The codes of sysexits.h that are about the mail itself: bad data, no such user, no such host. */
const REFUSED = [65, 67, 68];
/** EX_TEMPFAIL. */
const LATER = 75;

/** The arguments of the program for a mail: recipients are given one by one unless it reads them from the header. */
export function programArguments({ command, sender }: SendProgram, mail: Outgoing): string[] {
  const [, ...args] = command;
  const from = sender === undefined ? [] : ["-f", envelopeAddress(sender === "auto" ? mail.from : sender)];
  // A letter among others too, as in -oit.
  const readsHeader = args.some((arg) => arg === "-t" || arg === "--read-recipients");
  return readsHeader ? [...args, ...from] : [...args, ...from, ...mail.to.map(envelopeAddress)];
}

async function giveTo(transport: SendProgram, mail: Outgoing, cwd: string): Promise<Delivered> {
  const program = homePath(transport.command[0]);
  const args = programArguments(transport, mail);
  await mail.beforeData?.();
  let code: number;
  let said: string;
  try {
    const {
      code: ended,
      stderr,
      stdout,
    } = await runProgram(program, args, {
      cwd,
      input: withLineFeeds(mail.bytes),
    });
    code = ended;
    said = wordsOf(stderr.trim() || stdout.toString("utf8").trim());
  } catch (error) {
    const { code: fault } = error as NodeJS.ErrnoException;
    if (!isUserError(error) && fault !== "ENOENT" && fault !== "EACCES") throw error;
    throw new SendFailure(
      "setup",
      `The program ${program} cannot be started.`,
      "Install it, or correct the setting kernelMail.send.program or git's sendemail configuration.",
    );
  }
  const reply = said;
  const says = said === "" ? `ended with code ${code}` : `says “${said}”`;
  if (code === 0) return { refused: [], reply };
  if (code < 0) {
    throw new SendFailure(
      "unknown",
      `${program} was killed before it said whether the mail went out.`,
      "Look for the mail on the list. To send it again keeps its Message-ID.",
      { reply },
    );
  }
  if (code === LATER)
    throw new SendFailure("deferred", `${program} ${says}.`, "It is tried again later.", { reply });
  if (REFUSED.includes(code)) {
    throw new SendFailure(
      "refused",
      `${program} ${says}.`,
      "It is a draft again: correct it, and send it anew.",
      {
        reply,
      },
    );
  }
  throw new SendFailure(
    "setup",
    `${program} ${says}.`,
    "Correct its configuration, then choose “Retry Now” in the outbox.",
    { reply },
  );
}

/** Sends by a program, one call for each mail. `cwd` is the folder it runs in. */
export function openProgram(
  transport: SendProgram,
  options: { onlyReserved: boolean; cwd: string },
): Connection {
  return {
    isOpen: true,
    close: () => undefined,
    deliver: async (mail) => {
      // Where a program takes the mail is its own affair: whom it goes to is held.
      holdGuard(mail.to, "localhost", options.onlyReserved);
      return await giveTo(transport, mail, options.cwd);
    },
  };
}

/**
 * The password that git's credential helpers hold for a server, as `git send-email` asks for it; undefined when they
 * hold none. Nobody is asked: neither a terminal nor a window opens.
 */
export async function gitCredential(
  git: string,
  server: SmtpServer,
  cwd: string,
): Promise<string | undefined> {
  const wanted = { protocol: "smtp", host: `${server.host}:${server.port}`, username: server.user ?? "" };
  const input = Object.entries(wanted)
    .map(([name, value]) => `${name}=${value.replace(/[\r\n\0]/g, "")}\n`)
    .join("");
  const args = ["-c", "credential.interactive=false", "credential", "fill"];
  const env = { GIT_TERMINAL_PROMPT: "0", GIT_ASKPASS: "true", SSH_ASKPASS: "", GCM_INTERACTIVE: "never" };
  const { code, stdout } = await runProgram(git, args, { cwd, input: `${input}\n`, env });
  if (code !== 0) return undefined;
  const password = /^password=(.*)$/m.exec(stdout.toString("utf8"))?.[1];
  // An askpass program that says nothing gives an empty one.
  return password === undefined || password === "" ? undefined : password;
}

/** The access token that a command prints. Rejects with a SendFailure when it prints none. */
export async function commandToken(command: readonly string[], cwd: string): Promise<string> {
  const [program = "", ...args] = command;
  const fail = (what: string) =>
    new SendFailure(
      "login",
      `The token command ${program} ${what}.`,
      "Run it in a terminal to see what it says.",
    );
  try {
    const { code, stdout, stderr } = await runProgram(program, args, { cwd });
    const token = stdout.toString("utf8").trim().split(/\s/)[0] ?? "";
    if (code === 0 && token !== "") return token;
    throw fail(code === 0 ? "printed no token" : `failed: “${wordsOf(stderr.trim())}”`);
  } catch (error) {
    if (error instanceof SendFailure) throw error;
    throw fail("cannot be started");
  }
}
