import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import type { MessageView } from "../../../src/reader/protocol.ts";
import { type ViewedNode, viewMessage, viewThread } from "../../../src/reader/view.ts";
import { corpus } from "../../corpora.ts";
import { messageOf } from "../../mails.ts";
import { splitMbox, viewMails } from "../../threadViews.ts";

const node = (messageId: string, more: Partial<ViewedNode> = {}): ViewedNode => ({
  messageId,
  depth: 0,
  missing: false,
  subject: "slack",
  fromName: "Ada Moreno",
  fromAddress: "ada@kernel.example",
  ...more,
});

const parentFields = {
  From: "Ada Moreno <ada@kernel.example>",
  To: "list@kernel.example",
  Cc: "Bo Lind <bo@kernel.example>, Dana Okafor <dana@kernel.example>",
  Subject: "slack",
  "Message-ID": "<a@kernel.example>",
};

/** The view of an answer to a message with the body "one\ntwo\n". */
async function answer(body: string, fields: Record<string, string> = {}): Promise<MessageView> {
  const parent = await messageOf(parentFields, "one\ntwo\n");
  const message = await messageOf(
    {
      From: "Chen Wei <chen@kernel.example>",
      To: "Ada Moreno <ada@kernel.example>",
      Cc: "list@kernel.example, Bo Lind <bo@kernel.example>, Elif <elif@kernel.example>",
      Subject: "Re: slack",
      "Message-ID": "<b@kernel.example>",
      "In-Reply-To": "<a@kernel.example>",
      ...fields,
    },
    body,
  );
  return viewMessage(message, {
    node: node("b@kernel.example", { depth: 1, parent: "a@kernel.example" }),
    ancestors: [parent],
  });
}

const cite = "On Mon, Nov 16, 2026 at 10:04:11 +0100, Ada Moreno wrote:\n> one\n> two\n";

/** The body of a message, put together again from its view. */
const bodyOf = (view: MessageView): string =>
  view.blocks.flatMap(({ lines, marks }) => lines.map((line, index) => `${marks[index]}${line}`)).join("\n");

