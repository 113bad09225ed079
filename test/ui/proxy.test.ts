/** A server behind a proxy, with a certificate of an authority of its own: reached as VS Code's settings say. */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { packedMails } from "../faultServer.ts";
import { openWorkbench, type Workbench } from "./workbench.ts";

/** Only the proxy knows where it is. */
const HOST = "lore.test.example";
const ID = "20261116091542.4711-1-ada@kernel.example";

const MAIL =
  `From: Ada Moreno <ada@kernel.example>\nTo: linux-pond@lists.example\nSubject: pond: through the proxy\n` +
  `Message-ID: <${ID}>\nDate: Mon, 16 Nov 2026 09:15:42 +0000\n\nIt came through.\n`;

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return (server.address() as AddressInfo).port;
}

describe("a server behind a proxy with an authority of its own", () => {
  let folder: string;
  let workbench: Workbench;
  const servers: Server[] = [];
  /** What the proxy was asked to connect to. */
  const connected: string[] = [];

  before(async function () {
    if (spawnSync("openssl", ["version"]).status !== 0) {
      console.log("      skipped: openssl is not installed");
      this.skip();
    }
    folder = mkdtempSync(join(tmpdir(), "kernel-mail-proxy-"));
    const [key, certificate] = [join(folder, "key.pem"), join(folder, "certificate.pem")];
    const names = `subjectAltName=DNS:${HOST}`;
    const made = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", `/CN=${HOST}`];
    execFileSync("openssl", [...made, "-addext", names, "-keyout", key, "-out", certificate], {
      stdio: "ignore",
    });
    const lore = createTlsServer(
      { key: readFileSync(key), cert: readFileSync(certificate) },
      (request, response) => {
        const { body, headers } = packedMails(MAIL);
        const isThere = request.url === `/all/${ID}/t.mbox.gz`;
        response.writeHead(isThere ? 200 : 404, isThere ? headers : {});
        response.end(isThere ? body : "Not Found");
      },
    );
    const lorePort = await listening(lore);
    const proxy = createServer();
    proxy.on("connect", ({ url }, socket) => {
      connected.push(String(url));
      const onward = connect(lorePort, "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 Connected\r\n\r\n");
        onward.pipe(socket).pipe(onward);
      });
      for (const end of [onward, socket]) end.on("error", () => end.destroy());
    });
    const proxyPort = await listening(proxy);
    servers.push(lore, proxy);
    workbench = await openWorkbench({
      servers: [`https://${HOST}`],
      settings: { "http.proxy": `http://127.0.0.1:${proxyPort}` },
      env: { NODE_EXTRA_CA_CERTS: certificate },
    });
  });
  after(async () => {
    await workbench?.close();
    for (const server of servers) server.close();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });
  afterEach(async function () {
    if (this.currentTest?.state === "failed") await workbench?.screenshot(`failed-${this.currentTest.title}`);
  });

  it("is asked through the proxy, and its certificate holds", async () => {
    await workbench.openSideBar();
    await workbench.command("Kernel Mail: Open Message or Link...");
    await workbench.answer(ID);
    await workbench.reader().getByText("It came through.").waitFor();
    assert.deepEqual([...new Set(connected)], [`${HOST}:443`]);
  });
});
