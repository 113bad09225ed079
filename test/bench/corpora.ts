/** The archives a benchmark runs on, each as a v2 mirror, an mbox and a Maildir of the same messages. */
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { finished } from "node:stream/promises";
import { writeMboxrd } from "../../src/sources/mboxrd.ts";
import { openSource } from "../../src/sources/open.ts";
import { corporaFolder } from "../corpora.ts";
import { splitMbox, writeMirror } from "../mirror.ts";
import { home } from "./scratch.ts";

/** Archives with the same messages in the same order. */
export interface Corpus {
  /** A short name, also of the folder that holds what is made from it. */
  name: string;
  messages: number;
  v2: string;
  mbox: string;
  /** The epochs of `v2`, newest first. */
  epochs: string[];
}

export const nameOf = (messages: number): string =>
  messages % 1000 === 0 ? `${messages / 1000}k` : String(messages);

/**
 * The corpus with so many messages, made by the scale tool from the history of the git repository that
 * KERNEL_MAIL_POOL names; kept for the next run. A sentence when it can neither be found nor made.
 */
function scaleCorpus(messages: number): Corpus | string {
  const name = nameOf(messages);
  const v2 = join(home(), name);
  const mbox = join(home(), `${name}.mbox`);
  if (!existsSync(mbox) || !existsSync(join(v2, "git"))) {
    const failed = make(messages, v2, mbox);
    if (failed !== undefined) return failed;
  }
  return { name, messages, v2, mbox, epochs: epochsOf(v2) };
}

function epochsOf(v2: string): string[] {
  const epochs: string[] = [];
  for (let at = 0; existsSync(join(v2, "git", `${at}.git`)); at += 1) {
    epochs.unshift(join(v2, "git", `${at}.git`));
  }
  return epochs;
}

function make(messages: number, v2: string, mbox: string): string | undefined {
  const corpora = corporaFolder();
  const tool = corpora === undefined ? "" : join(corpora, "..", "tools", "make-scale-corpus.py");
  const pool = process.env["KERNEL_MAIL_POOL"];
  if (!existsSync(tool)) return "the tool that makes scale corpora is not here (set KERNEL_MAIL_CORPORA)";
  const raw = join(home(), "pool.raw");
  if (pool === undefined && !existsSync(raw)) {
    return "no pool of patches: set KERNEL_MAIL_POOL to a git repository with history";
  }
  mkdirSync(home(), { recursive: true });
  const shell = (command: string, ...args: string[]) =>
    spawnSync("sh", ["-ec", command, ...args], { stdio: ["ignore", "ignore", "inherit"] }).status === 0;
  const format = "%x01%H%x02%an%x02%ae%x02%at%x02%s%x02%b%x02";
  const log = `git -C "$0" log --no-merges -n 24000 -p --stat=72 --format='${format}' HEAD > "$1"`;
  if (!existsSync(raw) && !shell(log, pool ?? "", raw)) return `no history could be read from ${pool}`;
  const tries = 'python3 "$0" --pool "$1" --count "$2" --seed 1 --mbox "$3" --v2 "$4"';
  return shell(tries, tool, raw, String(messages), mbox, v2)
    ? undefined
    : "the scale corpus could not be made";
}

/** A whole list among the corpora, as one compressed mbox. */
export const REAL = "linux-sh";

/**
 * What a word on the command line stands for: a number of messages, the real list of the corpora by its name, or a mirror
 * of version 2 by its path. A sentence when there is no such thing.
 */
export async function corpusOf(word: string): Promise<Corpus | string> {
  if (/^\d+$/.test(word)) return scaleCorpus(Number(word));
  return word === REAL ? realCorpus() : await mirrorCorpus(resolve(word));
}

function realCorpus(): Corpus | string {
  const packed = join(corporaFolder() ?? "", "scale", `${REAL}.mboxrd.xz`);
  const [v2, mbox] = [join(home(), REAL), join(home(), `${REAL}.mbox`)];
  if (!existsSync(mbox)) {
    if (!existsSync(packed)) return "the list is not here (set KERNEL_MAIL_CORPORA)";
    const { status, stdout } = spawnSync("xz", ["-dc", packed], { maxBuffer: 2 ** 31 - 1 });
    if (status !== 0) return "xz is not installed";
    mkdirSync(home(), { recursive: true });
    writeMirror(splitMbox(stdout), v2);
    writeFileSync(mbox, stdout);
  }
  return { name: REAL, messages: splitMbox(readFileSync(mbox)).length, v2, mbox, epochs: epochsOf(v2) };
}

