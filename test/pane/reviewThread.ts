/** A patch with a review, a robot's report, an answer and two replies of one line; every address is reserved. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../fixtures.ts";
import { splitMbox, type ViewedMails, viewMails } from "../threadViews.ts";

export const REVIEW = {
  patch: "20261116090411.1-1@kernel.example",
  review: "20261116113000.2@lind.example",
  report: "202611161800.3@pond.example",
  discussion: "20261116191000.4@kernel.example",
  trailer: "20261117010000.5@kernel.example",
  applied: "20261118080000.6@lind.example",
} as const;

export async function reviewThread(): Promise<ViewedMails> {
  const mbox = readFileSync(join(root(), "test", "fixtures", "reader", "review.mbox"));
  const [thread] = await viewMails(splitMbox(mbox), "linux-pond");
  assert.ok(thread);
  return thread;
}
