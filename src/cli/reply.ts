/** `reply` and `render`: the draft of a reply as text, and a draft as the bytes that are sent. */
import { readGitConfig } from "../base/gitConfig.ts";
import { UserError } from "../base/report.ts";
import type { LineRange } from "../compose/citing.ts";
import type { Draft, Self } from "../compose/draft.ts";
import { readDraft, writeDraft } from "../compose/draftText.ts";
import { chooseSelf, excludedRecipients } from "../compose/identity.ts";
import { replyTo } from "../compose/reply.ts";
import { makeMessageId } from "../compose/threading.ts";
import { toWire } from "../compose/wire.ts";
import { type Mailbox, parseAddresses } from "../mail/address.ts";
import { parseMessage } from "../mail/message.ts";
import { type Call, onlyMessageId } from "./call.ts";
import { readText } from "./readText.ts";
import { unknownMessage } from "./threads.ts";
import { UsageError } from "./usage.ts";
import { userAgent } from "./version.ts";

/** `--keep 3-5,9` as ranges of lines. */
function readKeep(given: string | undefined): LineRange[] | undefined {
  return given?.split(",").map((part) => {
    const match = /^\s*([1-9]\d{0,8})(?:-([1-9]\d{0,8}))?\s*$/.exec(part);
    const first = Number(match?.[1]);
    const last = Number(match?.[2] ?? match?.[1]);
    if (!match || last < first) {
      throw new UsageError(`--keep takes line numbers and ranges such as 3-5,9, not “${given}”.`);
    }
    return [first, last];
  });
}

/** `--from` as a mailbox; a bare address gets the name that goes with it. */
function readFrom(given: string | undefined, self: Self | undefined): Mailbox | undefined {
  if (given === undefined) return undefined;
  const [from, ...more] = parseAddresses(given);
  if (!from || more.length > 0 || !/^[^\s@]+@[^\s@]+$/.test(from.address)) {
    throw new UsageError(`--from takes one mail address, not “${given}”.`);
  }
  const own = self ? [self.identity, ...self.identities] : [];
  const same = own.find((one) => one.address.toLowerCase() === from.address.toLowerCase());
  return { name: from.name || same?.name || self?.identity.name || "", address: from.address };
}

export async function reply(call: Call): Promise<number> {
  const messageId = onlyMessageId(call);
  const { options } = call;
  const lines = readKeep(options.keep);
  const config = await readGitConfig("git", process.cwd(), call.signal);
  const known = chooseSelf(config);
  const from = readFrom(options.from, known);
  const self = known ?? (from && { identity: from, identities: [], addresses: [] });
  if (!self) {
    throw new UserError(
      "Nothing says who writes the reply.",
      "Set git's user.name and user.email, or give --from 'Name <address>'.",
    );
  }
  const ownText = options.body === undefined ? undefined : await readText(options.body);
  const archive = await call.open();
  try {
    const [found] = await archive.raw({ messageIds: [messageId] });
    if (!found) throw unknownMessage(messageId);
    const parent = await parseMessage(found.raw);
    const count = parent.body === "" ? 0 : parent.body.split("\n").length;
    const beyond = lines?.find(([, last]) => last > count);
    if (beyond) {
      throw new UserError(
        `The message has ${count} lines, and --keep asks for ${beyond.join("-")}.`,
        "See show for its lines.",
      );
    }
    const { draft, notes } = replyTo(parent, self, {
      ...(from ? { from } : {}),
      ...(lines ? { keep: lines } : {}),
      ...(ownText === undefined ? {} : { ownText }),
      toSender: options["to-sender"] ?? false,
      excludeRecipients: excludedRecipients(config),
    });
    for (const note of notes) call.say(note.text);
    await call.out.write(writeDraft(draft));
  } finally {
    archive.close();
  }
  return 0;
}

export async function render(call: Call): Promise<number> {
  const [file, ...more] = call.args;
  if (file === undefined || more.length > 0) throw new UsageError("render takes one draft file.");
  const { draft, problems } = readDraft(await readText(file));
  const error = problems.find((problem) => problem.severity === "error");
  if (error) throw new UserError(`${file}:${error.line}: ${error.message}`, "Correct it in the draft.");
  const complete: Draft = draft.messageId
    ? draft
    : { ...draft, messageId: makeMessageId(draft.from.address) };
  const now = new Date();
  const date = { ms: now.getTime(), zoneMinutes: -now.getTimezoneOffset() };
  const { bytes, leftOut } = toWire(complete, { date, userAgent: userAgent() });
  if (leftOut > 0)
    call.say(`${leftOut} cited ${leftOut === 1 ? "line" : "lines"} left out below the last own line.`);
  await call.out.write(bytes);
  return 0;
}
