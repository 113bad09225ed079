/** What Node says on stderr beside the command line's own words. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { runProgram } from "../../src/base/process.ts";
import { cliProgram, openCli } from "./runCli.ts";

describe("the warnings of Node", () => {
  it("that SQLite is experimental is not told, all others are", async () => {
    const cli = openCli();
    try {
      const warn = 'process.emitWarning("Mail is old", "ExperimentalWarning")';
      const later = `process.once("beforeExit", () => { ${warn}; })`;
      const ran = await runProgram(
        process.execPath,
        ["--import", `data:text/javascript,${later}`, cliProgram].concat(
          ["--db", join(cli.folder, "index.sqlite")],
          [
            "index",
            cli.file(
              "a.mbox",
              "From mboxrd@z Thu Jan  1 00:00:00 1970\nMessage-ID: <a@kernel.example>\n\n\n",
            ),
          ],
        ),
        { env: { HOME: cli.folder }, cwd: cli.folder },
      );
      assert.equal(ran.code, 0, ran.stderr);
      assert.match(ran.stderr, /ExperimentalWarning: Mail is old/);
      assert.doesNotMatch(ran.stderr, /SQLite/);
    } finally {
      cli.remove();
    }
  });
});
