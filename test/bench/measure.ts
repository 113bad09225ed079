/** Wall and CPU seconds of programs with all their children, in pairs run in turn, and the median of many. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { scratch } from "./scratch.ts";

/** What one run cost, and what it wrote to standard output. */
export interface Cost {
  wallSeconds: number;
  /** User and system time of the program and of every child it waited for. */
  cpuSeconds: number;
  output: string;
}

/** `times` of a POSIX shell, second line: the children's. */
const childTimes = /\n(\d+)m([\d.]+)s (\d+)m([\d.]+)s/;

/** Runs a program to its end. Throws with what it complained about when it fails. */
export function cost(program: string, args: readonly string[], env: Record<string, string> = {}): Cost {
  const out = join(scratch(), "output");
  const script = 'out=$1; shift; "$@" > "$out"; code=$?; times; exit $code';
  const started = performance.now();
  const { status, stdout, stderr } = spawnSync("sh", ["-c", script, "sh", out, program, ...args], {
    env: { ...process.env, ...env },
    maxBuffer: 1 << 26,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const wallSeconds = (performance.now() - started) / 1000;
  if (status !== 0) throw new Error(`${program} ${args.join(" ")}: ${stderr}`);
  const [, ...times] = childTimes.exec(String(stdout)) ?? [];
  const [userMinutes = 0, user = 0, systemMinutes = 0, system = 0] = times.map(Number);
  return {
    wallSeconds,
    cpuSeconds: (userMinutes + systemMinutes) * 60 + user + system,
    output: readFileSync(out, "latin1"),
  };
}

export const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;

/** Two things run in turn, so that both meet the same machine. */
export function pairs<A, B>(count: number, a: () => A, b: () => B): { a: A; b: B }[] {
  return Array.from({ length: count }, () => ({ a: a(), b: b() }));
}

/** A ratio of two costs over pairs: its median and its range. */
export function ratioOf<T>(
  runs: readonly { a: T; b: T }[],
  value: (run: T) => number,
): { ratio: number; low: number; high: number } {
  const ratios = runs.map(({ a, b }) => value(a) / value(b));
  return { ratio: median(ratios), low: Math.min(...ratios), high: Math.max(...ratios) };
}
