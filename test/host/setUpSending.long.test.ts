/** Setting up how mail leaves, in the real editor: every way with its questions, and what a reply then goes out by. */
import assert from "node:assert/strict";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import { type Authority, startAuthority } from "../authority.ts";
import { certificate, type MailServer, PASSWORD, startMailServer, TOKEN, USER } from "../mailServer.ts";
import { answering } from "./dialogs.ts";
import { parts, run, scratchFolder, told, until } from "./editor.ts";
import { confirm, mailOnceThat, REVIEW, sendingStage, set, write } from "./sendingStage.ts";

const UNREAD = "20260914114003.a1@kernel.example";
const WAY = "How Is Mail to Be Sent?";

describe("setting up sending", () => {
  const stage = sendingStage();
  const scratch = scratchFolder();
  let secure: MailServer;
  before(async () => {
    secure = await startMailServer({ allowInsecureAuth: true });
  });
  after(async () => {
    await (await parts()).sender.passwords.forget();
    await secure.close();
    scratch.remove();
  });
  beforeEach(async () => {
    secure.received.length = 0;
    for (const name of ["method", "smtp", "program", "tokenCommand", "oauthClient"])
      await set(`send.${name}`, undefined);
  });

  const setting = (name: string) => vscode.workspace.getConfiguration("kernelMail").get(`send.${name}`);
  /** Writes a program of this shell script; its path. */
  const program = (name: string, script: string): string => {
    const path = join(scratch.path, name);
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
    return path;
  };
  /** Answers the questions; what was told last. */
  const setUp = async (answers: Record<string, string>): Promise<string> =>
    (await answering(() => run("setUpSending"), answers)).at(-1)?.text ?? "";
  const reply = async (): Promise<string> => {
    await write("Looks good.");
    await run("draft.send");
    await confirm();
    const { name } = await mailOnceThat("it was sent", ({ state }) => state === "sent");
    return (await (await parts()).sender.outbox.bytes(name)).toString();
  };

  it("offers git's configuration first and a client of one's own last, each with its true needs", async () => {
    const [asked] = await answering(() => run("setUpSending"), {});
    const labels = asked?.offered.map((entry) => entry.split("\n")[0]?.replace(/^\$\(.*?\) /, ""));
    assert.deepEqual(labels, [
      "As git send-email does",
      "A server that takes access tokens, such as Exchange and Microsoft 365",
      "Gmail",
      "A mail server",
      "A program such as msmtp or sendmail",
      "A client of your own to sign in with",
    ]);
    assert.match(asked?.offered[2] ?? "", /two-step verification and an app password/);
    // A row of the list shows so much; what is longer is cut.
    for (const entry of asked?.offered ?? []) assert.ok((entry.split("\n")[1] ?? "").length < 90, entry);
  });

  it("whoever has no name and address is asked once, and told that the address will be seen", async () => {
    const identities = vscode.workspace.getConfiguration("kernelMail").get("identities");
    await set("gitPath", program("nameless", "exit 1"));
    await set("identities", undefined);
    try {
      const asked = await answering(() => run("replyAll", { messageId: REVIEW }), {
        "Your Mail Address": "cy@kernel.example",
        "Your Name": "Cy Lind",
      });
      assert.match(asked[0]?.text ?? "", /in every message you send to a list, for everyone to see/);
      assert.match(
        vscode.window.activeTextEditor?.document.getText() ?? "",
        /^From: Cy Lind <cy@kernel\.example>$/m,
      );
      assert.deepEqual(await answering(() => run("replyAll", { messageId: UNREAD }), {}), []);
    } finally {
      await set("identities", identities);
      await set("gitPath", undefined);
    }
  });

  it("who can git send-email sends with no set-up: server, STARTTLS, user, and the helper's password", async () => {
    const config = join(scratch.path, "gitconfig");
    const helper = program("helper", `[ "$1" = get ] && printf 'username=${USER}\\npassword=${PASSWORD}\\n'`);
    writeFileSync(
      config,
      `[sendemail]\n\tsmtpServer = 127.0.0.1\n\tsmtpServerPort = ${secure.port}\n\tsmtpEncryption = tls\n` +
        `\tsmtpUser = ${USER}\n\tsmtpSSLCertPath = ${certificate()}\n[credential]\n\thelper = ${helper}\n`,
    );
    await set("gitPath", program("git", `GIT_CONFIG_GLOBAL=${config} exec git "$@"`));
    const works = `Sending works: 127.0.0.1, port ${secure.port}, encrypted (STARTTLS), logged in as ${USER}.`;
    assert.equal((await answering(() => run("checkSending"), {})).at(-1)?.text, works);
    assert.equal(await setUp({ [WAY]: "As git send-email does" }), works);
    const mail = await reply();
    assert.equal(secure.received[0]?.bytes.toString(), mail);
    await set("gitPath", undefined);
  });

  it("a server: what is wrong with it is one sentence with what to do", async () => {
    const answers = {
      [WAY]: "A mail server",
      "Its name": "127.0.0.1",
      "How it encrypts": "STARTTLS",
      "The port": String(secure.port),
      "The user's name": USER,
      "Password for": PASSWORD,
    };
    assert.match(await setUp(answers), /certificate/);
    const smtp = { host: "127.0.0.1", port: secure.port, encryption: "starttls", user: USER };
    assert.deepEqual([setting("method"), setting("smtp")], ["smtp", smtp]);
    assert.match(await setUp({ ...answers, "The port": "1" }), /^Nothing listens at 127\.0\.0\.1, port 1/);
  });

  it("offers to send what was held until it was set up", async () => {
    await set("send.method", "program");
    await set("send.program", [join(scratch.path, "gone")]);
    await write("Looks good.");
    await run("draft.send");
    await confirm();
    await mailOnceThat("it waits", ({ state }) => state === "held");
    const path = program("mended", "cat >/dev/null");
    const works = `Mail is given to the program ${path}`;
    await setUp({ [WAY]: "A program", "The program and": path, [works]: "Send 1 Held Message" });
    await mailOnceThat("it was sent", ({ state }) => state === "sent");
  });

  it("a program, given the mail's bytes without a shell", async () => {
    const path = program("sendmail", 'printf "%s\\n" "$@" >"$0.args"; cat >"$0.mail"');
    const said = await setUp({ [WAY]: "A program", "The program and": `${path} -i "-o x"` });
    assert.equal(said, `Mail is given to the program ${path}, which is there.`);
    const mail = await reply();
    assert.equal(readFileSync(`${path}.mail`, "utf8"), mail.replaceAll("\r\n", "\n"));
    const [first, second, ...recipients] = readFileSync(`${path}.args`, "utf8").trim().split("\n");
    assert.deepEqual([first, second], ["-i", "-o x"]);
    assert.ok(recipients.includes("linux-pond@lists.kernel.example"));
  });

  it("Gmail: an address and an app password", async () => {
    const answers = {
      [WAY]: "Gmail",
      "Your Gmail address": "ada@gmail.example",
      "Password for": "abcd efgh",
    };
    // The guard of the tests holds the connection back.
    const asked = await answering(() => run("setUpSending"), answers);
    assert.match(asked[1]?.text ?? "", /make one at https:\/\/myaccount\.google\.com\/apppasswords/);
    const smtp = {
      host: "smtp.gmail.com",
      port: 465,
      encryption: "tls",
      user: "ada@gmail.example",
      auth: "PLAIN",
    };
    assert.deepEqual(setting("smtp"), smtp);
  });

  it("a server that takes tokens, from a command that prints them", async () => {
    const token = program("token", `printf %s ${TOKEN}`);
    await answering(() => run("setUpSending"), {
      [WAY]: "access tokens",
      "The server's name": "127.0.0.1",
      "Your address there": USER,
      "prints an access token": token,
    });
    assert.deepEqual(setting("tokenCommand"), [token]);
    await set("send.smtp", { ...(setting("smtp") as object), port: secure.port, encryption: "none" });
    const mail = await reply();
    assert.equal(secure.received[0]?.bytes.toString(), mail);
  });

  describe("with a client of one's own, by a code that is typed in elsewhere", () => {
    let authority: Authority;
    before(async () => {
      authority = await startAuthority();
    });
    after(() => authority.close());

    it("signs in, sends with the token, renews it, and says when to sign in again", async () => {
      authority.answers.push(
        { error: "authorization_pending" },
        { access_token: TOKEN, refresh_token: "r1" },
      );
      const asked = await answering(() => run("setUpSending"), {
        [WAY]: "A client of your own",
        "The server's name": "127.0.0.1",
        "Your address there": USER,
        "The address of the authority": authority.base,
        "The client's id": "our-client",
        "Its secret": "",
        "What it asks for": "mail offline_access",
        "Sign in at": "Copy Code and Open",
      });
      assert.ok(
        asked.some(({ text }) => text === `Sign in at ${authority.base}/type with the code ABCD-EFGH.`),
      );
      assert.ok(asked.some(({ text }) => text === `Signed in as ${USER}.`));
      assert.equal(await vscode.env.clipboard.readText(), "ABCD-EFGH");
      const smtp = { host: "127.0.0.1", port: secure.port, encryption: "none", user: USER, auth: "XOAUTH2" };
      await set("send.smtp", smtp);
      await reply();
      assert.equal(secure.received.length, 1);
      assert.equal(authority.asked.length, 2);
    });

    it("a token that is refused is renewed; where that fails too the mail waits for a sign-in", async () => {
      const { signIns } = (await parts()).sender;
      await set("send.oauthClient", { id: "our-client", authority: authority.base, scopes: ["mail"] });
      const smtp = { host: "127.0.0.1", port: secure.port, encryption: "none", user: USER, auth: "XOAUTH2" };
      await set("send.smtp", smtp);
      authority.asked.length = 0;
      authority.answers.push({ access_token: "run-out" });
      assert.equal(await signIns.accessToken(USER, true), "run-out");
      authority.answers.push({ access_token: TOKEN });
      await reply();
      assert.deepEqual(
        authority.asked.map((fields) => fields.get("refresh_token")),
        ["r1", "r1"],
      );
      authority.answers.push({ access_token: "run-out" });
      await signIns.accessToken(USER, true);
      authority.answers.push({ error: "invalid_grant" });
      await write("Once more.");
      await run("draft.send");
      const [said = ""] = await told(() => confirm());
      assert.match(said, /invalid_grant.*Sign In to Mail Server/);
      await mailOnceThat("it waits", ({ state }) => state === "held");
    });
  });

  describe("with a client of one's own, in the browser", () => {
    let authority: Authority;
    const env = vscode.env as unknown as { openExternal: (address: string) => Promise<boolean> };
    const { openExternal } = env;
    /** What the browser shows at its end. */
    let page = "";
    before(async () => {
      authority = await startAuthority({ device: false });
      env.openExternal = async (address) => {
        void fetch(address).then(async (answer) => {
          page = await answer.text();
        });
        return true;
      };
    });
    after(async () => {
      env.openExternal = openExternal;
      await authority.close();
    });
    beforeEach(async () => {
      authority.sentBack = {};
      await (await parts()).sender.signIns.forget();
      await set("send.oauthClient", { id: "our-client", authority: authority.base, scopes: ["mail"] });
      const smtp = { host: "127.0.0.1", port: secure.port, encryption: "none", user: USER, auth: "XOAUTH2" };
      await set("send.smtp", smtp);
    });

    it("signs in, sends with the token, renews it, and waits for a sign-in once that is revoked", async () => {
      authority.answers.push({ access_token: "run-out", refresh_token: "r1" });
      assert.deepEqual(await told(() => run("signIn")), [`Signed in as ${USER}.`]);
      await until("the browser's page", () => page.startsWith("Kernel Mail has the answer."));
      authority.answers.push({ access_token: TOKEN, refresh_token: "r2" });
      await reply();
      assert.equal(secure.received.length, 1);
      assert.deepEqual(
        authority.asked.map((fields) => fields.get("grant_type")),
        ["authorization_code", "refresh_token"],
      );
      authority.answers.push({ access_token: "run-out" });
      await (await parts()).sender.signIns.accessToken(USER, true);
      authority.answers.push({ error: "invalid_grant" });
      await write("Once more.");
      await run("draft.send");
      const [said = ""] = await told(() => confirm());
      assert.match(said, /invalid_grant.*Sign In to Mail Server/);
      assert.equal(authority.asked.at(-1)?.get("refresh_token"), "r2");
      await mailOnceThat("it waits", ({ state }) => state === "held");
    });

    it("says that it will not last when there is nothing to renew it with", async () => {
      authority.answers.push({ access_token: TOKEN });
      const [said = ""] = await told(() => run("signIn"));
      assert.match(said, /^Signed in as .* for an hour or so: .* offline_access /);
      await reply();
      assert.equal(secure.received.length, 1);
    });

    it("says that it was refused, and takes no answer to another sign-in", async () => {
      authority.sentBack = { state: "another" };
      const signingIn = told(() => run("signIn"));
      await until("the browser's page", () => page.startsWith("Nobody waits for this page."));
      const visit = authority.visits.at(-1);
      const back = new URL(visit?.get("redirect_uri") ?? "");
      back.searchParams.set("state", visit?.get("state") ?? "");
      back.searchParams.set("error", "access_denied");
      await fetch(back);
      assert.match((await signingIn)[0] ?? "", /^The sign-in was refused: access_denied\./);
      assert.equal(await (await parts()).sender.signIns.accessToken(USER, false), "");
    });
  });

  it("goes on to the next unread message afterwards, when that is set", async () => {
    await set("send.smtp", { host: "127.0.0.1", port: stage.server.port, encryption: "none" });
    await set("compose.afterSend", "nextUnread");
    const { archive, reader } = await parts();
    // Nothing else is unread, whatever other tests left behind.
    await archive.request("readList", { words: "all marked read", untilMs: Date.now() });
    await run("openMessage", REVIEW);
    await run("markUnread", { messageId: UNREAD });
    await reply();
    await until("the next unread message", async () => (await reader.inFocus())?.messageId === UNREAD);
    await set("compose.afterSend", undefined);
  });
});
