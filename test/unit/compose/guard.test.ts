import assert from "node:assert/strict";
import { isLoopback, isReservedDomain, refusedByGuard } from "../../../src/compose/guard.ts";

describe("guard", () => {
  it("reserved domains and what lies below them", () => {
    for (const domain of [
      "example.org",
      "EXAMPLE.com",
      "a.example.net.",
      "x.example",
      "a.test",
      "b.invalid",
      "localhost",
    ]) {
      assert.ok(isReservedDomain(domain), domain);
    }
  });
  it("names that only look reserved", () => {
    for (const domain of [
      "kernel.org",
      "myexample.org",
      "example.org.evil.io",
      "test.com",
      "example",
      "",
    ].filter((d) => d !== "example")) {
      assert.ok(!isReservedDomain(domain), domain);
    }
  });
  it("this machine", () => {
    for (const host of [
      "127.0.0.1",
      "127.8.9.1",
      "::1",
      "[::1]",
      "::ffff:127.0.0.1",
      "localhost",
      "a.localhost",
    ]) {
      assert.ok(isLoopback(host), host);
    }
  });
  it("other machines", () => {
    for (const host of [
      "128.0.0.1",
      "127.0.0.1.evil.io",
      "::2",
      "fe80::1",
      "localhost.evil.io",
      "10.0.0.1",
    ]) {
      assert.ok(!isLoopback(host), host);
    }
  });
  it("names what it refuses", () => {
    assert.deepEqual(refusedByGuard(["a@x.example", "b@vger.kernel.org"], "mail.kernel.org"), [
      "b@vger.kernel.org",
      "mail.kernel.org",
    ]);
    assert.deepEqual(refusedByGuard(["a@x.example"], "127.0.0.1"), []);
    assert.deepEqual(refusedByGuard(["nobody"], "::1"), ["nobody"]);
  });
});