describe("reader/view", () => {
  /** The lists that a message with this subject leaves, which answers one that came through a list. */
  async function leftLists(subject: string): Promise<string[] | undefined> {
    const parent = await messageOf({ ...parentFields, "List-Post": "<mailto:list@kernel.example>" }, "one\n");
    const fields = {
      From: "Bo Lind <bo@kernel.example>",
      To: "Ada Moreno <ada@kernel.example>",
      Subject: subject,
      "Message-ID": "<c@kernel.example>",
    };
    const view = viewMessage(await messageOf(fields, "two\n"), {
      node: node("c@kernel.example", { depth: 1, parent: "a@kernel.example" }),
      ancestors: [parent],
    });
    return view.changed?.lists?.map(({ address }) => address);
  }
  it("tells a list apart that an answer leaves", async () =>
    assert.deepEqual(await leftLists("Re: slack"), ["list@kernel.example"]));
  it("a patch may leave a list of its cover letter", async () =>
    assert.equal(await leftLists("[PATCH 1/2] slack"), undefined));
  it("says whom a message answers, and what changed in its recipients", async () => {
    const view = await answer(`${cite}\nno.\n`);
    assert.equal(view.answers, "Ada Moreno");
    assert.equal(view.parentState, "seen");
    assert.deepEqual(view.changed, {
      added: [{ name: "Elif", address: "elif@kernel.example" }],
      dropped: [{ name: "Dana Okafor", address: "dana@kernel.example" }],
    });
  });
  it("takes the marks off and keeps them: together they are the body", async () => {
    const view = await answer(`${cite}>> deeper\n\nno.\n`);
    const cited = view.blocks.find(({ kind }) => kind === "cited");
    assert.deepEqual(cited?.lines.slice(0, 2), ["one", "two"]);
    assert.deepEqual(cited?.marks.slice(0, 2), ["> ", "> "]);
    assert.equal(bodyOf(view), `${cite}>> deeper\n\nno.`);
  });
  it("F808 counts the share of cited lines", async () => {
    assert.equal((await answer("> one\n> two\nno.\n")).citedPercent, 67);
    assert.equal((await answer("no.\n")).citedPercent, undefined);
  });
  it("F06 marks a top-posted answer", async () => {
    assert.deepEqual((await answer(`no.\n\n${cite}`)).badges, ["top-posted"]);
    assert.deepEqual((await answer(`${cite}\nno.\n`)).badges, []);
  });
  it("places links where they stand behind the marks", async () => {
    const view = await answer("> see https://kernel.example/a\n\nno.\n");
    const spans = view.blocks[0]?.links?.[0]?.spans;
    assert.deepEqual(spans, [{ start: 4, end: 28, kind: "url", target: "https://kernel.example/a" }]);
  });
  it("D242 joins flowed lines within a block", async () => {
    const view = await answer("one \ntwo\n\nthree\n", { "Content-Type": "text/plain; format=flowed" });
    assert.deepEqual(view.blocks[0]?.joins, [0]);
    assert.deepEqual(view.badges, []);
  });
  it("names characters that hide", async () => {
    const view = await answer("a \u202e b\n", { "Content-Type": "text/plain; charset=utf-8" });
    assert.match(
      view.defects.join(),
      /1 invisible character is shown by its code; some of them make text look/,
    );
  });
  it("knows a message that is nothing but trailers", async () => {
    const view = await answer("Reviewed-by: Chen Wei <chen@kernel.example>\n");
    assert.equal(view.condensed, true);
    assert.equal(view.gist, "Reviewed-by Chen Wei");
  });
  it("F812 knows that the message it answers is missing", async () => {
    const message = await messageOf({ Subject: "Re: x", "Message-ID": "<b@kernel.example>" }, "> a\nb\n");
    const view = viewMessage(message, {
      node: node("b@kernel.example", { parent: "gone@kernel.example" }),
      ancestors: [],
    });
    assert.equal(view.parentState, "missing");
    assert.equal(view.answers, undefined);
    assert.equal(view.changed, undefined);
  });
  it("gives the link to copy, readable and escaped", async () => {
    const view = await answer("x\n", { "Message-ID": "<b/c%d@kernel.example>" });
    assert.equal(view.link, "https://lore.kernel.org/r/b%2Fc%25d@kernel.example");
  });
  it("outlines a thread, the missing included", () => {
    const view = viewThread({ thread: "a", subject: "s", list: "l", participants: 2 }, [
      node("a", { subject: "[PATCH 0/1] s", dateMs: 1 }),
      node("b", { depth: 1, parent: "a", missing: true, fromName: "", fromAddress: "" }),
    ]);
    assert.deepEqual(view.outline, [
      {
        messageId: "a",
        depth: 0,
        missing: false,
        from: "Ada Moreno",
        gist: "cover letter",
        address: "ada@kernel.example",
        dateMs: 1,
      },
      { messageId: "b", depth: 1, missing: true, from: "", gist: "", parent: "a" },
    ]);
  });
  it("real threads: every line in exactly one block, a mark beside each", async function () {
    this.timeout(60_000);
    for (const name of ["thread1-t.mbox.gz", "thread2-t.mbox.gz", "thread3-t.mbox.gz"]) {
      const path = corpus(this, "kgdb-bugreport", name);
      const threads = await viewMails(splitMbox(gunzipSync(readFileSync(path))));
      for (const view of threads.flatMap(({ messages }) => messages)) {
        let next = 1;
        for (const { firstLine, lastLine, lines, marks } of view.blocks) {
          assert.equal(firstLine, next, view.messageId);
          assert.equal(lines.length, lastLine - firstLine + 1, view.messageId);
          assert.equal(marks.length, lines.length, view.messageId);
          next = lastLine + 1;
        }
      }
    }
  });
});
