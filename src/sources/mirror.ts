/** Mirrors of our own: epochs cloned and fetched by git, one after the other, with progress; a half one is never seen. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { abortError } from "../base/channel.ts";
import { startFamily } from "../base/process.ts";
import { UserError } from "../base/report.ts";
import { epochsIn } from "./epochs.ts";
import { complaint, runGit, startFailure } from "./git.ts";

/** How git is run for the network: it may ask nobody, and takes no settings of the repository that run programs. */
export interface MirrorOptions {
  git: string;
  signal: AbortSignal;
  /** Whole percent of what git receives. */
  progress?: (percent: number) => void;
  /** The proxy of the editor, when it has one, and the hosts that are asked without it. */
  proxy?: { url: string; except: readonly string[] };
  /** A server that says nothing for so long is given up; one that packs says something every five seconds. */
  silenceSeconds?: number;
}

/** Where an epoch came from. */
export interface EpochOrigin {
  number: number;
  directory: string;
  url: string;
  /** Kernel Mail made it, or was allowed to fetch into it. */
  isOurs: boolean;
  /** What the server's manifest said of it when it was last fetched for that reason. */
  fingerprint?: string;
}

const SILENCE_SECONDS = 120;

const ENVIRONMENT = { GIT_TERMINAL_PROMPT: "0", GIT_ASKPASS: "", LC_ALL: "C" };
const SAFE = [
  "core.hooksPath=/dev/null",
  "core.fsmonitor=false",
  "protocol.ext.allow=never",
  "gc.auto=0",
  "http.lowSpeedLimit=1",
];

/** Half an epoch: it has no name of an epoch, so that nobody reads it; other windows have halves of their own. */
const partOf = (folder: string, number: number): string =>
  join(folder, "git", `part-${number}-${process.pid}`);

