/** `show`: whole messages as data: header, text, blocks, links, attachments, and where the bytes lie. */
import type { Origin } from "../archive/remote.ts";
import { addressKey, formatMailbox, type Mailbox } from "../mail/address.ts";
import type { Message } from "../mail/message.ts";
import { type ReadBlock, readMessage } from "../threads/reading.ts";
import { SaidTexts } from "../threads/saidText.ts";
import type { Call } from "./call.ts";
import { askedFor } from "./call.ts";
import { linksOf } from "./links.ts";
import { type IndexedMessage, readMessages } from "./readMessages.ts";
import { isoTime } from "./threads.ts";

/** Where the bytes lie, in the words of the contract. */
function originOf({ source, place }: Origin) {
  return {
    source,
    ...(place.path === "" ? {} : { path: place.path }),
    ...(place.oid === undefined ? {} : { oid: place.oid }),
    ...(place.offset === undefined ? {} : { offset: place.offset }),
    ...(place.length === undefined ? {} : { length: place.length }),
  };
}

/** Who a name in an attribution is, as far as the messages at hand tell. */
function peopleOf({ message, ancestors }: { message: Message; ancestors: readonly Message[] }) {
  const people = new Map<string, Mailbox>();
  const known = [...ancestors.flatMap((one) => one.from), ...message.to, ...message.cc, ...message.from];
  for (const mailbox of known) {
    for (const key of [addressKey(mailbox.address), mailbox.name.toLowerCase()]) {
      if (key !== "" && !people.has(key)) people.set(key, mailbox);
    }
  }
  return people;
}

/** `Name <addr>` for the author of a block; what the attribution says where nobody is known by that name. */
function authorText(author: string, people: ReadonlyMap<string, Mailbox>): string {
  const turned = /^([^,]+), ([^,]+)$/.exec(author.slice(0, 200));
  const known =
    people.get(author.toLowerCase()) ?? (turned && people.get(`${turned[2]} ${turned[1]}`.toLowerCase()));
  return known ? formatMailbox(known) : author;
}

function blockOf(block: ReadBlock, people: ReadonlyMap<string, Mailbox>) {
  return {
    kind: block.kind,
    depth: block.depth,
    firstLine: block.firstLine,
    lastLine: block.lastLine,
    folded: block.folded,
    ...(block.author === undefined ? {} : { author: authorText(block.author, people) }),
    ...(block.inferred === undefined ? {} : { inferred: block.inferred }),
    ...(block.named === undefined ? {} : { named: block.named }),
    ...(block.source === undefined ? {} : { source: block.source }),
    ...(block.wrapped === undefined ? {} : { wrapped: block.wrapped }),
  };
}

/** Messages of which `links` says whether they are in the index. */
type Has = (messageIds: string[]) => Promise<boolean[]>;

async function messageObject(indexed: IndexedMessage, has: Has, said: SaidTexts) {
  const { raw, message } = indexed;
  const { blocks } = readMessage(message, indexed.ancestors, indexed.parentState, said);
  const people = peopleOf(indexed);
  return {
    messageId: message.messageId,
    origin: originOf(raw.origin),
    headers: message.headers,
    from: message.from.map(formatMailbox).join(", "),
    to: message.to.map(formatMailbox),
    cc: message.cc.map(formatMailbox),
    date: isoTime(message.date?.ms),
    subject: message.subject,
    body: message.body,
    blocks: blocks.map((block) => blockOf(block, people)),
    links: await linksOf(message, blocks, has),
    attachments: message.attachments,
    warnings: message.defects,
    list: raw.list,
    badges: message.badges,
    ...(message.flowedLines.length > 0 ? { flowedLines: message.flowedLines } : {}),
  };
}

export async function show(call: Call): Promise<number> {
  const ids = askedFor(call);
  const archive = await call.open();
  const said = new SaidTexts();
  try {
    const has: Has = (messageIds) => archive.has({ messageIds });
    for await (const indexed of readMessages(archive, ids, call.signal)) {
      await call.out.print(await messageObject(indexed, has, said));
    }
  } finally {
    archive.close();
  }
  return 0;
}