async function mirrorCorpus(v2: string): Promise<Corpus | string> {
  const name = basename(v2);
  const mbox = join(home(), `${name}.mbox`);
  const epochs = epochsOf(v2);
  if (epochs.length === 0) return "there is no mirror of version 2";
  let messages = 0;
  const made = existsSync(mbox) ? undefined : createWriteStream(`${mbox}.new`);
  for await (const raw of mailsOf(v2)) {
    messages += 1;
    if (made?.write(writeMboxrd(raw)) === false) await once(made, "drain");
  }
  if (made !== undefined) {
    await finished(made.end());
    renameSync(`${mbox}.new`, mbox);
  }
  return { name, messages, v2, mbox, epochs };
}

/** The mails of an archive, in the order in which it is read first. */
async function* mailsOf(path: string): AsyncGenerator<Buffer> {
  const source = await openSource({ path });
  const { signal } = new AbortController();
  for await (const { found } of source.read(undefined, { bodies: "none", signal, git: "git" })) {
    for (const raw of await source.bytes([...found].map(({ place }) => place)))
      if (raw !== undefined) yield raw;
  }
  source.close();
}

/** A small corpus of our own, for machines that have nothing else: one long thread, and short ones, of short mails. */
export function ownCorpus(messages: number): Corpus {
  const name = `ours-${nameOf(messages)}`;
  const v2 = join(home(), name);
  const mbox = join(home(), `${name}.mbox`);
  if (!existsSync(mbox)) {
    const mails = Array.from({ length: messages }, (_, at) => ownMail(at));
    mkdirSync(home(), { recursive: true });
    if (!existsSync(v2)) writeMirror(mails, v2);
    writeFileSync(mbox, Buffer.concat(mails.map(writeMboxrd)));
  }
  return { name, messages, v2, mbox, epochs: epochsOf(v2) };
}

/** The thread that is opened to see how long that takes. */
const LONG_THREAD = 108;

/** A long thread, then threads of twelve: a patch with a diff, and answers that cite it. */
function ownMail(at: number): Buffer {
  const first = at < LONG_THREAD ? 0 : at - (at % 12);
  const received = Array.from({ length: 12 }, (_, hop) => {
    return `Received: from mx${hop}.kernel.example by mx${hop + 1}.kernel.example with ESMTPS id ${at * 31 + hop}`;
  });
  const header = [
    ...received,
    `From: Person ${at % 97} <person${at % 97}@kernel.example>`,
    "To: list@kernel.example",
    `Subject: ${at === first ? "" : "Re: "}[PATCH] part ${first}: fix the order of the map`,
    `Date: ${new Date(Date.UTC(2024, 0, 1) + at * 60_000).toUTCString()}`,
    `Message-ID: <${at}@kernel.example>`,
    ...(at === first
      ? []
      : [`In-Reply-To: <${at - 1}@kernel.example>`, `References: <${first}@kernel.example>`]),
    "List-Id: <list.kernel.example>",
  ];
  const diff = Array.from({ length: 40 }, (_, line) => `+\tline ${line} of driver ${at % 31};`);
  const body =
    at === first
      ? ["The map is walked twice.", "---", "diff --git a/lib/map.c b/lib/map.c", "@@ -1,0 +1,40 @@", ...diff]
      : [
          `On Monday, Person <p@kernel.example> wrote:`,
          ...diff.map((line) => `> ${line}`),
          `Yes, driver ${at}.`,
        ];
  return Buffer.from(`${header.join("\n")}\n\n${body.join("\n")}\n`);
}

/** The messages of a corpus as a Maildir, for peers that read nothing else; made once. */
export async function maildirOf(corpus: Corpus): Promise<string> {
  const folder = join(home(), "peers", corpus.name, "maildir");
  if (existsSync(join(folder, "new"))) return folder;
  for (const name of ["cur", "tmp"]) mkdirSync(join(folder, name), { recursive: true });
  let count = 0;
  for await (const raw of mailsOf(corpus.mbox))
    writeFileSync(join(folder, "cur", `${++count}.bench:2,S`), raw);
  // Last, so that a run that was interrupted is begun again.
  mkdirSync(join(folder, "new"));
  return folder;
}