/** Takes away the halves that processes left which are no more. */
function removeOrphans(folder: string): void {
  for (const name of readdirSync(folder)) {
    const pid = /^part-\d+-(\d+)$/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid)))
      rmSync(join(folder, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: somebody else's, and alive.
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

/**
 * Clones one epoch to `folder/git/N.git`. One that is there already is left alone: so a mirror that was interrupted is
 * gone on with. Throws a UserError with git's own words; an AbortError when cancelled, with nothing left behind.
 */
export async function cloneEpoch(
  url: string,
  folder: string,
  number: number,
  options: MirrorOptions,
): Promise<void> {
  const directory = join(folder, "git", `${number}.git`);
  if (existsSync(directory)) return;
  const part = partOf(folder, number);
  mkdirSync(dirname(part), { recursive: true });
  removeOrphans(dirname(part));
  rmSync(part, { recursive: true, force: true });
  try {
    await runLoud(["clone", "--mirror", "--progress", "--", url, part], options);
    await runGit(options.git, part, ["config", "kernelmail.mirror", "true"]);
    // Another window may have been quicker.
    if (!existsSync(directory)) renameSync(part, directory);
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
}

/** Fetches what is new into one epoch. */
export async function fetchEpoch(directory: string, options: MirrorOptions): Promise<void> {
  await runLoud([`--git-dir=${directory}`, "fetch", "--progress", "--no-auto-maintenance"], options);
}

/**
 * Fetches an older epoch when its history is another one than the server's, which has taken mail out of it or put it
 * anew. Asked for once, whatever comes of it: what another program keeps beside the server's refs stays as it is.
 * @param fingerprint what the server's manifest says of the epoch
 */
export async function fetchRewritten(
  origin: EpochOrigin,
  fingerprint: string,
  options: MirrorOptions,
): Promise<void> {
  const { directory } = origin;
  if (fingerprint === origin.fingerprint || fingerprint === (await refsOf(directory, options.git))) return;
  await fetchEpoch(directory, options);
  await runGit(options.git, directory, ["config", "kernelmail.fingerprint", fingerprint]);
}

/** The fingerprint of a repository as manifests have it: SHA-1 over what `git show-ref` says. */
async function refsOf(directory: string, git: string): Promise<string> {
  const { stdout } = await runGit(git, directory, ["show-ref"]);
  return createHash("sha1").update(stdout).digest("hex");
}

/** When something was last fetched into an epoch, or looked for, by git; 0 for never. Milliseconds since 1970. */
export const fetchedMs = (directory: string): number =>
  statSync(join(directory, "FETCH_HEAD"), { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** Says of an epoch that Kernel Mail may fetch into it. */
export async function adoptEpoch(directory: string, git: string): Promise<void> {
  const { code, stderr } = await runGit(git, directory, ["config", "kernelmail.mirror", "true"]);
  if (code !== 0)
    throw new UserError(`“${directory}” cannot be changed: ${complaint(stderr)}.`, "Check its permissions.");
}

/** Where the epochs of an archive came from, oldest first; those without a web address are left out. */
export async function epochOrigins(path: string, git: string): Promise<EpochOrigin[]> {
  const origins: EpochOrigin[] = [];
  for (const { number, directory } of epochsIn(path)) {
    const { stdout } = await runGit(git, directory, [
      "config",
      "--get-regexp",
      "^(remote\\.origin\\.url|kernelmail\\.(mirror|fingerprint))$",
    ]);
    const values = new Map(
      stdout.split("\n").map((line) => [line.split(" ")[0] ?? "", line.split(" ").slice(1).join(" ")]),
    );
    const url = values.get("remote.origin.url") ?? "";
    if (!/^https?:\/\//i.test(url)) continue;
    const fingerprint = values.get("kernelmail.fingerprint");
    origins.push({
      number,
      directory,
      url,
      isOurs: values.get("kernelmail.mirror") === "true",
      ...(fingerprint === undefined ? {} : { fingerprint }),
    });
  }
  return origins;
}

/** The address of the inbox that an epoch's address belongs to, with a slash at its end. */
export const inboxAddress = (epochUrl: string): string =>
  epochUrl.replace(/\/(?:git\/)?\d+(?:\.git)?\/?$/, "/");

/** Whether grokmirror keeps this repository: then it is only read. */
export const isGrokmirrors = (directory: string): boolean =>
  existsSync(join(directory, "grokmirror.fingerprint")) ||
  [dirname(directory), dirname(dirname(directory)), dirname(dirname(dirname(directory)))].some(
    (above) => statSync(join(above, "manifest.js.gz"), { throwIfNoEntry: false })?.isFile() === true,
  );

/** git on the network: its progress is read from what it says, and its failure told in its words. */
function runLoud(args: readonly string[], options: MirrorOptions): Promise<void> {
  const { git, signal, progress, proxy, silenceSeconds = SILENCE_SECONDS } = options;
  const through = proxy === undefined ? [] : [`http.proxy=${proxy.url}`];
  const settings = [...SAFE, `http.lowSpeedTime=${silenceSeconds}`, ...through].flatMap((one) => ["-c", one]);
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(abortError());
      return;
    }
    const except =
      proxy === undefined || proxy.except.length === 0 ? {} : { no_proxy: proxy.except.join(",") };
    const child = startFamily(git, [...settings, ...args], { env: { ...ENVIRONMENT, ...except }, signal });
    child.stdin.on("error", () => undefined);
    child.stdin.end();
    child.stdout.resume();
    let said = "";
    child.stderr.on("data", (chunk: Buffer) => {
      said = (said + chunk.toString("latin1")).slice(-4000);
      const percent = /Receiving objects:\s+(\d{1,3})%(?!.*Receiving objects)/s.exec(said)?.[1];
      if (percent !== undefined) progress?.(Number(percent));
    });
    child.on("error", (error) => {
      // A cancel may be told at once, but git is there until it has taken away what it wrote.
      if (!signal.aborted || child.pid === undefined) reject(startFailure(git, error));
    });
    child.on("close", (code) => {
      if (signal.aborted) reject(abortError());
      else if (code === 0) resolve();
      else
        reject(
          new UserError(
            isSilent(said)
              ? `The server of the mirror has said nothing for ${silenceSeconds} seconds.`
              : `git could not fetch the mirror: ${lastWords(said)}.`,
            "Check the network, and try again.",
          ),
        );
    });
  });
}

/** Whether git gave up a server that had fallen silent; what it says of that last is what followed from it. */
const isSilent = (said: string): boolean => /^(?:fatal|error): .*Operation too slow/m.test(said);

/** What git complains about, without its progress. */
const lastWords = (said: string): string => {
  const lines = said.split(/[\r\n]+/).filter((line) => /^(?:fatal|error|remote): /.test(line));
  return (lines.at(-1) ?? "it ended early").replace(/^\w+: /, "").replace(/[.\s]+$/, "");
};
