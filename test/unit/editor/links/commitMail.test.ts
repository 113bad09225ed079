/** Which mail became a commit: archives and trees made by hand. */
import assert from "node:assert/strict";
import type { FoundRow } from "../../../../src/archive/remote.ts";
import type { Archive } from "../../../../src/editor/archives/archiveWorker.ts";
import { linkedMail, mailOfCommit } from "../../../../src/editor/links/commitMail.ts";
import type { CommitLine, KernelTrees } from "../../../../src/editor/links/kernelTrees.ts";

const COMMIT: CommitLine = {
  tree: "/tree",
  id: "0123456789abcdef0123456789abcdef01234567",
  author: "Ada Moreno",
  address: "ada@kernel.example",
  dateMs: 0,
  subject: "pond: give pages back",
};

const found = (
  messageId: string,
  subject: string,
  fromAddress = "ada@kernel.example",
  dateMs = 1,
): FoundRow => ({
  messageId,
  thread: messageId,
  subject,
  fromName: "",
  fromAddress,
  dateMs,
  list: "",
});

/** Each mail as `id evidence held`. The diff of a message is its id: `same` is the commit's own. */
async function mails(message: string, rows: FoundRow[], held: string[] = []): Promise<string[]> {
  const answers: Record<string, (params: { messageIds: string[] }) => unknown> = {
    has: ({ messageIds }) => messageIds.map((id) => held.includes(id)),
    search: () => ({ found: rows }),
    raw: ({ messageIds }) =>
      messageIds.map((messageId) => ({
        messageId,
        raw: Buffer.from(`Subject: x\n\ndiff --git a/${messageId} b/x\n`),
      })),
  };
  const archive = { request: async (name: string, params: never) => answers[name]?.(params) };
  const trees = {
    message: async () => message,
    change: async () => "same",
    patchIds: async (_: string, diffs: string[]) =>
      diffs.map((diff) => (diff.includes("same") ? "1" : undefined)),
  };
  const all = await mailOfCommit(archive as unknown as Archive, trees as unknown as KernelTrees, COMMIT);
  return all.map((mail) => `${mail.messageId} ${mail.evidence} ${mail.held}`);
}

describe("editor/commitMail", () => {
  it("Link: trailers name mail, prose does not", () =>
    assert.deepEqual(
      linkedMail(
        "pond: x\n\nsee https://lore.kernel.org/r/0@x\n\nLink: https://patch.msgid.link/1@x.example\nLink: https://bugs.example/1\nMessage-ID: <2@x.example>\n",
      ),
      ["1@x.example", "2@x.example"],
    ));
  it("by link first, also when no archive has it", async () =>
    assert.deepEqual(
      await mails("Link: https://lore.kernel.org/r/1@x.example", [
        found("2@x", "[PATCH v2 1/2] pond: give pages back"),
      ]),
      ["1@x.example Link: false", "2@x subject and author true"],
    ));
  it("by the same change before subject and author, the newest first", async () =>
    assert.deepEqual(
      await mails("", [
        found("old@x", "[PATCH 1/2] pond: give pages back", undefined, 1),
        found("new@x", "[PATCH v2 1/2] pond: give pages back", undefined, 2),
        found("same@x", "[PATCH v3 1/2] pond: give pages back", "bo@kernel.example", 0),
      ]),
      ["same@x the same change true", "new@x subject and author true", "old@x subject and author true"],
    ));
  it("answers and other subjects are no patch; a subject alone counts when there is nothing better", async () => {
    const answer = found("1@x", "Re: [PATCH] pond: give pages back");
    const other = found("2@x", "[PATCH] pond: give pages back again");
    assert.deepEqual(await mails("", [answer, other]), []);
    const stranger = found("3@x", "[PATCH] pond: give pages back", "bo@kernel.example");
    assert.deepEqual(await mails("", [answer, stranger]), ["3@x subject true"]);
  });
});
