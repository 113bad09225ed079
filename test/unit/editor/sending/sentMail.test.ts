/** Copies of sent mail: an mbox that any reader of mboxrd takes, or a Maildir. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keepSent } from "../../../../src/editor/sending/sentMail.ts";

describe("sent mail", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "kernel-mail-sent-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("is appended to an mbox, From lines quoted, with LF line ends", async () => {
    const path = join(folder, "below", "sent.mbox");
    await keepSent(path, [Buffer.from("Subject: a\r\n\r\nFrom here\r\n")]);
    await keepSent(path, [Buffer.from("Subject: b\r\n\r\n>From there\r\n")]);
    const separator = "From mboxrd@z Thu Jan  1 00:00:00 1970\n";
    assert.equal(
      readFileSync(path, "utf8"),
      `${separator}Subject: a\n\n>From here\n\n${separator}Subject: b\n\n>>From there\n\n`,
    );
  });

  it("is put into a Maildir, as seen", async () => {
    mkdirSync(join(folder, "cur"));
    await keepSent(folder, [Buffer.from("Subject: a\r\n\r\ntext\r\n")]);
    const [name = ""] = readdirSync(join(folder, "cur"));
    assert.match(name, /:2,S$/);
    assert.equal(readFileSync(join(folder, "cur", name), "utf8"), "Subject: a\n\ntext\n");
    assert.deepEqual(readdirSync(join(folder, "tmp")), []);
  });
});
