import assert from "node:assert/strict";
import {
  chooseIdentity,
  chooseSelf,
  excludedRecipients,
  isSelf,
  matchesGlob,
} from "../../../src/compose/identity.ts";
import { ada, messageOf } from "../../mails.ts";

const user: [string, string][] = [
  ["user.name", "Ada Reviewer"],
  ["user.email", "ada@example.org"],
];

describe("who writes", () => {
  it("user.name and user.email", () =>
    assert.deepEqual(chooseSelf(user), { identity: ada.identity, identities: [], addresses: [] }));
  it("sendemail.from goes before user.email", () =>
    assert.deepEqual(chooseSelf([...user, ["sendemail.from", "Ada <ada@work.example>"]]), {
      identity: { name: "Ada", address: "ada@work.example" },
      identities: [ada.identity],
      addresses: [],
    }));
  it("a bare sendemail.from gets user.name", () =>
    assert.deepEqual(chooseSelf([...user, ["sendemail.from", "ada@work.example"]])?.identity, {
      name: "Ada Reviewer",
      address: "ada@work.example",
    }));
  it("sendemail.identity chooses its own section", () =>
    assert.equal(
      chooseSelf([
        ...user,
        ["sendemail.identity", "work"],
        ["sendemail.from", "ada@home.example"],
        ["sendemail.work.from", "ada@work.example"],
      ])?.identity.address,
      "ada@work.example",
    ));
  it("the last value of a key counts", () =>
    assert.equal(
      chooseSelf([...user, ["user.email", "ada@later.example"]])?.identity.address,
      "ada@later.example",
    ));
  it("settings go before git", () =>
    assert.deepEqual(
      chooseSelf(user, {
        identities: [{ name: "A", address: "a@work.example" }],
        addresses: ["*@x.example"],
      }),
      {
        identity: { name: "A", address: "a@work.example" },
        identities: [ada.identity],
        addresses: ["*@x.example"],
      },
    ));
  it("the same address counts once", () =>
    assert.deepEqual(chooseSelf([...user, ["sendemail.from", "ADA@example.org"]])?.identities, []));
  it("no address: nobody", () => {
    assert.equal(chooseSelf([["user.name", "Ada"]]), undefined);
    assert.equal(chooseSelf([["user.email", "none"]]), undefined);
  });
  it("R113 b4's exclusions", () =>
    assert.deepEqual(excludedRecipients([["b4.email-exclude", "*@robot.example, x@y.example"], ...user]), [
      "*@robot.example",
      "x@y.example",
    ]));
});

describe("own addresses", () => {
  it("globs", () => {
    assert.ok(matchesGlob("*@Example.org", "ADA@example.org"));
    assert.ok(matchesGlob("a?a@*", "ada@x"));
    assert.ok(matchesGlob("a*b*c", "aXXbYYbZc"));
    assert.ok(!matchesGlob("a*b*c", "aXXbYYbZ"));
    assert.ok(!matchesGlob("ada@example.org", "xada@example.org"));
    assert.ok(!matchesGlob("", "a"));
    assert.ok(!matchesGlob("a?", "a"));
  });
  it("a glob of many stars is no danger", () =>
    assert.ok(!matchesGlob("*a".repeat(200), `${"a".repeat(199)}b`)));
  it("R108 the relay form", () => {
    assert.ok(isSelf("devnull+ada.example.org@kernel.org", ada));
    assert.ok(!isSelf("devnull+eve.example.org@kernel.org", ada));
  });
});

describe("as whom to answer", () => {
  const self = {
    ...ada,
    identities: [{ name: "Ada W", address: "ada@work.example" }],
    addresses: ["*@lists.example"],
  };
  it("R109 the address in To or Cc", async () =>
    assert.deepEqual(chooseIdentity(await messageOf({ Cc: "ada@WORK.example" }), self), self.identities[0]));
  it("G18 R109 the address that only Delivered-To has", async () =>
    assert.deepEqual(
      chooseIdentity(await messageOf({ "Delivered-To": "ada@work.example" }), self),
      self.identities[0],
    ));
  it("R109 Envelope-To before Delivered-To", async () =>
    assert.equal(
      chooseIdentity(
        await messageOf({ "Delivered-To": "ada@example.org", "Envelope-To": "ada@work.example" }),
        self,
      ).address,
      "ada@work.example",
    ));
  it("R109 an address that a glob covers, with the usual name", async () =>
    assert.deepEqual(chooseIdentity(await messageOf({ To: "me@lists.example" }), self), {
      name: "Ada Reviewer",
      address: "me@lists.example",
    }));
  it("R109 else the one that is meant for a list that it went to", async () => {
    const settings = {
      identities: [
        { name: "Ada", address: "ada@home.example" },
        { name: "Ada P", address: "ada@pond.example", lists: ["list-*@vger.example"] },
      ],
    };
    const own = chooseSelf([], settings);
    assert.ok(own);
    assert.equal(chooseIdentity(await messageOf(), own).address, "ada@pond.example");
    assert.equal(chooseIdentity(await messageOf({ To: "other@x.example" }), own).address, "ada@home.example");
  });
  it("R109 else the default", async () =>
    assert.deepEqual(chooseIdentity(await messageOf(), self), ada.identity));
});
