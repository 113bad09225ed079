/** The one door to other programs: argument arrays, never a shell, with an environment that is not the editor's. */
import { type ChildProcessByStdio, type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { UserError } from "./report.ts";

/** What a program that has ended left behind. `code` is -1 when a signal ended it. */
export interface Finished {
  code: number;
  stdout: Buffer;
  stderr: string;
}

export interface RunOptions {
  cwd?: string;
  input?: Uint8Array | string;
  /** Further variables, set after the scrubbing. */
  env?: Record<string, string>;
  signal?: AbortSignal;
}

/**
 * The environment for programs we start: the editor's own variables change what Node and git do
 * (ELECTRON_RUN_AS_NODE, VSCODE_*), and GIT_* of a surrounding git command would point git at another repository.
 */
export function programEnvironment(extra: Record<string, string> = {}): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value === undefined || /^(ELECTRON_RUN_AS_NODE$|VSCODE_|GIT_)/.test(name)) continue;
    env[name] = value;
  }
  return { ...env, ...extra };
}

/** Starts a program with pipes on all three streams. Failing to start arrives as its `error` event. */
export function startProgram(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): ChildProcessWithoutNullStreams {
  return spawn(program, args, {
    cwd: options.cwd,
    env: programEnvironment(options.env),
    signal: options.signal,
    shell: false,
    windowsHide: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
}

/**
 * The same for a program that starts others, such as git on the network: the signal ends all of them. `close` comes when
 * none of them is there any more.
 */
export function startFamily(
  program: string,
  args: readonly string[],
  { signal, ...options }: RunOptions & { signal: AbortSignal },
): ChildProcessWithoutNullStreams {
  // Windows has no groups of processes to be ended by one call.
  if (process.platform === "win32") return startProgram(program, args, { ...options, signal });
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: programEnvironment(options.env),
    shell: false,
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
  const { pid } = child;
  if (pid === undefined) return child;
  const end = () => {
    try {
      process.kill(-pid, "SIGTERM");
    } catch (error) {
      // They have all ended by themselves meanwhile.
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  };
  if (signal.aborted) end();
  signal.addEventListener("abort", end, { once: true });
  child.on("close", () => signal.removeEventListener("abort", end));
  return child;
}

/** The same with standard output going to an open file. */
export function startProgramInto(
  fd: number,
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): ChildProcessByStdio<Writable, null, Readable> {
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: programEnvironment(options.env),
    signal: options.signal,
    shell: false,
    windowsHide: true,
    stdio: ["pipe", fd, "pipe"],
  });
  // The types know files only by number in general; two of the three are pipes.
  return child as ChildProcessByStdio<Writable, null, Readable>;
}

/** A program that is not on the PATH, as a sentence with a next step. */
export function missingProgram(program: string): UserError {
  return new UserError(
    `The program “${program}” was not found.`,
    `Install ${program}, or make sure that it is on the PATH, and try again.`,
  );
}

/** Runs a program to its end. A code other than 0 is an answer, not an error; a missing program is a UserError. */
export function runProgram(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = startProgram(program, args, options);
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
    child.on("error", (error: NodeJS.ErrnoException) =>
      reject(error.code === "ENOENT" && options.cwd === undefined ? missingProgram(program) : error),
    );
    child.on("close", (code) =>
      resolve({ code: code ?? -1, stdout: Buffer.concat(out), stderr: Buffer.concat(err).toString("utf8") }),
    );
    // A program may end without reading its input; that is its answer, not a failure of ours.
    child.stdin.on("error", () => undefined);
    child.stdin.end(options.input ?? "");
  });
}
