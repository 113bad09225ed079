/** A draft handed over to other programs, in the real editor: its list, git send-email in a terminal, files. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import { answering } from "./dialogs.ts";
import { run, scratchFolder, until } from "./editor.ts";
import { sendingStage, set, write } from "./sendingStage.ts";

const LIST = "linux-pond@lists.kernel.example";
const TITLE = "Hand the Draft Over to";
const hasSendEmail = spawnSync("git", ["--list-cmds=main,others"]).stdout.toString().includes("send-email");

describe("handing a draft over", () => {
  const stage = sendingStage();
  const scratch = scratchFolder();
  after(async () => {
    for (const terminal of vscode.window.terminals) terminal.dispose();
    await set("gitPath", undefined);
    scratch.remove();
  });
  /** Makes a shell script the person's git. */
  const useGit = async (script: string): Promise<void> => {
    const path = join(scratch.path, "git");
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
    await set("gitPath", path);
  };

  it("says which package has send-email where git has none (R1309)", async () => {
    await useGit(`[ "$1" = version ] && echo git version 2.39.5; [ "$1" = version ] || echo send-pack`);
    await write("For git.");
    const asked = await answering(() => run("draft.handOver"), { [TITLE]: "git send-email" });
    assert.match(asked[0]?.offered[0] ?? "", /\nNot installed\. Install git-email, /);
    assert.match(
      asked[1]?.text ?? "",
      /^git has no send-email on this machine\. Install git-email, .*\.eml\.$/,
    );
    assert.deepEqual(
      asked[0]?.offered.map((entry) => entry.split("\n")[0]?.replace(/^\$\(.*?\) /, "")),
      [
        "git send-email, in a terminal",
        "A file .eml",
        "An mbox",
        "The mail program of this machine (mailto:)",
      ],
    );
  });

  it("has git send-email ask in a terminal, and send to the draft's recipients alone (R1302, R1303, R1305)", async function () {
    if (!hasSendEmail) this.skip();
    const config = join(scratch.path, "gitconfig");
    writeFileSync(
      config,
      `[user]\n\tname = Somebody Else\n\temail = else@kernel.example\n[sendemail]\n\tsmtpServer = 127.0.0.1\n` +
        `\tsmtpServerPort = ${stage.server.port}\n\ttocmd = echo added@kernel.example #\n\tbcc = bcc@kernel.example\n`,
    );
    await useGit(`GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=${config} exec git "$@"`);
    const editor = await write("Reviewed-by: Cy Reader <cy@kernel.example>");
    const header = editor.document.getText();
    await answering(() => run("draft.handOver"), { [TITLE]: "git send-email" });
    const terminal = await until("the terminal", () =>
      vscode.window.terminals.find(({ name }) => name === "git send-email"),
    );
    // What is typed before git asks waits for it.
    terminal.sendText("y");
    const mail = await until("the mail arrives", () => stage.server.received[0]);
    assert.ok(mail.to.includes(LIST));
    for (const address of mail.to) assert.ok(header.includes(address), address);
    assert.equal(mail.from, "reviewer@kernel.example");
    assert.match(mail.bytes.toString(), /\r\nReviewed-by: Cy Reader <cy@kernel\.example>\r\n$/);
    assert.doesNotMatch(mail.bytes.toString(), /Somebody Else|\r\n\r\nFrom:/);
  });

  it("saves the exact bytes as a file", async () => {
    await write("For a file.");
    const path = join(scratch.path, "draft.eml");
    const window = vscode.window as unknown as { showSaveDialog: () => Promise<vscode.Uri> };
    const { showSaveDialog } = window;
    window.showSaveDialog = async () => vscode.Uri.file(path);
    try {
      await answering(() => run("draft.handOver"), { [TITLE]: "A file .eml" });
    } finally {
      window.showSaveDialog = showSaveDialog;
    }
    const bytes = Buffer.from(await vscode.workspace.fs.readFile(vscode.Uri.file(path)));
    assert.match(
      bytes.toString(),
      /^From: Ada Reviewer <reviewer@kernel\.example>\r\n[\s\S]*\r\nFor a file\.\r\n$/,
    );
  });
});
