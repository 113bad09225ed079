/** The archives a benchmark runs on: v2 mirrors and mboxes made by the scale tool, kept for the next run. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { corporaFolder } from "../corpora.ts";

/** Archives with the same messages in the same order. */
export interface ScaleCorpus {
  messages: number;
  v2: string;
  mbox: string;
  /** The epochs of `v2`, newest first. */
  epochs: string[];
}

/** Where corpora are kept between runs. */
const home = () => process.env["KERNEL_MAIL_SCALE"] ?? join(homedir(), ".cache", "kernel-mail-scale");

/**
 * The corpus with so many messages; made when it is missing, from the history of the git repository that
 * KERNEL_MAIL_POOL names. A sentence when it can neither be found nor made.
 */
export function scaleCorpus(messages: number): ScaleCorpus | string {
  const name = messages % 1000 === 0 ? `${messages / 1000}k` : String(messages);
  const v2 = join(home(), name);
  const mbox = join(home(), `${name}.mbox`);
  if (!existsSync(mbox) || !existsSync(join(v2, "git"))) {
    const failed = make(messages, v2, mbox);
    if (failed !== undefined) return failed;
  }
  const epochs: string[] = [];
  for (let at = 0; existsSync(join(v2, "git", `${at}.git`)); at += 1) {
    epochs.unshift(join(v2, "git", `${at}.git`));
  }
  return { messages, v2, mbox, epochs };
}

function make(messages: number, v2: string, mbox: string): string | undefined {
  const corpora = corporaFolder();
  const tool = corpora === undefined ? "" : join(corpora, "..", "tools", "make-scale-corpus.py");
  const pool = process.env["KERNEL_MAIL_POOL"];
  if (!existsSync(tool)) return "the tool that makes scale corpora is not here (set KERNEL_MAIL_CORPORA)";
  if (pool === undefined) return "no pool of patches: set KERNEL_MAIL_POOL to a git repository with history";
  mkdirSync(home(), { recursive: true });
  const raw = join(home(), "pool.raw");
  const shell = (command: string, ...args: string[]) =>
    spawnSync("sh", ["-ec", command, ...args], { stdio: ["ignore", "ignore", "inherit"] }).status === 0;
  const format = "%x01%H%x02%an%x02%ae%x02%at%x02%s%x02%b%x02";
  const log = `git -C "$0" log --no-merges -n 24000 -p --stat=72 --format='${format}' HEAD > "$1"`;
  if (!existsSync(raw) && !shell(log, pool, raw)) return `no history could be read from ${pool}`;
  const tries = 'python3 "$0" --pool "$1" --count "$2" --seed 1 --mbox "$3" --v2 "$4"';
  return shell(tries, tool, raw, String(messages), mbox, v2)
    ? undefined
    : "the scale corpus could not be made";
}
