/** A provider on loopback that signs people in to a mail server: OpenID discovery, a browser's code, a device's code. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface Authority {
  /** Its address, without a slash at the end. */
  base: string;
  /** What was asked at the token endpoint. */
  asked: URLSearchParams[];
  /** What the token endpoint says next, first first. */
  answers: object[];
  /** The queries with which browsers came to sign in; each is sent back with the code "the-code". */
  visits: URLSearchParams[];
  close(): Promise<void>;
}

export async function startAuthority({ device = true } = {}): Promise<Authority> {
  const state: Omit<Authority, "base" | "close"> = { asked: [], answers: [], visits: [] };
  let base = "";
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      const say = (answer: object) => response.end(JSON.stringify(answer));
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
          return say(state.answers.shift() ?? {});
        case "/authorize": {
          state.visits.push(url.searchParams);
          const back = new URL(url.searchParams.get("redirect_uri") ?? base);
          back.searchParams.set("code", "the-code");
          back.searchParams.set("state", url.searchParams.get("state") ?? "");
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
  return {
    ...state,
    base,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
