/** What a screen reader is given, kept as text and compared. */
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./fixtures.ts";

/**
 * Compares with the kept text; `KERNEL_MAIL_KEEP_SPOKEN=1` keeps what is spoken today instead, to be read and committed.
 */
export function assertSpoken(name: string, spoken: string): void {
  const path = join(root(), "test", "fixtures", "reader", `${name}.spoken.txt`);
  const text = `${spoken.trimEnd()}\n`;
  if (process.env["KERNEL_MAIL_KEEP_SPOKEN"] === "1") writeFileSync(path, text);
  assert.equal(text, existsSync(path) ? readFileSync(path, "utf8") : "");
}
