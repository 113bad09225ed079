/**
 * Servers behind the editor's proxy, with a certificate of an authority that the machine knows and Node does not. The host
 * is started with that authority as the system's (`SSL_CERT_FILE`); `lore.example` exists behind the proxy alone.
 */
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { type ConnectProxy, connectProxy } from "../connectProxy.ts";
import { type FaultServer, faultServer, packedMails } from "../faultServer.ts";
import { fixture } from "../fixtures.ts";
import { closeEditors, dropOpened, parts, run, setArchives, told, until } from "./editor.ts";

const set = (name: string, value: unknown): Thenable<void> =>
  vscode.workspace.getConfiguration().update(name, value, vscode.ConfigurationTarget.Global);

const mail = (id: string): string =>
  `From: Ada Moreno <ada@kernel.example>\nSubject: pond: why\nMessage-ID: <${id}>\nDate: Mon, 16 Nov 2026 09:15:42 +0000\n\nWhy?\n`;

describe("servers behind the editor's proxy", () => {
  let server: FaultServer;
  let proxy: ConnectProxy;
  before(async () => {
    await setArchives();
    const tls = {
      cert: fixture("tls", "lore-cert.pem"),
      key: fixture("tls", "lore-key.pem"),
    };
    const scripts = ["1-a", "2-a", "3-a"].map((id) => [
      `/all/${id}@kernel.example/t.mbox.gz`,
      packedMails(mail(`${id}@kernel.example`)),
    ]);
    server = await faultServer(Object.fromEntries(scripts), tls);
    proxy = await connectProxy(server.port);
    await set("kernelMail.servers", ["https://lore.example/"]);
    await set("http.proxy", proxy.url);
  });
  after(async () => {
    await set("http.proxy", undefined);
    await set("http.systemCertificates", undefined);
    await set("kernelMail.servers", []);
    await closeEditors();
    await dropOpened();
    await proxy?.close();
    await server?.close();
  });

  it("without the editor's certificates the server is not trusted, in one sentence", async () => {
    await set("http.systemCertificates", false);
    const [text = ""] = await told(() => run("openMessage", "1-a@kernel.example"));
    await set("http.systemCertificates", undefined);
    assert.match(text, /^lore\.example cannot be reached \(\w*(?:VERIFY|CERT)\w*\)\. Check the network/);
    assert.deepEqual([...new Set(proxy.asked)], ["lore.example:443"]);
    assert.deepEqual(server.asked, []);
  });
  it("a pasted link comes through the proxy, by the editor's certificates", async () => {
    await run("openMessage", "https://lore.example/list/2-a@kernel.example/");
    const { reader } = await parts();
    await until("the message", async () => (await reader.inFocus())?.messageId === "2-a@kernel.example");
    assert.equal(server.headers[0]?.host, "lore.example");
  });
  it("a proxy that refuses is told of", async () => {
    proxy.refuse(407);
    await set("http.proxy", `${proxy.url}/`);
    const [text = ""] = await told(() => run("openMessage", "3-a@kernel.example"));
    assert.match(text, /^lore\.example cannot be reached \(.+\)\. Check the network, VS Code's proxy/);
  });
});
