/** Drafts for other programs: exactly the draft's recipients, and no word that a shell or a link could misread. */
import assert from "node:assert/strict";
import { readDraft } from "../../../src/compose/draftText.ts";
import { gitArguments, mailtoLink, readGitMail } from "../../../src/compose/handOver.ts";

const draft = (...header: string[]) =>
  readDraft(`From: Ada, the "R" <ada@kernel.example>\nSubject: Re: a&b\n${header.join("\n")}\n\nYes.\n\tx\n`)
    .draft;

const git = (version: string, commands = "") =>
  readGitMail(`git version ${version} (Some Build-154)\n`, commands);

describe("handing over", () => {
  it("gives git every recipient and lets it add none (R1302, R1303, R1305)", () => {
    const args = gitArguments(
      draft("To: bo@kernel.example", "Cc: list@lists.kernel.example"),
      "/tmp/x y.eml",
      git("2.39.5"),
    );
    assert.deepEqual(args.slice(0, 1), ["send-email"]);
    for (const one of [
      "--suppress-cc=all",
      "--to-cmd=true",
      "--no-bcc",
      "--to=bo@kernel.example",
      "--cc=list@lists.kernel.example",
      "--confirm=always",
    ]) {
      assert.ok(args.includes(one), one);
    }
    assert.equal(args.at(-1), "/tmp/x y.eml");
    const alone = gitArguments(draft("To: bo@kernel.example"), "x", git("2.41.0"));
    assert.ok(alone.includes("--no-cc"));
    // An older git takes it for the name of a revision.
    assert.deepEqual(
      [args, alone].map((all) => all.includes("--no-header-cmd")),
      [false, true],
    );
  });

  it("knows whether git can send at all (R1309)", () => {
    assert.equal(git("2.39.5", "send-pack\nsend-email\n").hasSendEmail, true);
    assert.equal(git("2.39.5", "send-pack\n").hasSendEmail, false);
    assert.equal(git("2.17.0", "").hasSendEmail, true);
    assert.equal(git("3.0.0").takesNoHeaderCmd, true);
  });

  it("escapes what a link may not hold", () => {
    assert.equal(
      mailtoLink(draft("To: bo+x@kernel.example", "In-Reply-To: <p@kernel.example>")),
      "mailto:bo%2Bx%40kernel.example?subject=Re%3A%20a%26b&in-reply-to=%3Cp%40kernel.example%3E&body=Yes.%0D%0A%09x%0D%0A",
    );
  });

  it("offers no link that would be cut off", () => {
    assert.equal(mailtoLink({ ...draft("To: bo@kernel.example"), body: "x".repeat(9000) }), undefined);
  });
});
