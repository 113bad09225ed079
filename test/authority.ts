/** A provider on loopback that signs people in to a mail server: OpenID discovery, a browser's code, a device's code. */
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface Authority {
  /** Its address, without a slash at the end. */
  base: string;
  /** What was asked at the token endpoint. */
  asked: URLSearchParams[];
  /** What the token endpoint says next, first first. */
  answers: object[];
  /** The queries with which browsers came to sign in. */
  visits: URLSearchParams[];
  /** What a browser is sent back with; by default a code that is good once, for whoever has begun the sign-in (RFC 7636). */
  sentBack?: Record<string, string>;
  /** The status of every answer, when it is not 200. */
  status?: number;
  close(): Promise<void>;
}

export async function startAuthority({ device = true } = {}): Promise<Authority> {
  const state: Authority = { base: "", asked: [], answers: [], visits: [], close: async () => undefined };
  /** Visits by the code that they were sent back with. */
  const codes = new Map<string, URLSearchParams>();
  /** Whether a request for tokens is one that the provider must not answer. */
  const isForged = (asked: URLSearchParams): boolean => {
    if (asked.get("grant_type") !== "authorization_code") return false;
    const visit = codes.get(asked.get("code") ?? "");
    codes.delete(asked.get("code") ?? "");
    const challenge = createHash("sha256")
      .update(asked.get("code_verifier") ?? "")
      .digest("base64url");
    return (
      visit?.get("code_challenge") !== challenge || visit.get("redirect_uri") !== asked.get("redirect_uri")
    );
  };
  let base = "";
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      const say = (answer: object) => response.end(JSON.stringify(answer));
      response.statusCode = state.status ?? 200;
      const url = new URL(request.url ?? "", base);
      switch (url.pathname) {
        case "/.well-known/openid-configuration":
          return say({
            authorization_endpoint: `${base}/authorize`,
            token_endpoint: `${base}/token`,
            ...(device ? { device_authorization_endpoint: `${base}/device` } : {}),
          });
        case "/device":
          return say({
            device_code: "dc",
            user_code: "ABCD-EFGH",
            verification_uri: `${base}/type`,
            interval: 1,
            expires_in: 60,
          });
        case "/token":
          state.asked.push(new URLSearchParams(body));
          if (isForged(new URLSearchParams(body))) return say({ error: "invalid_grant" });
          return say(state.answers.shift() ?? {});
        case "/authorize": {
          state.visits.push(url.searchParams);
          const back = new URL(url.searchParams.get("redirect_uri") ?? base);
          const code = `code-${state.visits.length}`;
          codes.set(code, url.searchParams);
          const query = { code, state: url.searchParams.get("state") ?? "", ...state.sentBack };
          for (const [name, value] of Object.entries(query)) back.searchParams.set(name, value);
          response.writeHead(302, { Location: back.href });
          return response.end();
        }
        case "/type":
          return response.end("Type the code here.");
        default:
          response.statusCode = 404;
          return response.end();
      }
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  state.base = base;
  state.close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  };
  return state;
}
