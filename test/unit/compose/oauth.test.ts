/** Signing in to a mail server's provider with a client of one's own, against a provider on loopback. */
import assert from "node:assert/strict";
import {
  findEndpoints,
  finishDevice,
  finishSignIn,
  type OauthClient,
  renewTokens,
  startDevice,
  startSignIn,
} from "../../../src/compose/oauth.ts";
import { type Authority, startAuthority } from "../../authority.ts";

describe("OAuth with a client of one's own", () => {
  let authority: Authority;
  let client: OauthClient;
  let base = "";
  /** What the token endpoint says, first first. */
  const say = (...answers: object[]) => authority.answers.push(...answers);

  before(async () => {
    authority = await startAuthority();
    ({ base } = authority);
    client = { id: "our-client", authority: base, scopes: ["mail", "offline_access"] };
  });
  after(() => authority.close());
  beforeEach(() => {
    authority.asked.length = 0;
    authority.answers.length = 0;
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

  it("says that nobody answers, so that mail waits for the network", async () => {
    const nobody = { ...client, authority: "http://127.0.0.1:1" };
    await assert.rejects(findEndpoints(nobody, fetch), { kind: "offline" });
  });

  it("takes troubles of the provider for no refusal", async () => {
    authority.status = 503;
    await assert.rejects(renewTokens(client, `${base}/token`, "old", fetch), { kind: "offline" });
    authority.status = 200;
  });

  it("renews a token", async () => {
    say({ access_token: "new", refresh_token: "next" });
    assert.deepEqual(await renewTokens(client, `${base}/token`, "old", fetch), {
      access: "new",
      refresh: "next",
    });
    assert.deepEqual(Object.fromEntries(authority.asked[0] ?? []), {
      grant_type: "refresh_token",
      refresh_token: "old",
      client_id: "our-client",
    });
  });

  it("says why a token was refused", async () => {
    say({ error: "invalid_grant" });
    await assert.rejects(renewTokens(client, `${base}/token`, "old", fetch), /invalid_grant/);
  });

  it("waits for a code that is typed in elsewhere (RFC 8628)", async () => {
    const code = await startDevice(client, `${base}/device`, fetch);
    assert.deepEqual([code.userCode, code.address], ["ABCD-EFGH", `${base}/type`]);
    say(
      { error: "authorization_pending" },
      { error: "slow_down" },
      { access_token: "a", refresh_token: "r" },
    );
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
    say(...Array.from({ length: 100 }, () => ({ error: "authorization_pending" })));
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
    const code = async () => {
      const { headers } = await fetch(signIn.address, { redirect: "manual" });
      return new URL(headers.get("location") ?? "").searchParams.get("code") ?? "";
    };
    const forged = { ...signIn, verifier: "somebody else's" };
    await assert.rejects(finishSignIn(client, `${base}/token`, forged, await code(), fetch), /invalid_grant/);
    say({ access_token: "a" });
    assert.deepEqual(await finishSignIn(client, `${base}/token`, signIn, await code(), fetch), {
      access: "a",
    });
  });

  it("asks Google in its own words for what a token is renewed with", () => {
    const asked = (authorization: string) =>
      new URL(startSignIn(client, authorization, "http://localhost:1").address).searchParams.get(
        "access_type",
      );
    assert.equal(asked("https://accounts.google.com/o/oauth2/v2/auth"), "offline");
    assert.equal(asked(`${base}/authorize`), null);
  });
});
