/** The gates before a mail leaves, in the real editor: findings, the preview of one mail or many, confirmation. */
import assert from "node:assert/strict";
import * as vscode from "vscode";
import { accepting, answering } from "./dialogs.ts";
import { run, told, until } from "./editor.ts";
import { confirm, mailsIn, preview, sendingStage, set, write } from "./sendingStage.ts";

const COVER = "20261005083000.4821-1-ada@moreno.example";
const PATCHES = ["[PATCH 1/3]", "[PATCH 2/3]", "[PATCH 3/3]"];
const LIST = "linux-pond@lists.kernel.example";

/** The mails of a batch's preview, as they stand between the lines that name them. */
const mailsShown = (text: string): string[] =>
  text
    .split(/^==== \d+ of \d+: .* ====\r\n/m)
    .slice(1)
    .map((mail) => mail.replace(/\r\n$/, ""));

describe("the gates of sending", () => {
  const stage = sendingStage();
  const arrived = (count: number) => until("the mails arrive", () => stage.server.received.length === count);

  /** A trailer for every patch of a series; what its preview shows. */
  const giveTrailers = async (): Promise<vscode.TextDocument> => {
    const giving = () => accepting(run("giveTrailerSeries", { messageId: COVER }));
    await answering(giving, { "Reviewed-by for": PATCHES });
    return await preview();
  };

  it("a trailer for several patches: one preview of all, one question with number and lists, byte for byte", async () => {
    const shown = mailsShown((await giveTrailers()).getText());
    assert.equal(shown.length, 3);
    const [asked] = await answering(() => run("draft.confirmSend"), { "Send 3 messages": "Send All" });
    assert.match(
      asked?.text ?? "",
      new RegExp(`^Send 3 messages to ${LIST} and \\d+ people\\?\nRe: \\[PATCH 1/3\\]`),
    );
    await arrived(3);
    assert.deepEqual(
      stage.server.received.map(({ bytes }) => bytes.toString()),
      shown,
    );
    for (const { to } of stage.server.received) assert.ok(to.includes(LIST));
    assert.deepEqual(mailsIn(stage.drafts), []);
  });

  it("a draft of several that is edited after the preview voids it", async () => {
    const before = await giveTrailers();
    const [name = ""] = mailsIn(stage.drafts);
    const file = vscode.Uri.joinPath(vscode.Uri.file(stage.drafts), name);
    const change = new vscode.WorkspaceEdit();
    const { lineCount } = await vscode.workspace.openTextDocument(file);
    change.insert(file, new vscode.Position(lineCount, 0), "Thanks!\n");
    await vscode.workspace.applyEdit(change);
    await vscode.window.showTextDocument(before);
    await run("draft.confirmSend");
    const after = await until("the new preview", () => {
      const document = vscode.window.activeTextEditor?.document;
      return document?.uri.scheme === "kernel-mail-preview" && document !== before && document;
    });
    assert.match(after.getText(), /\r\nThanks!\r\n/);
    assert.equal(stage.server.received.length, 0);
    await preview();
    await answering(() => run("draft.confirmSend"), { "Send 3 messages": "Send All" });
    await arrived(3);
  });

  it("R704 a preview that is asked for again follows the setting that leaves out what nobody answers", async () => {
    const { document } = await write("Fine.\n\n> Said below the answer.");
    const shown = async () => {
      await vscode.window.showTextDocument(document);
      await run("draft.preview");
      return (await preview()).getText();
    };
    assert.match(await shown(), /\r\nFine\.\r\n$/);
    await set("compose.trimOnSend", false);
    assert.match(await shown(), /\r\nFine\.\r\n\r\n> Said below the answer\.\r\n$/);
    await set("compose.trimOnSend", undefined);
  });

  it("each warning has to be accepted by its name", async () => {
    await write(`Fine.\n${"a word or two ".repeat(9)}`);
    await run("draft.send");
    await preview();
    const [asked] = await answering(() => run("draft.confirmSend"), { Warning: [] });
    assert.match(asked?.text ?? "", /^Send in Spite of \d Warning/);
    assert.equal(stage.server.received.length, 0);
    await answering(() => run("draft.confirmSend"), { Warning: asked?.offered ?? [] });
    await arrived(1);
  });

  describe("with the summary for small replies", () => {
    before(() => set("send.confirmation", "summary"));
    after(() => set("send.confirmation", undefined));

    it("confirms in one box with the own lines and everybody who gets them", async () => {
      await write("Fine.");
      const [asked] = await answering(() => run("draft.send"), { "Re: [PATCH 2/3] pond": "Send" });
      assert.match(asked?.text ?? "", /^Re: \[PATCH 2\/3\] pond.*\nFine\.\n\n→ .*\n→ /);
      assert.match(asked?.text ?? "", new RegExp(`→ ${LIST}`));
      await arrived(1);
      assert.deepEqual(mailsIn(stage.drafts), []);
    });

    it("shows the preview of a reply with more lines, and of one with other recipients", async () => {
      await write("A line.\n".repeat(11));
      await run("draft.send");
      await confirm();
      await arrived(1);
      const editor = await write("Fine.");
      const text = editor.document.getText();
      const at = editor.document.positionAt(text.indexOf("\nSubject:"));
      await editor.edit((edit) => edit.insert(at, ", cy@kernel.example"));
      await run("draft.send");
      await confirm();
      await arrived(2);
      assert.ok(stage.server.received[1]?.to.includes("cy@kernel.example"));
    });
  });

  it("with an error nothing is previewed, and the first is told", async () => {
    await run("replyAll", { messageId: COVER });
    await until("the draft", () => vscode.window.activeTextEditor?.document.languageId === "kernel-mail");
    const [said] = await told(() => run("draft.send"));
    assert.match(said ?? "", /^Not ready to be sent: The message holds no text of your own\. \(line \d+\)/);
    assert.equal(vscode.window.activeTextEditor?.document.uri.scheme, "file");
  });
});
