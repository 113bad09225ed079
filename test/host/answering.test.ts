/** Answers that begin from a message: comments on its lines, trailers, templates, forwarding; and a new message. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import { readDraft } from "../../src/compose/draftText.ts";
import { accepting } from "./dialogs.ts";
import { textWithCursor } from "./draftFile.ts";
import { closeEditors, parts, run, samplePath, scratchFolder, setArchives, told, until } from "./editor.ts";

const PATCH = "20261005083000.4821-2-ada@moreno.example";

describe("answering from a message", () => {
  let folder: string;
  before(async () => {
    await setArchives({ path: samplePath() });
    const identities = [{ name: "Test Runner", address: "runner@kernel.example" }];
    await settings().update("identities", identities, true);
    folder = (await parts()).drafts;
  });
  const settings = () => vscode.workspace.getConfiguration("kernelMail");
  afterEach(async () => {
    await closeEditors();
    rmSync(folder, { recursive: true, force: true });
  });
  after(async () => {
    await settings().update("compose.templates", undefined, true);
    await settings().update("identities", undefined, true);
    await setArchives();
  });

  const active = (): vscode.TextEditor => {
    const editor = vscode.window.activeTextEditor;
    assert.ok(editor, "a draft is open");
    return editor;
  };
  const drafts = (): string[] =>
    readdirSync(folder)
      .filter((name) => name.endsWith(".eml"))
      .map((name) => readFileSync(join(folder, name), "utf8"));
  /** The number (from 1) of the first line of the patch's body that holds this text. */
  const lineOf = async (text: string): Promise<number> => {
    const { archive } = await parts();
    const [raw] = await archive.request("raw", { messageIds: [PATCH] });
    const mail = Buffer.from(raw?.raw ?? [])
      .toString("utf8")
      .replaceAll("\r\n", "\n");
    const body = mail.slice(mail.indexOf("\n\n") + 2).split("\n");
    return body.findIndex((line) => line.includes(text)) + 1;
  };
  const comment = async (text: string): Promise<string> => {
    const line = await lineOf(text);
    assert.ok(line > 0, text);
    const { answering } = await parts();
    await answering.comment({ messageId: PATCH, lines: [[line, line]] });
    return textWithCursor(active());
  };

  it("R114 leaves out whom mail does not reach, and offers them", async () => {
    const scratch = scratchFolder();
    const inbox = join(scratch.path, "inbox.mbox");
    const report = [
      "From mboxrd@z Thu Jan  1 00:00:00 1970",
      "From: Mail Delivery System <MAILER-DAEMON@kernel.example>",
      `Date: ${new Date().toUTCString()}`,
      "To: late@kernel.example",
      "Subject: Undelivered Mail Returned to Sender",
      "Message-ID: <report@kernel.example>",
      "MIME-Version: 1.0",
      'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
      "\n--b\nContent-Type: message/delivery-status",
      "\nReporting-MTA: dns; kernel.example",
      "\nFinal-Recipient: rfc822; dara@okafor.example\nAction: failed\nStatus: 5.1.1",
      "\n--b--\n",
    ];
    writeFileSync(inbox, report.join("\n"));
    await setArchives({ path: samplePath() }, { path: inbox });
    await settings().update("identities", [{ name: "Late Runner", address: "late@kernel.example" }], true);
    try {
      await run("replyAll", { messageId: PATCH });
      assert.doesNotMatch(drafts()[0] ?? "", /dara@okafor\.example/);
      await until("the remark", () =>
        vscode.languages
          .getDiagnostics(active().document.uri)
          .some(({ message }) => message.startsWith("Left out, since mail came back: ")),
      );
    } finally {
      await settings().update(
        "identities",
        [{ name: "Test Runner", address: "runner@kernel.example" }],
        true,
      );
      await setArchives({ path: samplePath() });
      scratch.remove();
    }
  });

  it("G50 a comment cites the line with its hunk's header, the cursor below", async () => {
    const text = await comment("lockdep_assert_held");
    assert.match(
      text,
      /wrote:\n> diff --git .*\n[\s\S]*\n> @@ -19,[\s\S]*\n> \+\tlockdep_assert_held.*\n\n‸\n?$/,
    );
    assert.equal(readDraft(text).draft.inReplyTo, PATCH);
  });

  it("G52 a second comment joins the one draft, in the order of the lines", async () => {
    await comment("+\tpond_refill(pond, gfp);");
    const first = active();
    await first.edit((edit) => edit.insert(first.selection.active, "Second."));
    await first.document.save();
    const text = await comment("lockdep_assert_held");
    assert.equal(drafts().length, 1);
    assert.match(text, /lockdep_assert_held.*\n\n‸\n\n> \[\.\.\.\]\n> @@ -32,[\s\S]*Second\./);
  });

  it("R711 a trailer is a mail of its own, shown before it is sent", async () => {
    await accepting(run("giveTrailer", { messageId: PATCH }));
    const [text = ""] = drafts();
    assert.match(text, /\n\nReviewed-by: Test Runner <runner@kernel\.example>\n$/);
    assert.match(text, /wrote:\n> .+\n/);
    await until("the preview", () => active().document.uri.scheme === "kernel-mail-preview");
  });

  it("a trailer goes to the patches that are marked, a mail for each", async () => {
    const { answering } = await parts();
    const [messageId, answer] = [PATCH, "20261005152048.p2@kernel.example"];
    const second = PATCH.replace("-2-", "-3-");
    const paths = await accepting(answering.trailers({ messageId, marked: [second, answer, messageId] }));
    assert.equal(paths.length, 2, "what is no patch gets none");
    const given = paths.map((path) => readDraft(readFileSync(path, "utf8")).draft);
    assert.deepEqual(
      given.map(({ inReplyTo }) => inReplyTo),
      [messageId, second],
    );
    for (const { body } of given)
      assert.match(body, /\n\nReviewed-by: Test Runner <runner@kernel\.example>\n$/);
  });

  it("a template answers, filled in", async () => {
    await settings().update("compose.templates", { thanks: `Thanks ${"$"}{firstName}, looks good.` }, true);
    await accepting(run("replyTemplate", { messageId: PATCH }));
    assert.match(drafts()[0] ?? "", /\n\nThanks Ada, looks good\.\n$/);
  });

  it("says so when there is no template", async () => {
    await settings().update("compose.templates", undefined, true);
    const [said] = await told(() => run("replyTemplate", { messageId: PATCH }));
    assert.match(said ?? "", /no templates/);
  });

  it("forwards a message inline, the patch as it stands, to nobody yet", async () => {
    await run("forward", { messageId: PATCH });
    const { draft } = readDraft(active().document.getText());
    assert.match(draft.subject, /^Fwd: \[PATCH/);
    assert.deepEqual([draft.to, draft.inReplyTo], [[], undefined]);
    assert.match(draft.body, /^-------- Forwarded Message --------$[\s\S]*^diff --git /m);
  });

  it("begins a new message at its To field", async () => {
    await run("newMessage");
    assert.match(textWithCursor(active()), /^From: Test Runner <runner@kernel\.example>\nTo: ‸\n/);
  });

  it("inserts a trailer where it belongs in a draft", async () => {
    await run("newMessage");
    await accepting(run("draft.insertTrailer"));
    assert.match(active().document.getText(), /\nReviewed-by: Test Runner <runner@kernel\.example>\n/);
  });
});
