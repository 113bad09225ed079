/** Signing in to a mail server with the client that the person's organisation has registered; tokens stay secret. */
import * as vscode from "vscode";
import { abortError } from "../base/channel.ts";
import { isUserError, UserError } from "../base/report.ts";
import type { OauthClient, SignIn, Tokens } from "../compose/oauth.ts";
import { SendFailure } from "../compose/sendFailure.ts";
import type { Commands } from "./commands.ts";
import type { Settings } from "./settings.ts";

/** How long the browser has to come back, in milliseconds. */
const BACK_MS = 10 * 60_000;

export interface SignIns {
  /** Whether a client is set, so that one signs in instead of giving a password. */
  isUsed(): boolean;
  /** An access token for this user; "" when nobody has signed in. `isRefused`: the last one is no longer good. */
  accessToken(user: string, isRefused: boolean): Promise<string>;
  /** The browser has come back with this query. False when nobody waits for it. */
  back(query: string): boolean;
  forget(): Promise<void>;
}

interface SignInParts {
  commands: Commands;
  secrets: vscode.SecretStorage;
  settings: Settings;
  /** The user of the mail server; asked when a sign-in is kept. */
  user: () => Promise<string | undefined>;
  /** The address of the extension, for the browser to come back to. */
  extensionId: string;
}

const SIGN_IN = "Use the command “Sign In to Mail Server...”.";

const REFRESH = "oauth:refresh";

const noClient = (): UserError =>
  new UserError(
    "There is no client to sign in with.",
    "Set kernelMail.send.oauthClient to the one that your organisation has registered.",
  );

export function openSignIns(parts: SignInParts): SignIns {
  const { commands, secrets, settings } = parts;
  const key = (user: string) => `${REFRESH}:${user}`;
  const access = new Map<string, string>();
  let expected:
    | { signIn: SignIn; resolve: (code: string) => void; reject: (error: Error) => void }
    | undefined;

  const client = (): OauthClient => {
    const { oauthClient } = settings.sending();
    if (oauthClient === undefined) throw noClient();
    return oauthClient;
  };

  const keep = async (user: string, { access: token, refresh }: Tokens): Promise<string> => {
    access.set(user, token);
    if (refresh !== undefined) await secrets.store(key(user), refresh);
    return token;
  };

  /** A code is typed in on any machine: for windows whose extensions run elsewhere than the browser. */
  const byDevice = async (token: string, device: string): Promise<Tokens> => {
    const { finishDevice, startDevice } = await import("../compose/oauth.ts");
    const code = await startDevice(client(), device, fetch);
    const open = "Copy Code and Open";
    const text = `Sign in at ${code.address} with the code ${code.userCode}.`;
    if ((await vscode.window.showInformationMessage(text, { modal: true }, open)) !== open)
      throw abortError();
    await vscode.env.clipboard.writeText(code.userCode);
    await vscode.env.openExternal(vscode.Uri.parse(code.address, true));
    const location = vscode.ProgressLocation.Notification;
    const title = `Waiting for the code ${code.userCode} to be typed in`;
    return await vscode.window.withProgress({ location, title, cancellable: true }, (_progress, cancelled) =>
      finishDevice(client(), token, code, fetch, (ms) => {
        return new Promise((resolve, reject) => {
          const listener = cancelled.onCancellationRequested(() => reject(abortError()));
          setTimeout(() => {
            listener.dispose();
            resolve();
          }, ms);
        });
      }),
    );
  };

  /** The browser signs in and comes back to the editor. */
  const byBrowser = async (authorization: string, token: string): Promise<Tokens> => {
    const { finishSignIn, startSignIn } = await import("../compose/oauth.ts");
    const own = vscode.Uri.parse(`${vscode.env.uriScheme}://${parts.extensionId}/signed-in`);
    const redirect = (await vscode.env.asExternalUri(own)).toString(true);
    const signIn = startSignIn(client(), authorization, redirect);
    const location = vscode.ProgressLocation.Notification;
    const title = "Waiting for the sign-in in your browser";
    const code = await vscode.window.withProgress(
      { location, title, cancellable: true },
      (_progress, cancelled) => {
        const answer = new Promise<string>((resolve, reject) => {
          expected = { signIn, resolve, reject };
          cancelled.onCancellationRequested(() => reject(abortError()));
          setTimeout(() => reject(new UserError("The browser did not come back.", SIGN_IN)), BACK_MS).unref();
        });
        // As it is written: taken apart and put together again, the address that it holds would lose its own query.
        void vscode.env.openExternal(signIn.address as unknown as vscode.Uri);
        return answer.finally(() => {
          expected = undefined;
        });
      },
    );
    return await finishSignIn(client(), token, signIn, code, fetch);
  };

  commands.register("kernelMail.signIn", async () => {
    const { findEndpoints } = await import("../compose/oauth.ts");
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
    await keep(user, tokens);
    void vscode.window.showInformationMessage(`Signed in as ${user}.`);
  });

  return {
    isUsed: () => settings.sending().oauthClient !== undefined,
    accessToken: async (user, isRefused) => {
      const known = access.get(user);
      if (known !== undefined && !isRefused) return known;
      const refresh = await secrets.get(key(user));
      if (refresh === undefined) return "";
      const { findEndpoints, renewTokens } = await import("../compose/oauth.ts");
      try {
        const { token } = await findEndpoints(client(), fetch);
        return await keep(user, await renewTokens(client(), token, refresh, fetch));
      } catch (error) {
        if (error instanceof SendFailure || !isUserError(error)) throw error;
        throw new SendFailure("login", error.message, SIGN_IN);
      }
    },
    back: (query) => {
      const fields = new URLSearchParams(query);
      const [code, refused] = [fields.get("code"), fields.get("error")];
      if (expected === undefined || fields.get("state") !== expected.signIn.state) return false;
      if (code !== null) expected.resolve(code);
      else expected.reject(new UserError(`The sign-in was refused: ${refused?.slice(0, 100)}.`, SIGN_IN));
      return true;
    },
    forget: async () => {
      access.clear();
      const user = await parts.user();
      if (user !== undefined) await secrets.delete(key(user));
    },
  };
}
