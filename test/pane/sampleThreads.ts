/** The threads of the sample archive as the pane is given them. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../fixtures.ts";
import { splitMbox, type ViewedMails, viewMails } from "../threadViews.ts";

/** The threads of the sample archive: a long discussion, a series, its second version. */
export async function sample(): Promise<{ discussion: ViewedMails; series: ViewedMails }> {
  const threads = await viewMails(splitMbox(readFileSync(join(root(), "media", "sample", "sample.mbox"))));
  const [discussion, series] = threads;
  assert.ok(discussion && series);
  return { discussion, series };
}
