/** Debian's Postfix on loopback: TLS and a login, everything delivered into one Maildir. Needs root, and leaves nothing. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import {
  chownSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fixturePath } from "./fixtures.ts";

export const USER = "kmail";
export const PASSWORD = "an open sesame";

export interface Postfix {
  /** Encrypted from the first byte. */
  tlsPort: number;
  startTlsPort: number;
  /** The certificate to trust. */
  certificate: string;
  /** Everything that was delivered, by file name. */
  delivered(): Map<string, Buffer>;
  /** Waits until so many mails have been delivered. */
  until(count: number): Promise<Map<string, Buffer>>;
  stop(): Promise<void>;
}

/** Why there can be no Postfix here; undefined when there can. */
export function missingForPostfix(): string | undefined {
  if (process.getuid?.() !== 0) return "Postfix's master needs root";
  for (const program of ["postfix", "saslpasswd2"]) {
    if (spawnSync("which", [program]).status !== 0) return `${program} is not installed`;
  }
  return undefined;
}

function idOf(user: string): { uid: number; gid: number } {
  const [uid, gid] = ["-u", "-g"].map((flag) => Number(execFileSync("id", [flag, user]).toString()));
  return { uid: uid ?? 0, gid: gid ?? 0 };
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === "string") throw new Error("No port on 127.0.0.1 is free.");
  return address.port;
}

export async function startPostfix(): Promise<Postfix> {
  const folder = mkdtempSync(join(tmpdir(), "kernel-mail-postfix-"));
  const at = (...path: string[]) => join(folder, ...path);
  execFileSync("chmod", ["755", folder]);
  for (const name of ["queue", "sasl", "data", "mail"]) mkdirSync(at(name), { mode: 0o755 });
  const postfix = idOf("postfix");
  const nobody = idOf("nobody");
  chownSync(at("data"), postfix.uid, postfix.gid);
  chownSync(at("mail"), nobody.uid, nobody.gid);
  for (const name of ["key.pem", "cert.pem"]) writeFileSync(at(name), readFileSync(fixturePath("tls", name)));
  const [tlsPort, startTlsPort] = [await freePort(), await freePort()];

  writeFileSync(
    at("main.cf"),
    `compatibility_level = 3.6
queue_directory = ${at("queue")}
data_directory = ${at("data")}
maillog_file = /dev/stdout
myhostname = mx.test.example
mydestination =
local_recipient_maps =
alias_maps =
inet_interfaces = loopback-only
inet_protocols = ipv4
default_transport = error:nothing leaves this machine
relay_transport = error:nothing leaves this machine
virtual_mailbox_domains = static:all
virtual_mailbox_maps = static:inbox/
virtual_mailbox_base = ${at("mail")}
virtual_uid_maps = static:${nobody.uid}
virtual_gid_maps = static:${nobody.gid}
virtual_mailbox_limit = 0
message_size_limit = 41943040
local_header_rewrite_clients =
smtpd_tls_cert_file = ${at("cert.pem")}
smtpd_tls_key_file = ${at("key.pem")}
smtpd_tls_auth_only = yes
smtpd_sasl_auth_enable = yes
smtpd_sasl_local_domain = mx.test.example
cyrus_sasl_config_path = ${at("sasl")}
smtpd_relay_restrictions = permit_sasl_authenticated, reject
`,
  );
  writeFileSync(
    at("master.cf"),
    `127.0.0.1:${startTlsPort} inet n - n - - smtpd -o smtpd_tls_security_level=encrypt
127.0.0.1:${tlsPort} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
error unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
`,
  );
  writeFileSync(
    at("sasl", "smtpd.conf"),
    `pwcheck_method: auxprop
auxprop_plugin: sasldb
mech_list: PLAIN LOGIN CRAM-MD5
sasldb_path: ${at("sasl", "db")}
`,
  );
  execFileSync("saslpasswd2", ["-p", "-c", "-f", at("sasl", "db"), "-u", "mx.test.example", USER], {
    input: PASSWORD,
  });
  chownSync(at("sasl", "db"), postfix.uid, postfix.gid);

  const log = openSync(at("log"), "a");
  const child = spawn("postfix", ["-c", folder, "start-fg"], { stdio: ["ignore", log, log] });
  closeSync(log);
  const ended = new Promise<void>((resolve) => child.on("exit", () => resolve()));
  const masterPid = () => Number(readFileSync(at("queue", "pid", "master.pid"), "utf8"));
  const stop = async (): Promise<void> => {
    try {
      process.kill(masterPid());
    } catch {
      child.kill();
    }
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };

  const delivered = (): Map<string, Buffer> => {
    try {
      const names = readdirSync(at("mail", "inbox", "new"));
      return new Map(names.map((name) => [name, readFileSync(at("mail", "inbox", "new", name))]));
    } catch {
      return new Map();
    }
  };
  const waitFor = async (holds: () => boolean, what: string): Promise<void> => {
    const deadline = Date.now() + 60_000;
    while (!holds()) {
      if (Date.now() > deadline || child.exitCode !== null) {
        throw new Error(`${what}: ${readFileSync(at("log"), "utf8").slice(-2000)}`);
      }
      await delay(50);
    }
  };
  try {
    await waitFor(() => readFileSync(at("log"), "utf8").includes("daemon started"), "Postfix did not start");
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    tlsPort,
    startTlsPort,
    certificate: at("cert.pem"),
    delivered,
    until: async (count) => {
      await waitFor(() => delivered().size >= count, `${count} mails were not delivered`);
      return delivered();
    },
    stop,
  };
}
