/** OAuth 2.0 for mail, with the person's own client: finding the endpoints, a device's code, a sign-in's code, renewal. */
import { createHash, randomBytes } from "node:crypto";
import { UserError } from "../base/report.ts";
import { SendFailure } from "./sendFailure.ts";

/** What a person's organisation has registered. */
export interface OauthClient {
  id: string;
  secret?: string;
  /** Where the provider describes itself, such as `https://accounts.google.com`. */
  authority: string;
  scopes: readonly string[];
}

export interface Endpoints {
  authorization: string;
  token: string;
  device?: string;
}

export interface Tokens {
  access: string;
  /** What a new access token is got with; absent when the provider gave none. */
  refresh?: string;
}

/** A code that the person types in at an address, on any machine (RFC 8628). Times are milliseconds. */
export interface DeviceCode {
  userCode: string;
  address: string;
  deviceCode: string;
  intervalMs: number;
  expiresMs: number;
}

export type Fetch = (address: string, init?: RequestInit) => Promise<Response>;

const failed = (what: string): UserError =>
  new UserError(
    `The sign-in failed: ${what}.`,
    "Check kernelMail.send.oauthClient against what your provider has registered.",
  );

/** A loopback address may be plain HTTP; nothing else may. */
function checkedAddress(value: unknown): string {
  const text = typeof value === "string" ? value : "";
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isLocal = url?.hostname === "127.0.0.1" || url?.hostname === "localhost" || url?.hostname === "[::1]";
  if (url?.protocol === "https:" || (isLocal && url?.protocol === "http:")) return text;
  throw failed(`“${text.slice(0, 100)}” is no https address`);
}

/** Asks; a SendFailure when nobody answers, or the provider has troubles of its own. */
async function reach(get: Fetch, address: string, init?: RequestInit): Promise<Response> {
  const { host } = new URL(address);
  const later = (text: string) => new SendFailure("offline", text, "It is tried again later.");
  let answer: Response;
  try {
    answer = await get(address, init);
  } catch {
    throw later(`Nobody answers at ${host}, where one signs in.`);
  }
  if (answer.status < 500 && answer.status !== 429) return answer;
  throw later(`${host}, where one signs in, is out of order (${answer.status}).`);
}

async function readJson(answer: Response): Promise<Record<string, unknown>> {
  const body: unknown = await answer.json().catch(() => undefined);
  return typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
}

/** Where a provider signs in and gives tokens, from its own description (OpenID Connect Discovery). */
export async function findEndpoints(client: OauthClient, get: Fetch): Promise<Endpoints> {
  const address = `${client.authority.replace(/\/+$/, "")}/.well-known/openid-configuration`;
  const answer = await reach(get, checkedAddress(address));
  if (!answer.ok) throw failed(`${client.authority} does not say where one signs in`);
  const described = await readJson(answer);
  const device = described["device_authorization_endpoint"];
  return {
    authorization: checkedAddress(described["authorization_endpoint"]),
    token: checkedAddress(described["token_endpoint"]),
    ...(device === undefined ? {} : { device: checkedAddress(device) }),
  };
}

const form = (fields: Record<string, string | undefined>): RequestInit => ({
  method: "POST",
  headers: { "content-type": "application/x-www-form-urlencoded" },
  body: new URLSearchParams(
    Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined),
  ).toString(),
});

function tokensIn(answer: Record<string, unknown>): Tokens {
  const { access_token: access, refresh_token: refresh } = answer;
  if (typeof access !== "string" || access === "") {
    const { error } = answer;
    throw failed(typeof error === "string" ? error.slice(0, 100) : "no token came");
  }
  return { access, ...(typeof refresh === "string" ? { refresh } : {}) };
}

/** A new access token, by the refresh token of an earlier sign-in. */
export async function renewTokens(
  client: OauthClient,
  token: string,
  refresh: string,
  post: Fetch,
): Promise<Tokens> {
  const fields = {
    grant_type: "refresh_token",
    refresh_token: refresh,
    client_id: client.id,
    client_secret: client.secret,
  };
  return tokensIn(await readJson(await reach(post, token, form(fields))));
}

/** Asks for a code that the person types in elsewhere. */
export async function startDevice(client: OauthClient, device: string, post: Fetch): Promise<DeviceCode> {
  const fields = { client_id: client.id, scope: client.scopes.join(" ") };
  const answer = await readJson(await reach(post, device, form(fields)));
  const { device_code: deviceCode, user_code: userCode } = answer;
  const address = answer["verification_uri"] ?? answer["verification_url"];
  if (typeof deviceCode !== "string" || typeof userCode !== "string") throw failed("no code came");
  return {
    deviceCode,
    userCode,
    address: checkedAddress(address),
    intervalMs: Math.max(1, Number(answer["interval"] ?? 5) || 5) * 1000,
    expiresMs: Number(answer["expires_in"] ?? 900) * 1000,
  };
}

/** Asks until the person has typed the code in. `wait` pauses, and rejects when the person gives up. */
export async function finishDevice(
  client: OauthClient,
  token: string,
  code: DeviceCode,
  post: Fetch,
  wait: (ms: number) => Promise<void>,
): Promise<Tokens> {
  let intervalMs = code.intervalMs;
  for (let waitedMs = 0; waitedMs < code.expiresMs; waitedMs += intervalMs) {
    await wait(intervalMs);
    const fields = {
      grant_type: "urn:ietf:params:oauth:grant-type:device_code",
      device_code: code.deviceCode,
      client_id: client.id,
      client_secret: client.secret,
    };
    const answer = await readJson(await reach(post, token, form(fields)));
    if (answer["error"] === "slow_down") intervalMs += 5000;
    else if (answer["error"] !== "authorization_pending") return tokensIn(answer);
  }
  throw failed("the code was not typed in in time");
}

/** A sign-in in the browser: the address to open, and what proves afterwards that it was us (RFC 7636). */
export interface SignIn {
  address: string;
  state: string;
  verifier: string;
  redirect: string;
}

export function startSignIn(client: OauthClient, authorization: string, redirect: string): SignIn {
  const state = randomBytes(16).toString("base64url");
  const verifier = randomBytes(32).toString("base64url");
  const url = new URL(authorization);
  const fields = {
    response_type: "code",
    client_id: client.id,
    redirect_uri: redirect,
    scope: client.scopes.join(" "),
    state,
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
  };
  // Google gives what a token is renewed with for these words alone; others for the scope offline_access.
  const more = url.hostname === "accounts.google.com" ? { access_type: "offline", prompt: "consent" } : {};
  for (const [name, value] of Object.entries({ ...fields, ...more })) url.searchParams.set(name, value);
  return { address: url.toString(), state, verifier, redirect };
}

/** The tokens for the code with which the browser came back. */
export async function finishSignIn(
  client: OauthClient,
  token: string,
  { verifier, redirect }: SignIn,
  code: string,
  post: Fetch,
): Promise<Tokens> {
  const fields = {
    grant_type: "authorization_code",
    code,
    redirect_uri: redirect,
    code_verifier: verifier,
    client_id: client.id,
    client_secret: client.secret,
  };
  return tokensIn(await readJson(await reach(post, token, form(fields))));
}
