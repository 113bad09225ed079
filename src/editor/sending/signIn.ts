/** Signing in to a mail server with the client that the person's organisation has registered; tokens stay secret. */
import { setTimeout as delay } from "node:timers/promises";
import * as vscode from "vscode";
import { abortError } from "../../base/channel.ts";
import { isUserError, UserError } from "../../base/report.ts";
import { oneLine } from "../../compose/headerFields.ts";
import type { OauthClient, Tokens } from "../../compose/oauth.ts";
import { SendFailure } from "../../compose/sendFailure.ts";
import { asking } from "../archives/servers.ts";
import type { Commands } from "../commands.ts";
import type { Settings } from "../settings.ts";

/** How long the browser has to come back, in milliseconds. */
const BACK_MS = 10 * 60_000;

export interface SignIns {
  /** Whether a client is set, so that one signs in instead of giving a password. */
  isUsed(): boolean;
  /** An access token for this user; "" when nobody has signed in. `isRefused`: the last one is no longer good. */
  accessToken(user: string, isRefused: boolean): Promise<string>;
  /** Forgets every sign-in; returns how many there were. */
  forget(): Promise<number>;
}

interface SignInParts {
  commands: Commands;
  secrets: vscode.SecretStorage;
  memory: vscode.Memento;
  settings: Settings;
  /** The user of the mail server; asked when a sign-in is kept. */
  user: () => Promise<string | undefined>;
}

const SIGN_IN = "Use the command “Sign In to Mail Server...”.";

const REFRESH = "oauth:refresh";
/** Who has signed in, since the editor's store cannot be listed. */
const USERS = "sending.signIns";

/** Rejects when the person gives up, or the browser stays away. */
async function tooLate(signal: AbortSignal): Promise<never> {
  await delay(BACK_MS, undefined, { signal, ref: false });
  throw new UserError("The browser did not come back.", SIGN_IN);
}

const noClient = (): UserError =>
  new UserError(
    "There is no client to sign in with.",
    "Set kernelMail.send.oauthClient to the one that your organisation has registered.",
  );

export function openSignIns(parts: SignInParts): SignIns {
  const { commands, memory, secrets, settings } = parts;
  const key = (user: string) => `${REFRESH}:${user}`;
  const access = new Map<string, string>();

  const client = (): OauthClient => {
    const { oauthClient } = settings.sending();
    if (oauthClient === undefined) throw noClient();
    return oauthClient;
  };

  const keep = async (user: string, { access: token, refresh }: Tokens): Promise<string> => {
    access.set(user, token);
    if (refresh === undefined) return token;
    await secrets.store(key(user), refresh);
    await memory.update(USERS, [...new Set([...memory.get<string[]>(USERS, []), user])]);
    return token;
  };

  /** A code is typed in on any machine: for windows whose extensions run elsewhere than the browser. */
  const byDevice = async (token: string, device: string): Promise<Tokens> => {
    const { finishDevice, startDevice } = await import("../../compose/oauth.ts");
    const code = await startDevice(client(), device, fetch);
    const open = "Copy Code and Open";
    const text = `Sign in at ${code.address} with the code ${code.userCode}.`;
    if ((await vscode.window.showInformationMessage(text, { modal: true }, open)) !== open)
      throw abortError();
    await vscode.env.clipboard.writeText(code.userCode);
    await vscode.env.openExternal(vscode.Uri.parse(code.address, true));
    return await asking(`Waiting for the code ${code.userCode} to be typed in`, (signal) =>
      finishDevice(client(), token, code, fetch, (ms) => delay(ms, undefined, { signal })),
    );
  };

  /** The browser signs in and comes back to this machine. */
  const byBrowser = async (authorization: string, token: string): Promise<Tokens> => {
    const { finishSignIn, startSignIn } = await import("../../compose/oauth.ts");
    const { listenForBrowser } = await import("./browserListener.ts");
    const listener = await listenForBrowser();
    try {
      const signIn = startSignIn(client(), authorization, listener.address);
      const answer = await asking("Waiting for the sign-in in your browser", async (signal) => {
        const back = listener.answer(signIn.state);
        // As it is written: taken apart and put together again, the address that it holds would lose its own query.
        if (!(await vscode.env.openExternal(signIn.address as unknown as vscode.Uri))) throw abortError();
        return await Promise.race([back, tooLate(signal)]);
      });
      const code = answer.get("code");
      if (code !== null) return await finishSignIn(client(), token, signIn, code, fetch);
      const why = oneLine(answer.get("error") ?? "no code came").slice(0, 100);
      throw new UserError(`The sign-in was refused: ${why}.`, SIGN_IN);
    } finally {
      listener.dispose();
    }
  };

  commands.register("kernelMail.signIn", async () => {
    const { findEndpoints } = await import("../../compose/oauth.ts");
    const user = await parts.user();
    if (user === undefined) {
      throw new UserError("No user of a mail server is set.", "Use the command “Set Up Sending...” first.");
    }
    const { authorization, token, device } = await findEndpoints(client(), fetch);
    const isElsewhere = vscode.env.remoteName !== undefined || vscode.env.uiKind === vscode.UIKind.Web;
    const tokens =
      isElsewhere && device !== undefined
        ? await byDevice(token, device)
        : await byBrowser(authorization, token);
    // One of an earlier sign-in may be revoked.
    if (tokens.refresh === undefined) await secrets.delete(key(user));
    await keep(user, tokens);
    if (tokens.refresh !== undefined) void vscode.window.showInformationMessage(`Signed in as ${user}.`);
    else {
      void vscode.window.showWarningMessage(
        `Signed in as ${user} for an hour or so: the provider gave nothing to renew that with. ` +
          "Add the scope offline_access to kernelMail.send.oauthClient, where the provider has it.",
      );
    }
  });

  return {
    isUsed: () => settings.sending().oauthClient !== undefined,
    accessToken: async (user, isRefused) => {
      const known = access.get(user);
      if (known !== undefined && !isRefused) return known;
      const refresh = await secrets.get(key(user));
      if (refresh === undefined) return "";
      const { findEndpoints, renewTokens } = await import("../../compose/oauth.ts");
      try {
        const { token } = await findEndpoints(client(), fetch);
        return await keep(user, await renewTokens(client(), token, refresh, fetch));
      } catch (error) {
        if (error instanceof SendFailure || !isUserError(error)) throw error;
        throw new SendFailure("login", error.message, SIGN_IN);
      }
    },
    forget: async () => {
      const users = memory.get<string[]>(USERS, []);
      access.clear();
      for (const user of users) await secrets.delete(key(user));
      await memory.update(USERS, undefined);
      return users.length;
    },
  };
}
