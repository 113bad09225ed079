import assert from "node:assert/strict";
import type { Found } from "../../../src/sources/found.ts";
import { Sheaf } from "../../../src/sources/sheaf.ts";

const text = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString();

/** What a mail says, its bytes as text. */
const said = ({ recipients, prose, ...rest }: Found) => ({
  ...rest,
  recipients: text(recipients),
  prose: text(prose),
});

function foundOf(id: string, more: Partial<Found> = {}, skeleton: Partial<Found["skeleton"]> = {}): Found {
  return {
    place: { path: "m" },
    skeleton: {
      messageId: id,
      hasMessageId: true,
      references: [],
      fromName: "Ada",
      fromAddress: "ada@host.example",
      subject: `about ${id}`,
      dateMs: undefined,
      listId: "",
      ...skeleton,
    },
    size: 10,
    ...more,
  };
}

const full = foundOf(
  "full@host.example",
  {
    place: { path: "git/0.git", oid: "a".repeat(40), offset: 7, length: 9 },
    recipients: Buffer.from("to_host_example "),
    prose: Buffer.from("own wörds\n"),
    arrivedMs: 1e12,
    flags: "RS",
    inbox: "list",
  },
  {
    hasMessageId: false,
    references: ["root@host.example", "wörld@host.example"],
    fromName: "Grüße 漢字 😀",
    subject: "[PATCH] a\u0000b",
    dateMs: -1,
    listId: "list.host.example",
  },
);
const empty = foundOf("e", { flags: "", inbox: "", prose: Buffer.alloc(0), recipients: Buffer.alloc(0) });

const idsOf = (sheaf: Sheaf): string[] => [...sheaf].map(({ skeleton }) => skeleton.messageId);
const three = () => Sheaf.of([foundOf("a"), foundOf("b", { place: { path: "n", offset: 1 } }), foundOf("c")]);

describe("sources/sheaf", () => {
  it("gives back what was put in, what is empty and what is absent as well", () => {
    const mails = [full, empty, foundOf("bare")];
    assert.deepEqual([...Sheaf.of(mails)].map(said), mails.map(said));
  });

  it("keeps half a letter from moving what follows it", () => {
    const [found] = Sheaf.of([foundOf("a", {}, { subject: "half \ud800 letter", fromName: "Ada" })]);
    assert.deepEqual([found?.skeleton.subject, found?.skeleton.fromName], ["half \ufffd letter", "Ada"]);
  });

  it("gives ids and places alone", () => {
    const sheaf = Sheaf.of([empty, full]);
    assert.deepEqual(sheaf.ids(1), ["full@host.example", "root@host.example", "wörld@host.example"]);
    assert.deepEqual(sheaf.place(1), full.place);
  });

  it("takes in another one in its order and against it", () => {
    const sheaf = Sheaf.of([full]);
    sheaf.append(three());
    sheaf.append(three(), "last");
    assert.deepEqual(idsOf(sheaf), [full.skeleton.messageId, "a", "b", "c", "c", "b", "a"]);
    assert.deepEqual([sheaf.place(2), sheaf.place(5).path, sheaf.size], [{ path: "n", offset: 1 }, "n", 70]);
    assert.deepEqual([...sheaf].map(({ inbox }) => inbox).slice(0, 2), ["list", undefined]);
  });

  it("drops what is gone, and moves with its folder", () => {
    const sheaf = three();
    sheaf.drop(({ path }) => path === "n");
    sheaf.movePaths((path) => `outer/${path}`);
    assert.deepEqual([idsOf(sheaf), sheaf.size, sheaf.place(1).path], [["a", "c"], 20, "outer/m"]);
  });

  it("crosses a wall", () => {
    const crossed = Sheaf.from(structuredClone(Sheaf.of([full, empty]).plain()));
    assert.deepEqual([...crossed].map(said), [full, empty].map(said));
    crossed.append(three());
    assert.equal(crossed.length, 5);
  });

  it("is full by the number of mails and by their bytes", () => {
    const many = Sheaf.of(Array.from({ length: 499 }, (_, at) => foundOf(`${at}`)));
    assert.equal(many.full, false);
    many.push(full);
    assert.equal(many.full, true);
    assert.equal(Sheaf.of([foundOf("long", { prose: Buffer.alloc(1 << 23) })]).full, true);
    many.clear();
    assert.deepEqual([many.length, many.size, many.full, many.next().length], [0, 0, false, 0]);
  });
});
