import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { checksPage, rules } from "../../../src/compose/rules/catalogue.ts";
import { root } from "../../fixtures.ts";

describe("the catalogue of rules", () => {
  it("explains every rule with a before and an after", () => {
    assert.equal(new Set(rules.map(({ id }) => id)).size, rules.length);
    for (const { id, title, why, before, after } of rules) {
      assert.match(id, /^L-[A-Z0-9-]+$/);
      assert.ok(title !== "" && /[.?]$/.test(why) && before !== "" && after !== "" && before !== after, id);
    }
  });
  it("has its page in docs/CHECKS.md (KERNEL_MAIL_WRITE=1 writes it)", () => {
    const path = join(root(), "docs", "CHECKS.md");
    if (process.env["KERNEL_MAIL_WRITE"]) writeFileSync(path, checksPage());
    assert.equal(readFileSync(path, "utf8"), checksPage());
  });
});
