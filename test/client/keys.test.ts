import assert from "node:assert/strict";
import { keyRows } from "../../src/reader/client/keyOverlay.ts";
import { ACTIONS, keyName, type Pressed } from "../../src/reader/client/keys.ts";
import { PAGE_KEYS } from "../../src/reader/pageKeys.ts";

const press = (key: string, held: string[] = []): string | undefined =>
  keyName({
    key,
    ctrlKey: held.includes("Control"),
    metaKey: held.includes("Meta"),
    altKey: held.includes("Alt"),
    shiftKey: held.includes("Shift"),
    getModifierState: (name: string) => held.includes(name),
  } satisfies Pressed);

describe("client/keys", () => {
  it("a key is the character it produces", () => {
    assert.deepEqual(
      [press("j"), press("J", ["Shift"]), press("?", ["Shift"]), press(" ")],
      ["j", "J", "?", "Space"],
    );
    assert.deepEqual(
      [press(" ", ["Shift"]), press("Backspace", ["Shift"])],
      ["Shift+Space", "Shift+Backspace"],
    );
  });
  it("brackets that need AltGr are keys", () =>
    assert.equal(press("]", ["Control", "Alt", "AltGraph"]), "]"));
  it("nothing with Ctrl, Cmd or Alt", () =>
    assert.deepEqual(
      ["Control", "Meta", "Alt"].map((held) => press("j", [held])),
      [undefined, undefined, undefined],
    ));
  it("every action has a key as shipped, and every key an action", () =>
    assert.deepEqual([...new Set(Object.values(PAGE_KEYS))].sort(), Object.keys(ACTIONS).sort()));
  it("the overlay lists the keys that hold", () =>
    assert.deepEqual(
      [...keyRows({ j: "nextMessage", x: "nextMessage", q: "unheard" })],
      [["Moving", [{ title: "Next message", keys: ["j", "x"] }]]],
    ));
});
