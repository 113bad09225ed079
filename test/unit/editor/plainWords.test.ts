/** Strangers' words in messages and labels of the editor: what it would read as a mark is none. */
import assert from "node:assert/strict";
import { inLabel, inMessage } from "../../../src/editor/plainWords.ts";

describe("editor/plainWords", () => {
  const label = (text: string, expected: string) =>
    it(`D207 label: ${text}`, () => assert.equal(inLabel(text), expected));
  const message = (text: string, expected: string) =>
    it(`D207 message: ${text}`, () => assert.equal(inMessage(text), expected));

  label("$(bug) fix", "\\$(bug) fix");
  label("$(sync~spin)$(git-commit)", "\\$(sync~spin)\\$(git-commit)");
  label("make $(CC) $(shell date) \\$(x)", "make \\$(CC) $(shell date) \\\\$(x)");
  message("[x](command:y)", "[x] (command:y)");
  message("[x][1](https://h.example) f(a[0])", "[x][1] (https://h.example) f(a[0])");
});
