import assert from "node:assert/strict";
import { authorOf, firstNameOf, initialsOf, peopleOf } from "../../src/reader/client/people.ts";

const entry = (from: string, address: string) => ({
  messageId: address,
  depth: 0,
  missing: false,
  from,
  address,
  gist: "",
});

describe("client/people", () => {
  it("F814 one colour for a person, by name as by address", () => {
    const people = peopleOf([
      entry("Ada Moreno", "ada@kernel.example"),
      entry("Bo Lind", "bo@kernel.example"),
    ]);
    const colours = ["Ada Moreno", "ada@kernel.example", "Ada Moreno <ADA@kernel.example>", "bo lind"].map(
      (who) => people.colour(who),
    );
    assert.deepEqual(colours, [1, 1, 1, 2]);
  });
  it("F814 five colours, then the first again", () => {
    const people = peopleOf([]);
    assert.deepEqual(
      ["a", "b", "c", "d", "e", "f"].map((who) => people.colour(who)),
      [1, 2, 3, 4, 5, 1],
    );
  });
  it("an author taken apart", () => {
    assert.deepEqual(authorOf("Ada <ada@kernel.example>"), { name: "Ada", address: "ada@kernel.example" });
    assert.deepEqual(authorOf("ada@kernel.example"), { name: "", address: "ada@kernel.example" });
  });
  it("first names", () =>
    assert.deepEqual(["Ada Moreno", "Moreno, Ada", "ada@kernel.example"].map(firstNameOf), [
      "Ada",
      "Ada",
      "ada",
    ]));
  it("initials", () =>
    assert.deepEqual(["'Ada Moreno'", "Jiří", "ada.m@kernel.example", ""].map(initialsOf), [
      "AM",
      "J",
      "AM",
      "",
    ]));
});
