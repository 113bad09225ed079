/** A small thread as text, for the tests of what is in it: an answer inside cited text, a missing message, a patch. */
import { type ThreadText, writeThread } from "../src/reader/text.ts";
import { viewMails } from "./threadViews.ts";

const mail = (fields: string, body: string): Buffer =>
  Buffer.from(`${fields}\nDate: Mon, 16 Nov 2026 09:15:00 +0100\n\n${body}`);

const FIRST = mail(
  "From: Ada Moreno <ada@kernel.example>\nTo: list@kernel.example\nSubject: slack\nMessage-ID: <a@kernel.example>",
  "one\ntwo\nthree see https://kernel.example/doc\n",
);
const ANSWER = mail(
  "From: Bo Lind <bo@kernel.example>\nTo: Ada Moreno <ada@kernel.example>\nCc: Elif <elif@kernel.example>\nSubject: Re: slack\nMessage-ID: <b@kernel.example>\nIn-Reply-To: <a@kernel.example>",
  "On Mon, Nov 16, 2026 at 10:04:11 +0100, Ada Moreno wrote:\n> one\n> two\n\nWhy two?\n\n> three see https://kernel.example/doc\n\nYes.\n-- \nBo\n",
);
const PATCH = mail(
  "From: Chen Wei <chen@kernel.example>\nTo: Bo Lind <bo@kernel.example>\nSubject: [PATCH] slack: take it\nMessage-ID: <c@kernel.example>\nIn-Reply-To: <gone@kernel.example>\nReferences: <a@kernel.example> <gone@kernel.example>",
  "Take it.\n\nSigned-off-by: Chen Wei <chen@kernel.example>\n---\ndiff --git a/x.c b/x.c\n--- a/x.c\n+++ b/x.c\n@@ -1 +1 @@\n-old\n+new\n",
);

/** Its document: Ada, Bo, a message that is missing, Chen's patch below that. */
export async function smallThread(): Promise<ThreadText> {
  const [thread] = await viewMails([FIRST, ANSWER, PATCH]);
  if (thread === undefined) throw new Error("the mails are a thread");
  return writeThread(thread.view, new Map(thread.messages.map((view) => [view.messageId, view])));
}
