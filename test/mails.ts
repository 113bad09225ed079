/** Mails written in tests as text. */
import type { Self } from "../src/compose/draft.ts";
import { type Message, parseMessage } from "../src/mail/message.ts";

/** Who answers in the golden cases. */
export const ada: Self = {
  identity: { name: "Ada Reviewer", address: "ada@example.org" },
  identities: [],
  addresses: [],
};

const usual: Record<string, string> = {
  From: "Bob B <bob@x.example>",
  To: "list-a@vger.example",
  Subject: "[PATCH] clk: fix foo",
  Date: "Mon, 16 Nov 2026 09:15:42 +0100",
  "Message-ID": "<c@x>",
};

/**
 * A message out of fields that overrule the usual ones (undefined removes one; an array gives a field several
 * times) and a body with `\n` line ends.
 */
export async function messageOf(
  fields: Record<string, string | string[] | undefined> = {},
  body = "text\n",
): Promise<Message> {
  const lines = Object.entries({ ...usual, ...fields }).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : value === undefined ? [] : [value]).map((one) => `${name}: ${one}`),
  );
  return await parseMessage(Buffer.from(`${lines.join("\n")}\n\n${body}`));
}
