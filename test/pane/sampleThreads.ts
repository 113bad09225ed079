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

/** A mail of these fields and text. */
export const mailOf = (fields: Record<string, string>, body: string): Buffer =>
  Buffer.from(
    `${Object.entries({ "Content-Type": "text/plain; charset=utf-8", ...fields })
      .map(([name, value]) => `${name}: ${value}`)
      .join("\n")}\n\n${body}`,
  );

/** A parent of sixty numbered lines, and an answer that cites them all, answers the last, and trails off. */
export async function longReply(): Promise<ViewedMails> {
  const lines = Array.from({ length: 60 }, (_, index) => `line ${index + 1} of what Ada said`);
  const cited = lines.map((line) => `> ${line}`);
  const [thread] = await viewMails([
    mailOf(
      {
        From: "Ada Moreno <ada@kernel.example>",
        Subject: "slack",
        "Message-ID": "<a@kernel.example>",
        Date: "Mon, 16 Nov 2026 10:04:11 +0100",
      },
      `${lines.join("\n")}\n`,
    ),
    mailOf(
      {
        From: "Bo Lind <bo@kernel.example>",
        Subject: "Re: slack",
        "Message-ID": "<b@kernel.example>",
        "In-Reply-To": "<a@kernel.example>",
        Date: "Mon, 16 Nov 2026 11:04:11 +0100",
      },
      `On Mon, Nov 16, 2026 at 10:04:11 +0100, Ada Moreno wrote:\n${cited.join("\n")}\n\nI agree with the last of them.\n`,
    ),
  ]);
  assert.ok(thread);
  return thread;
}

/** Forty messages, each an answer to the first and longer than the one before, the last of a hundred lines. */
export async function longThread(): Promise<ViewedMails> {
  const mails = Array.from({ length: 40 }, (_, at) =>
    mailOf(
      {
        From: "Ada Moreno <ada@kernel.example>",
        Subject: at === 0 ? "slack" : "Re: slack",
        "Message-ID": `<l${at}@kernel.example>`,
        ...(at === 0 ? {} : { "In-Reply-To": "<l0@kernel.example>" }),
        Date: `Mon, 16 Nov 2026 10:${10 + at}:11 +0100`,
      },
      `${Array.from({ length: at * 2 + 22 }, (_, line) => `line ${line} of ${at}\n\n`).join("")}`,
    ),
  );
  const [thread] = await viewMails(mails);
  assert.ok(thread);
  return thread;
}
