/** Who said cited text: blocks and their sources in, authors out. */
import assert from "node:assert/strict";
import { readBody } from "../../../src/mail/body.ts";
import { settleAuthors } from "../../../src/threads/citedAuthors.ts";
import { citedSources } from "../../../src/threads/provenance.ts";

const PEOPLE = new Map([
  ["p1", { name: "Al Pha", address: "al@x.example" }],
  ["p2", { name: "Bo Eta", address: "bo@x.example" }],
]);

/** Cited blocks as `author`, with ` not NAMED` where the attribution says otherwise. Al answered Bo. */
function authors(body: string): (string | undefined)[] {
  const ancestors = [
    { messageId: "p1", body: "> Bo said one\n> Bo said two\nAl said one\nAl said two" },
    { messageId: "p2", body: "Bo said one\nBo said two" },
  ];
  const blocks = readBody(body);
  return settleAuthors(blocks, citedSources(body, blocks, ancestors), PEOPLE)
    .filter(({ kind }) => kind === "cited")
    .map(({ author, named }) => (named === undefined ? author : `${author} not ${named}`));
}

const wrote = (name: string): string => `On 1 May 2024 10:00, ${name} wrote:\n`;

describe("threads/citedAuthors", () => {
  it("A17 A408 the source wins over the attribution", () =>
    assert.deepEqual(
      authors(`${wrote("Al Pha")}> > Bo said one\n> Bo said one\n> Bo said two`).at(-1),
      "Bo Eta not Al Pha",
    ));
  it("A410 no dispute right below an attribution inside the text", () =>
    assert.deepEqual(
      authors(`${wrote("Al Pha")}> Al said one\n> ${wrote("Bo Eta")}> Bo said one\n> Bo said two`).at(-1),
      "Bo Eta",
    ));
  it("A408 forwarded text in the parent was not said by its author", () => {
    const forwarded = "Cy said one\nCy said two";
    const body = `${wrote("Cy Ota")}> ${forwarded.replace("\n", "\n> ")}`;
    const parent = `see\n-----Original Message-----\nFrom: Cy Ota\nSent: Monday\n\n${forwarded}`;
    const blocks = readBody(body);
    const sources = citedSources(body, blocks, [{ messageId: "p1", body: parent }]);
    const people = new Map([...PEOPLE, ["p3", { name: "Cy Ota", address: "cy@x.example" }] as const]);
    assert.deepEqual(settleAuthors(blocks, sources, people).at(-1)?.author, "Cy Ota");
  });
  it("A408 nobody disputes over a list's footer", () => {
    const footer = `> ${"_".repeat(40)}\n> a mailing list\n> https://lists.example/a`;
    const body = `${wrote("Al Pha")}> x\n${footer}`;
    const blocks = readBody(body);
    const parent = { messageId: "p2", body: footer.replaceAll("> ", "") };
    const settled = settleAuthors(blocks, citedSources(body, blocks, [parent]), PEOPLE);
    assert.deepEqual(settled.at(-1)?.named, undefined);
  });
  it("an attribution that agrees", () =>
    assert.deepEqual(authors(`${wrote("Al")}> Al said one\n> Al said two`), ["Al"]));
  it("an attribution by address agrees", () =>
    assert.deepEqual(authors(`${wrote("<al@x.example>")}> Al said one\n> Al said two`), ["al@x.example"]));
  it("a name nobody in the chain has is the same person by another name", () =>
    assert.deepEqual(authors(`${wrote("Alpha76")}> Al said one\n> Al said two`), ["Alpha76"]));
  it("without an attribution the source says who it was", () =>
    assert.deepEqual(authors("> Al said one\n> Al said two"), ["Al Pha"]));
  it("one line may be a coincidence", () =>
    assert.deepEqual(authors(`${wrote("Bo Eta")}> Al said one`), ["Bo Eta"]));
  it("text of two people stays as it is named", () =>
    assert.deepEqual(authors(`${wrote("Al Pha")}> Bo said one\n> Bo said two\n> Al said one`), ["Al Pha"]));
});
