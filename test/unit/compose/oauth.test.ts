/** Signing in to a mail server's provider with a client of one's own, against a provider on loopback. */
import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import {
  findEndpoints,
  finishDevice,
  finishSignIn,
  type OauthClient,
  renewTokens,
  startDevice,
  startSignIn,
} from "../../../src/compose/oauth.ts";

describe("OAuth with a client of one's own", () => {
  let server: Server;
  let client: OauthClient;
  let base = "";
  /** What was asked at the token endpoint. */
  let asked: URLSearchParams[] = [];
  /** Answers of the token endpoint, first first. */
  let answers: object[] = [];

  before(async () => {
    server = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk) => {
        body += chunk;
      });
      request.on("end", () => {
        const say = (answer: object) => response.end(JSON.stringify(answer));
        if (request.url === "/.well-known/openid-configuration") {
          say({
            authorization_endpoint: `${base}/authorize`,
            token_endpoint: `${base}/token`,
            device_authorization_endpoint: `${base}/device`,
          });
        } else if (request.url === "/device") {
          say({
            device_code: "dc",
            user_code: "ABCD-EFGH",
            verification_uri: `${base}/type`,
            interval: 1,
            expires_in: 60,
          });
        } else if (request.url === "/token") {
          asked.push(new URLSearchParams(body));
          say(answers.shift() ?? {});
        } else {
          response.statusCode = 404;
          response.end();
        }
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    base = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
    client = { id: "our-client", authority: base, scopes: ["mail", "offline_access"] };
  });
  after(() => server.close());
  beforeEach(() => {
    asked = [];
    answers = [];
  });

  it("finds where one signs in", async () => {
    assert.deepEqual(await findEndpoints(client, fetch), {
      authorization: `${base}/authorize`,
      token: `${base}/token`,
      device: `${base}/device`,
    });
    await assert.rejects(
      findEndpoints({ ...client, authority: `${base}/nothing` }, fetch),
      /does not say where/,
    );
  });

  it("trusts https alone, but for this machine", async () => {
    await assert.rejects(
      findEndpoints({ ...client, authority: "http://provider.example" }, fetch),
      /no https address/,
    );
  });

  it("renews a token", async () => {
    answers = [{ access_token: "new", refresh_token: "next" }];
    assert.deepEqual(await renewTokens(client, `${base}/token`, "old", fetch), {
      access: "new",
      refresh: "next",
    });
    assert.deepEqual(Object.fromEntries(asked[0] ?? []), {
      grant_type: "refresh_token",
      refresh_token: "old",
      client_id: "our-client",
    });
  });

  it("says why a token was refused", async () => {
    answers = [{ error: "invalid_grant" }];
    await assert.rejects(renewTokens(client, `${base}/token`, "old", fetch), /invalid_grant/);
  });

  it("waits for a code that is typed in elsewhere (RFC 8628)", async () => {
    const code = await startDevice(client, `${base}/device`, fetch);
    assert.deepEqual([code.userCode, code.address], ["ABCD-EFGH", `${base}/type`]);
    answers = [
      { error: "authorization_pending" },
      { error: "slow_down" },
      { access_token: "a", refresh_token: "r" },
    ];
    const waits: number[] = [];
    const wait = async (ms: number) => void waits.push(ms);
    assert.deepEqual(await finishDevice(client, `${base}/token`, code, fetch, wait), {
      access: "a",
      refresh: "r",
    });
    assert.deepEqual(waits, [1000, 1000, 6000]);
  });

  it("gives up on a code that nobody types in", async () => {
    const code = await startDevice(client, `${base}/device`, fetch);
    answers = Array.from({ length: 100 }, () => ({ error: "authorization_pending" }));
    await assert.rejects(
      finishDevice(client, `${base}/token`, code, fetch, async () => undefined),
      /not typed in in time/,
    );
  });

  it("signs in in a browser, and proves that it was us (RFC 7636)", async () => {
    const signIn = startSignIn(client, `${base}/authorize`, "vscode://kernel-mail.kernel-mail/signed-in");
    const query = new URL(signIn.address).searchParams;
    assert.equal(query.get("client_id"), "our-client");
    assert.equal(query.get("scope"), "mail offline_access");
    assert.equal(query.get("state"), signIn.state);
    assert.notEqual(query.get("code_challenge"), signIn.verifier);
    answers = [{ access_token: "a" }];
    assert.deepEqual(await finishSignIn(client, `${base}/token`, signIn, "code", fetch), { access: "a" });
    assert.equal(asked[0]?.get("code_verifier"), signIn.verifier);
  });
});
