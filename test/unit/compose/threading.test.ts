import assert from "node:assert/strict";
import { makeMessageId, threadingOf } from "../../../src/compose/threading.ts";
import { messageOf } from "../../mails.ts";

/** Fields of the parent in; In-Reply-To and References of the reply out. */
async function check(fields: Parameters<typeof messageOf>[0], references: string[]) {
  assert.deepEqual(threadingOf(await messageOf(fields)), { inReplyTo: references.at(-1), references });
}

const refs = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `r${from + index}@x`);

describe("threading of a reply", () => {
  it("G26 R301 References and the parent's id", () =>
    check({ References: "<a@x> <b@x>" }, ["a@x", "b@x", "c@x"]));
  it("G27 In-Reply-To where References are missing", () => check({ "In-Reply-To": "<a@x>" }, ["a@x", "c@x"]));
  it("G28 two candidates: none", () =>
    check({ "In-Reply-To": `"Bob's message of today" <a@x> <b@x>` }, ["c@x"]));
  it("G29 the parent's id once and last", () =>
    check({ References: "<a@x> <c@x> <b@x>" }, ["a@x", "b@x", "c@x"]));
  it("G30 an answer to git's prompt is no id", () => check({ "In-Reply-To": "y" }, ["c@x"]));
  it("R303 an address is no id", () => check({ "In-Reply-To": "<bob@x.example>" }, ["c@x"]));
  it("G31 R306 first and last 49 of very many", () =>
    check(
      {
        "Message-ID": "<m@x>",
        References: refs(1, 60)
          .map((id) => `<${id}>`)
          .join(" "),
      },
      ["r1@x", ...refs(13, 60), "m@x"],
    ));
  it("G32 a parent without an id", async () =>
    assert.deepEqual(threadingOf(await messageOf({ "Message-ID": undefined })), { references: [] }));
});

describe("Message-ID of a draft", () => {
  it("G34 time in UTC, random letters, the sender's domain", () => {
    const id = makeMessageId("ada@example.org", new Date(Date.UTC(2026, 10, 16, 8, 15, 42)));
    assert.match(`<${id}>`, /^<[0-9]{14}\.[A-Za-z0-9._-]+@example\.org>$/);
    assert.ok(id.startsWith("20261116081542."));
    assert.notEqual(id, makeMessageId("ada@example.org", new Date(Date.UTC(2026, 10, 16, 8, 15, 42))));
  });
  it("R402 nothing that a link would have to escape", () => {
    for (const address of ["a@münchen.example", "a@[192.0.2.1]", "a@b/c%d.example", "a"]) {
      assert.match(makeMessageId(address), /^[A-Za-z0-9._-]+@[A-Za-z0-9.-]+$/);
    }
  });
});
