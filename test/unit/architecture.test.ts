/** The page about the architecture says what the linter holds. */
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../fixtures.ts";

const ROOMS = ["base", "mail", "threads", "sources", "archive", "compose", "reader", "editor"];

interface Override {
  includes: string[];
  linter: { rules: { style: { noRestrictedImports: { options: { patterns?: { group: string[] }[] } } } } };
}

/** The rooms that an override of biome.json leaves open, without the files' own room. */
function openRooms({ includes, linter }: Override): string[] {
  const { patterns = [] } = linter.rules.style.noRestrictedImports.options;
  const closed = new Set(patterns.flatMap(({ group }) => group));
  if (closed.has("**")) return [];
  const own = /^src\/(\w+)\/\*/.exec(includes[0] ?? "")?.[1];
  return ROOMS.filter((room) => room !== own && !closed.has(`**/${room}/**`));
}

describe("docs/ARCHITECTURE.md", () => {
  const page = (): string => readFileSync(join(root(), "docs", "ARCHITECTURE.md"), "utf8");

  it("has the table of rooms that biome.json holds", () => {
    const { overrides } = JSON.parse(readFileSync(join(root(), "biome.json"), "utf8")) as {
      overrides: Override[];
    };
    const rows = new Map(
      [...page().matchAll(/^\| (`src\/[^|]*) \| ([^|]*) \|$/gm)].map((row) => [row[1] ?? "", row[2] ?? ""]),
    );
    assert.ok(rows.size >= 13);
    for (const [files, rooms] of rows) {
      const includes = files.split(", ").map((name) => name.slice(1, -1));
      const override = overrides.find((one) => one.includes.join() === includes.join());
      assert.ok(override !== undefined, `${files} is not in biome.json`);
      const open = openRooms(override);
      assert.equal(rooms, open.join(", ") || "none", files);
    }
  });
});

describe("the doors", () => {
  const filesWith = (pattern: RegExp): string[] =>
    globSync("src/**/*.ts", { cwd: root() }).filter((path) =>
      pattern.test(readFileSync(join(root(), path), "utf8")),
    );

  it("one file fetches", () => {
    assert.deepEqual(filesWith(/(?<![.\w])fetch\(|node:https"|globalThis\.fetch/), ["src/sources/server.ts"]);
  });

  it("one file listens, and asks nobody", () => {
    assert.deepEqual(filesWith(/node:http"/), ["src/editor/sending/browserListener.ts"]);
    assert.deepEqual(filesWith(/import \{ createServer \} from "node:http";/), [
      "src/editor/sending/browserListener.ts",
    ]);
  });
});
