/** A public-inbox server, scripted: what is asked of it, and each of its faults as a sentence. */
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { sentence } from "../../../src/base/report.ts";
import {
  inboxes,
  message,
  newest,
  readManifest,
  repositorySize,
  type SentMail,
  search,
  searchMail,
  thread,
} from "../../../src/sources/lore.ts";
import { Server } from "../../../src/sources/server.ts";
import { challengePage, type FaultServer, faultServer, packedMails } from "../../faultServer.ts";

const ID = "20261116091542.4711-1-ada@kernel.example";
const never = new AbortController().signal;

const feedOf = (base: string, ...ids: string[]): string =>
  `<?xml version="1.0"?><feed>${ids
    .map(
      (id, at) =>
        `<entry><author><name>Ada &amp; Bo</name><email>ada@kernel.example</email></author><title>pond: &lt;${at}&gt;</title>` +
        `<updated>2026-11-16T09:15:4${9 - at}Z</updated><link\nhref="${base}list-a/${id}/"/><id>urn:uuid:1</id>` +
        `<thr:in-reply-to\nref="urn:uuid:2"\nhref="${base}list-a/parent-${id}/"/><content><link href="${base}x/no@id/"/></content></entry>`,
    )
    .join("")}</feed>`;
const atom = (body: string) => ({ headers: { "Content-Type": "application/atom+xml" }, body });

describe("sources/lore", () => {
  let remote: FaultServer;
  let server: Server;
  const open = async (scripts: Parameters<typeof faultServer>[0], path = ""): Promise<void> => {
    remote = await faultServer(scripts);
    server = new Server(`${remote.base}${path}`, { sleep: async () => undefined });
  };
  afterEach(() => remote.close());
  const size = async (sent: SentMail | undefined): Promise<number> => {
    let bytes = 0;
    for await (const piece of sent?.pieces ?? []) bytes += piece.length;
    return bytes;
  };
  const failure = async (asked: Promise<unknown>): Promise<string> =>
    await asked.then(
      () => assert.fail("answered"),
      (error) => sentence(error),
    );

  it("a thread of a server with a list of all", async () => {
    await open({ [`/all/${ID}/t.mbox.gz`]: packedMails("Subject: a\n\nb\n") });
    assert.ok((await size(await thread(server, ID, never))) > 20);
    assert.deepEqual(remote.asked, [`GET /all/${ID}/t.mbox.gz`]);
  });
  it("a thread of the list that the link names", async () => {
    await open({ [`/list-a/${ID}/t.mbox.gz`]: packedMails("Subject: a\n\nb\n") });
    assert.ok((await size(await thread(server, ID, never, `${remote.base}list-a/${ID}/T/#u`))) > 20);
    assert.equal(remote.asked.length, 1);
  });
  it("a thread of whichever list has it, by the root's redirect", async () => {
    await open({
      [`/${ID}/`]: { status: 302, headers: { Location: `/list-a/${ID}/` } },
      [`/list-a/${ID}/`]: { body: "page", headers: { "Content-Type": "text/html" } },
      [`/list-a/${ID}/t.mbox.gz`]: packedMails("Subject: a\n\nb\n"),
    });
    assert.ok((await size(await thread(server, ID, never))) > 20);
  });
  it("a thread of a server that is one list", async () => {
    await open({ [`/list-a/${ID}/t.mbox.gz`]: packedMails("Subject: a\n\nb\n") }, "list-a/");
    assert.ok((await size(await thread(server, ID, never, "https://other.example/x/y/"))) > 20);
    assert.equal(remote.asked.length, 1);
  });
  it("a thread that is nowhere", async () => {
    await open({});
    assert.equal(await thread(server, ID, never), undefined);
  });
  it("ids with strange characters stay one part of the path", async () => {
    await open({});
    await message(server, "a/b?c#d%e@x", never);
    assert.deepEqual(remote.asked, ["GET /all/a%2Fb%3Fc%23d%25e@x/raw"]);
  });
  it("a page instead of mail wants a browser", async () => {
    await open({ [`/all/${ID}/t.mbox.gz`]: challengePage, "/new.atom": challengePage });
    const wanted =
      /answered with a web page instead of mail: it may want to see a browser first\. Open the message/;
    assert.match(await failure(thread(server, ID, never)), wanted);
    assert.match(await failure(newest(server, never)), wanted);
  });
  it("new mail by pages, backwards", async () => {
    await open({
      "/new.atom": atom(feedOf("http://lore.example/", "1-a@x", "2-b@x")),
      "/new.atom?t=20261116091548": atom("<feed></feed>"),
    });
    const { entries, next } = await newest(server, never);
    assert.deepEqual(entries[0], {
      messageId: "1-a@x",
      parent: "parent-1-a@x",
      subject: "pond: <0>",
      name: "Ada & Bo",
      address: "ada@kernel.example",
      dateMs: Date.UTC(2026, 10, 16, 9, 15, 49),
    });
    assert.equal(next, "20261116091548");
    assert.deepEqual(await newest(server, never, next), { entries: [] });
  });
  it("what is no feed is told of", async () => {
    await open({ "/new.atom": { body: "hello" } });
    assert.match(await failure(newest(server, never)), /something that is no feed of mail/);
  });
  it("search: nothing found is 404", async () => {
    await open({});
    assert.deepEqual(await search(server, "s:pond", never), { entries: [] });
    assert.equal(await searchMail(server, "s:pond", never), undefined);
    assert.deepEqual(remote.asked, ["GET /?q=s%3Apond&x=A", "POST /all/?q=s%3Apond&x=m&t=1"]);
  });
  it("lists that can be mirrored, with their epochs", async () => {
    const manifest = {
      "/list-b/git/1.git": { description: "About b [epoch 1]", modified: 20 },
      "/list-b/git/0.git": { description: "About b [epoch 0]", modified: 10 },
      "/a/list-a/git/0.git": { description: null, modified: 5 },
      "/../evil/git/0.git": {},
      "/all.git": {},
    };
    await open({ "/manifest.js.gz": { body: gzipSync(JSON.stringify(manifest)) } });
    assert.deepEqual(await inboxes(server, never), [
      {
        path: "a/list-a",
        description: "",
        epochs: [{ number: 0, path: "a/list-a/git/0.git", modifiedMs: 5000 }],
      },
      {
        path: "list-b",
        description: "About b",
        epochs: [
          { number: 0, path: "list-b/git/0.git", modifiedMs: 10_000 },
          { number: 1, path: "list-b/git/1.git", modifiedMs: 20_000 },
        ],
      },
    ]);
  });
  it("a list of mirrors that is none", async () => {
    await open({ "/manifest.js.gz": { body: gzipSync("{").subarray(0, 15) } });
    assert.match(await failure(inboxes(server, never)), /The list of mirrors of .* cannot be read/);
    assert.deepEqual(readManifest([1, null]), []);
  });
  it("the size of a repository, where the server tells it", async () => {
    const pack = `pack-${"a".repeat(40)}.pack`;
    await open({
      "/l/git/0.git/objects/info/packs": { body: `P ${pack}\n` },
      [`/l/git/0.git/objects/pack/${pack}`]: { headers: { "Content-Length": "1234" } },
    });
    assert.equal(await repositorySize(server, "l/git/0.git", never), 1234);
    assert.equal(await repositorySize(server, "l/git/1.git", never), undefined);
  });
});
