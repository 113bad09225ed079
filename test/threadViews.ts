/** Threads of an mbox as the pane is shown them, made without an archive. */
import type { Message } from "../src/mail/message.ts";
import { parseMessage } from "../src/mail/message.ts";
import { readSkeleton } from "../src/mail/skeleton.ts";
import { markHeld } from "../src/reader/bodyLinks.ts";
import type { MessageView, ThreadView } from "../src/reader/protocol.ts";
import { type ViewedNode, viewMessage, viewThread } from "../src/reader/view.ts";
import { SaidTexts } from "../src/threads/saidText.ts";
import { threadTree } from "../src/threads/thread.ts";

export interface ViewedMails {
  view: ThreadView;
  messages: MessageView[];
}

/** The messages of an mboxrd file, unescaped. */
export function splitMbox(mbox: Buffer): Buffer[] {
  const text = mbox.toString("latin1");
  return text
    .split(/^From [^\n]*\n/m)
    .filter((mail) => mail.trim() !== "")
    .map((mail) => Buffer.from(mail.replace(/^>(>*From )/gm, "$1"), "latin1"));
}

/** The threads of these mails, in the order of their first message. */
export async function viewMails(mails: readonly Buffer[], list = "linux-example"): Promise<ViewedMails[]> {
  const skeletons = mails.map((raw) => ({ raw, skeleton: readSkeleton(raw) }));
  const kin = skeletons.map(({ raw, skeleton }) => ({
    id: skeleton.messageId,
    messageId: skeleton.messageId,
    references: skeleton.references,
    ms: skeleton.dateMs,
    raw,
    skeleton,
  }));
  const parsed = new Map<string, Message>();
  for (const { id, raw } of kin) if (!parsed.has(id)) parsed.set(id, await parseMessage(raw));
  const threads: ViewedNode[][] = [];
  for (const { id, parent, depth, held } of threadTree<string, (typeof kin)[number]>(kin)) {
    const skeleton = held[0]?.skeleton;
    const node: ViewedNode = {
      messageId: id,
      depth,
      missing: skeleton === undefined,
      subject: skeleton?.subject ?? "",
      fromName: skeleton?.fromName ?? "",
      fromAddress: skeleton?.fromAddress ?? "",
    };
    if (parent !== undefined) node.parent = parent;
    if (skeleton?.dateMs !== undefined) node.dateMs = skeleton.dateMs;
    if (depth === 0) threads.push([]);
    threads.at(-1)?.push(node);
  }
  return threads.map((nodes) => viewNodes(nodes, parsed, list));
}

function viewNodes(nodes: ViewedNode[], parsed: ReadonlyMap<string, Message>, list: string): ViewedMails {
  const byId = new Map(nodes.map((node) => [node.messageId, node]));
  const people = new Set(nodes.map(({ fromAddress }) => fromAddress).filter(Boolean));
  const first = nodes.find(({ missing }) => !missing);
  const row = {
    thread: nodes[0]?.messageId ?? "",
    subject: first?.subject ?? "",
    list,
    participants: people.size,
  };
  const said = new SaidTexts();
  const messages = nodes.flatMap((node) => {
    const message = parsed.get(node.messageId);
    if (!message) return [];
    const ancestors: Message[] = [];
    for (let id = node.parent; id !== undefined; id = byId.get(id)?.parent) {
      const ancestor = parsed.get(id);
      if (ancestor) ancestors.push(ancestor);
    }
    return [viewMessage(message, { node, ancestors, said })];
  });
  markHeld(messages, (id) => parsed.has(id));
  return { view: viewThread(row, nodes), messages };
}
