import assert from "node:assert/strict";
import { applyEdits } from "../../../src/compose/edit.ts";
import { compareRecipients, dropFields, setMailboxes } from "../../../src/compose/headerEdit.ts";

const HEAD =
  "From: a@x.example\nTo: b@x.example,\n    c@x.example\nSubject: s\nIn-Reply-To: <p@x>\nReferences: <o@x>\n <p@x>\n\nbody\n";
const box = (address: string, name = "") => ({ name, address });
const set = (...args: [name: "From" | "To" | "Cc", ...addresses: string[]]): string => {
  const [name, ...addresses] = args;
  const edit = setMailboxes(
    HEAD,
    name,
    addresses.map((address) => box(address)),
  );
  return edit === undefined ? "unchanged" : applyEdits(HEAD, [edit]);
};

describe("fields of a draft", () => {
  it("are replaced whole", () =>
    assert.match(set("To", "d@x.example"), /^From: a@x\.example\nTo: d@x\.example\nSubject/));
  it("are made where they belong", () =>
    assert.match(set("Cc", "d@x.example"), /\n {4}c@x\.example\nCc: d@x\.example\nSubject/));
  it("stay when they say so already", () => assert.equal(set("From", "a@x.example"), "unchanged"));
  it("are not made for nobody", () => assert.equal(set("Cc"), "unchanged"));
  it("are dropped with all their lines", () =>
    assert.equal(
      applyEdits(HEAD, dropFields(HEAD, "In-Reply-To", "References")),
      "From: a@x.example\nTo: b@x.example,\n    c@x.example\nSubject: s\n\nbody\n",
    ));
});

describe("compareRecipients", () => {
  it("tells whom the person added and left out, by address", () => {
    const draft = { to: [box("b@x.example")], cc: [box("New@x.example")], bcc: [] };
    const expected = { to: [box("B@x.example", "Bob")], cc: [box("l@x.example")] };
    assert.deepEqual(
      compareRecipients(draft, expected).map(
        ({ field, mailbox, difference }) => `${field} ${mailbox.address} ${difference}`,
      ),
      ["To b@x.example none", "Cc New@x.example added", "Cc l@x.example left out"],
    );
  });
  it("R114 says why somebody was left out from the start", () => {
    const draft = { to: [box("b@x.example")], cc: [], bcc: [] };
    const struck = [{ mailbox: box("gone@x.example"), why: "bounced" as const }];
    const [, gone] = compareRecipients(draft, { to: [box("b@x.example")], cc: [], struck });
    assert.deepEqual([gone?.difference, gone?.why], ["left out", "bounced"]);
  });
  it("compares nothing without a parent", () => {
    const [one] = compareRecipients({ to: [box("b@x.example")], cc: [], bcc: [] }, undefined);
    assert.equal(one?.difference, "none");
  });
});
