/** Which test files belong to which suite. */
import { globSync } from "node:fs";
import { root } from "./fixtures.ts";

export type SuiteName = "unit" | "host" | "ui" | "long";

/** Globs of a suite's files, and how long one test may take. */
const suites: Record<SuiteName, { globs: string[]; timeoutMs: number }> = {
  /** On plain Node: the rooms, the command line, the pane in a small DOM, the pane in a browser. */
  unit: {
    globs: [
      "test/unit/**/*.test.ts",
      "test/cli/**/*.test.ts",
      "test/client/**/*.test.ts",
      "test/pane/**/*.test.ts",
    ],
    timeoutMs: 60_000,
  },
  /** In the extension host: the rooms once more, but for the sweeps, and what needs a real editor. */
  host: { globs: ["test/unit/**/*.test.ts", "test/host/**/*.test.ts"], timeoutMs: 60_000 },
  /** Through the browser, as a person, with the packaged extension. */
  ui: { globs: ["test/ui/**/*.test.ts"], timeoutMs: 180_000 },
  /** What is slow by nature. */
  long: { globs: ["test/**/*.long.test.ts"], timeoutMs: 20 * 60_000 },
};

/** The files of a suite below the root, sorted; with `words`, those whose path holds one of them. */
export function suiteFiles(suite: SuiteName, words: readonly string[] = []): string[] {
  return (
    globSync(suites[suite].globs, { cwd: root() })
      .filter((path) => path.endsWith(".long.test.ts") === (suite === "long"))
      // Thousands of mails say nothing of the extension host that the other tests do not say there.
      .filter((path) => suite !== "host" || !path.endsWith(".sweep.test.ts"))
      .filter((path) => words.length === 0 || words.some((word) => path.includes(word)))
      .sort()
  );
}

export const suiteTimeoutMs = (suite: SuiteName): number => suites[suite].timeoutMs;
