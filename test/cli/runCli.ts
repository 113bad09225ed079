/** Runs the command line as it ships, as a person would, with a home of its own. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runProgram } from "../../src/base/process.ts";
import { asAnybody } from "../closedTo.ts";
import { root } from "../fixtures.ts";

/** As it was built: to strip the types of its sources anew costs each command 0.3 s of processor time. */
export const cliProgram = join(root(), "dist", "cli.js");

export interface Ran {
  code: number;
  stdout: Buffer;
  stderr: string;
  /** stdout as JSON, an object for each line. */
  lines(): Record<string, unknown>[];
}

export interface Cli {
  /** Where the index and the home folder are. */
  folder: string;
  /** Runs a command with this folder's index. */
  run(...args: string[]): Promise<Ran>;
  /** The same with further variables of the environment. */
  runWith(env: Record<string, string>, ...args: string[]): Promise<Ran>;
  /** Writes a file into the folder and returns its path. */
  file(name: string, text: string): string;
  remove(): void;
}

/** A command line with an empty index; git knows `identity`, when one is given. */
export function openCli(identity?: { name: string; email: string }): Cli {
  const folder = mkdtempSync(join(tmpdir(), "kernel-mail-cli-"));
  const home = join(folder, "home");
  mkdirSync(home);
  if (identity)
    writeFileSync(
      join(home, ".gitconfig"),
      `[user]\n\tname = ${identity.name}\n\temail = ${identity.email}\n`,
    );
  const env = { HOME: home, XDG_CONFIG_HOME: join(home, ".config"), XDG_CACHE_HOME: join(home, ".cache") };
  const anybody = asAnybody() ?? [];
  const runWith: Cli["runWith"] = async (more, ...args) => {
    const flags = ["--disable-warning=ExperimentalWarning", cliProgram];
    const [program = "", ...words] = [...anybody, process.execPath, ...flags];
    const ran = await runProgram(program, [...words, "--db", join(folder, "index.sqlite"), ...args], {
      env: { ...env, ...more },
      cwd: folder,
    });
    const lines = () =>
      ran.stdout
        .toString("utf8")
        .trimEnd()
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Record<string, unknown>);
    return { ...ran, lines };
  };
  return {
    folder,
    run: (...args) => runWith({}, ...args),
    runWith,
    file(name, text) {
      const path = join(folder, name);
      writeFileSync(path, text);
      return path;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

interface ShownBlock {
  kind: string;
  depth: number;
  firstLine: number;
  lastLine: number;
  folded: boolean;
}

/** Says what is wrong with the blocks of a message: they must cover every line of the body once, in order. */
export function uncovered({ messageId, body, blocks }: Record<string, unknown>): string | undefined {
  let next = 1;
  for (const { firstLine, lastLine } of blocks as ShownBlock[]) {
    if (firstLine !== next || lastLine < firstLine)
      return `${messageId}: block ${firstLine}-${lastLine} where ${next} begins`;
    next = lastLine + 1;
  }
  const lines = String(body).split("\n").length;
  return next === lines + 1 ? undefined : `${messageId}: blocks end at ${next - 1} of ${lines} lines`;
}
