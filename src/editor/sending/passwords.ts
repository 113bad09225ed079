/** The passwords and tokens of mail servers: where they come from, asked for once, kept in the editor's secret storage. */
import * as vscode from "vscode";
import { isLoopback } from "../../compose/guard.ts";
import { type SmtpServer, takesToken } from "../../compose/transport.ts";
import { trustedFolder } from "../openFolder.ts";
import type { Settings } from "../settings.ts";
import type { SignIns } from "./signIn.ts";

export interface Passwords {
  /** The password or token of a server; "" when nobody has it. `isRefused`: the last one was refused. */
  of(server: SmtpServer, isRefused: boolean): Promise<string>;
  /** Asks for it when nobody has it, or `anew`. False when the person gives up. */
  ask(server: SmtpServer, anew?: boolean): Promise<boolean>;
  /** Forgets every one, and every sign-in; returns how many there were. */
  forget(): Promise<number>;
}

interface PasswordParts {
  settings: Settings;
  secrets: vscode.SecretStorage;
  memory: vscode.Memento;
  signIns: SignIns;
}

const keyOf = (server: SmtpServer): string => `smtp:${server.user ?? ""}@${server.host}:${server.port}`;
/** Under which keys passwords lie, since the editor's store cannot be listed. */
const KEYS = "sending.passwords";

export function openPasswords({ settings, secrets, memory, signIns }: PasswordParts): Passwords {
  /** A command prints it whenever it is asked. */
  const isCommanded = (server: SmtpServer): boolean =>
    takesToken(server.auth) && settings.sending().tokenCommand.length > 0;
  const isSignedIn = (server: SmtpServer): boolean => takesToken(server.auth) && signIns.isUsed();

  const of = async (server: SmtpServer, isRefused: boolean): Promise<string> => {
    const { commandToken, gitCredential } = await import("../../compose/program.ts");
    if (isCommanded(server)) return await commandToken(settings.sending().tokenCommand, trustedFolder());
    if (isSignedIn(server)) return await signIns.accessToken(server.user ?? "", isRefused);
    if (isRefused) return "";
    return (
      server.password ??
      (await secrets.get(keyOf(server))) ??
      (await gitCredential(settings.git(), server, trustedFolder())) ??
      ""
    );
  };

  return {
    of,
    ask: async (server, anew = false) => {
      if (server.user === undefined || isCommanded(server)) return true;
      if (!anew && (await of(server, false)) !== "") return true;
      if (isSignedIn(server)) {
        await vscode.commands.executeCommand("kernelMail.signIn");
        return (await of(server, false)) !== "";
      }
      const what = takesToken(server.auth) ? "Access Token" : "Password";
      const answer = await vscode.window.showInputBox({
        title: `${what} for ${server.user} at ${server.host}`,
        prompt: isLoopback(server.host)
          ? "Kept in the editor's secret storage of this machine."
          : "Kept in the editor's secret storage, and given to this server alone, over an encrypted connection.",
        password: true,
        ignoreFocusOut: true,
      });
      if (answer === undefined || answer === "") return false;
      await secrets.store(keyOf(server), answer);
      await memory.update(KEYS, [...new Set([...memory.get<string[]>(KEYS, []), keyOf(server)])]);
      return true;
    },
    forget: async () => {
      const keys = memory.get<string[]>(KEYS, []);
      for (const key of keys) await secrets.delete(key);
      await memory.update(KEYS, undefined);
      return keys.length + (await signIns.forget());
    },
  };
}
