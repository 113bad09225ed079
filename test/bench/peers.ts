/** The programs from Debian that a benchmark compares with: whether they are here, and what they do with a corpus. */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Corpus, maildirOf } from "./corpora.ts";
import { cost } from "./measure.ts";
import { home, scratch } from "./scratch.ts";

export type PeerName = "git" | "public-inbox" | "notmuch" | "mu" | "neomutt";

const asked: Record<PeerName, [program: string, ...args: string[]]> = {
  git: ["git", "--version"],
  "public-inbox": ["dpkg-query", "--show", "public-inbox"],
  notmuch: ["notmuch", "--version"],
  mu: ["mu", "--version"],
  neomutt: ["neomutt", "-v"],
};

/** The version of a peer; undefined when it is not installed. */
export function versionOf(peer: PeerName): string | undefined {
  const [program, ...args] = asked[peer];
  const { status, stdout } = spawnSync(program, args, { encoding: "utf8" });
  return status === 0 ? /\d[\w.+~-]*/.exec(stdout.split("\n")[0] ?? "")?.[0] : undefined;
}

/** What indexing a corpus cost a peer: run once, for it takes minutes, and kept with the index it made. */
export interface PeerIndex {
  wallSeconds: number;
  cpuSeconds: number;
  indexMb: number;
  version: string;
  day: string;
}

const folderOf = (corpus: Corpus, name: string): string => join(home(), "peers", corpus.name, name);

/** Where the configuration of a person must not be found. */
const quiet = (): Record<string, string> => ({ HOME: scratch(), PI_CONFIG: join(scratch(), "no-config") });

const megabytes = (path: string): number => {
  const { stdout } = spawnSync("du", ["-sB1", path], { encoding: "utf8" });
  return Number(stdout.split("\t")[0]) / 1e6;
};

/** Whether a peer has indexed this corpus before. */
export const isKept = (corpus: Corpus, peer: PeerName): boolean =>
  existsSync(folderOf(corpus, `${peer}.json`));

/** Indexes once and keeps the figures; with `fresh`, what was kept is thrown away. */
function once(corpus: Corpus, peer: PeerName, fresh: boolean, work: () => () => number): PeerIndex {
  const file = folderOf(corpus, `${peer}.json`);
  if (!fresh && existsSync(file)) return JSON.parse(readFileSync(file, "utf8")) as PeerIndex;
  const indexMb = work();
  const { wallSeconds, cpuSeconds } = last;
  const version = versionOf(peer) ?? "unknown";
  const day = new Date().toISOString().slice(0, 10);
  const made = { wallSeconds, cpuSeconds, indexMb: indexMb(), version, day };
  writeFileSync(file, JSON.stringify(made));
  return made;
}

let last = { wallSeconds: 0, cpuSeconds: 0 };
const run = (program: string, args: string[], env: Record<string, string>): void => {
  last = cost(program, args, { ...quiet(), ...env });
};

const notmuchConfig = (corpus: Corpus): string => folderOf(corpus, "notmuch-config");
export const notmuchEnv = (corpus: Corpus): Record<string, string> => ({
  ...quiet(),
  NOTMUCH_CONFIG: notmuchConfig(corpus),
});

/** `notmuch new`: headers and whole bodies, with positions. */
export async function notmuchIndex(corpus: Corpus, fresh: boolean): Promise<PeerIndex> {
  const maildir = await maildirOf(corpus);
  return once(corpus, "notmuch", fresh, () => {
    const database = join(maildir, ".notmuch");
    rmSync(database, { recursive: true, force: true });
    const user =
      "[user]\nname=Bench\nprimary_email=bench@kernel.example\n[maildir]\nsynchronize_flags=false\n";
    writeFileSync(notmuchConfig(corpus), `[database]\npath=${maildir}\n${user}[new]\ntags=inbox\n`);
    run("notmuch", ["new", "--quiet"], notmuchEnv(corpus));
    return () => megabytes(database);
  });
}

/** `mu index`: headers and bodies. */
export async function muIndex(corpus: Corpus, fresh: boolean): Promise<PeerIndex> {
  const maildir = await maildirOf(corpus);
  return once(corpus, "mu", fresh, () => {
    const folder = folderOf(corpus, "mu");
    rmSync(folder, { recursive: true, force: true });
    cost("mu", ["init", "--quiet", `--muhome=${folder}`, `--maildir=${maildir}`], quiet());
    run("mu", ["index", "--quiet", `--muhome=${folder}`], {});
    return () => megabytes(folder);
  });
}

/** A copy of a mirror that a peer may write into. */
export function mirrorCopy(corpus: Corpus, folder: string): string {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  cpSync(join(corpus.v2, "git"), join(folder, "git"), { recursive: true });
  return folder;
}

/** `public-inbox-index -L basic` on a folder with epochs: headers only. */
export function publicInboxIndex(folder: string): { wallSeconds: number; cpuSeconds: number } {
  // The lock file is what tells it that this is an inbox of version 2.
  writeFileSync(join(folder, "inbox.lock"), "", { flag: "a" });
  return cost("public-inbox-index", ["--no-fsync", "-L", "basic", folder], quiet());
}

export function publicInboxOf(corpus: Corpus, fresh: boolean): PeerIndex {
  return once(corpus, "public-inbox", fresh, () => {
    const folder = mirrorCopy(corpus, folderOf(corpus, "public-inbox"));
    last = publicInboxIndex(folder);
    return () => {
      const indexMb = megabytes(folder) - megabytes(join(folder, "git"));
      rmSync(folder, { recursive: true });
      return indexMb;
    };
  });
}

/** neomutt opens an mbox, threads it and quits. It wants a terminal, which `script` gives it. */
export function neomuttOpens(mbox: string): { wallSeconds: number; cpuSeconds: number } {
  const options = `-n -F /dev/null -R -e 'set folder=${scratch()}' -e 'set sort=threads' -e 'push <exit>'`;
  return cost("script", ["-qec", `neomutt ${options} -f '${mbox}'`, "/dev/null"], {
    ...quiet(),
    TERM: "xterm",
  });
}

/** Reading every blob of the mirror, listed as we list them, to nowhere. */
export function gitReads(corpus: Corpus): { wallSeconds: number; cpuSeconds: number } {
  const list = `for epoch; do git -C "$epoch" log --raw --no-abbrev --no-renames --format= | cut -d' ' -f4 | git -C "$epoch" cat-file --batch --buffer > /dev/null; done`;
  return cost("sh", ["-ec", list, "sh", ...corpus.epochs], {
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: "safe.directory",
    GIT_CONFIG_VALUE_0: "*",
  });
}
