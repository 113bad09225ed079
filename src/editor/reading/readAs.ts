/** Messages that the person has read against what they say of themselves: remembered, and told with their bytes. */
import * as vscode from "vscode";
import type { RawMessage, ThreadNode, ThreadRow } from "../../archive/remote.ts";
import { UserError } from "../../base/report.ts";
import type { ReadAs } from "../../mail/decode.ts";
import type { Archive } from "../archives/archiveWorker.ts";
import type { Commands } from "../commands.ts";
import { decodeMessage } from "../decoder.ts";
import { type FocusParts, messageInFocus } from "./messageInFocus.ts";

const MEMORY = "readAs";
/** Messages that are remembered; the oldest are read as they say again. */
const HELD = 1000;

type Way = keyof ReadAs;

export interface ReadAsMemory extends vscode.Disposable {
  /** The same archive, whose messages come with how the person has them read. */
  archive: Archive;
  /** Has a message read this way, or as it says again; a UserError where that changes nothing. */
  toggle(messageId: string, way: Way): Promise<void>;
  /** Fires when a message is to be read otherwise than before. */
  onDidChange: vscode.Event<void>;
}

const WORDS: Record<Way, string> = { utf8: "UTF-8", quotedPrintable: "quoted-printable" };

export function openReadAs(archive: Archive, memory: vscode.Memento): ReadAsMemory {
  const changed = new vscode.EventEmitter<void>();
  const kept = (): Record<string, ReadAs> => memory.get(MEMORY, {});
  const keep = async (messageId: string, readAs: ReadAs): Promise<void> => {
    const { [messageId]: _, ...others } = kept();
    const entries = Object.entries(others).slice(1 - HELD);
    if (Object.keys(readAs).length > 0) entries.push([messageId, readAs]);
    await memory.update(MEMORY, Object.fromEntries(entries));
    changed.fire();
  };

  const mark = <Kind extends RawMessage | ThreadNode>(found: Kind): Kind => {
    const known = kept();
    return Object.hasOwn(known, found.messageId) ? { ...found, readAs: known[found.messageId] } : found;
  };

  const request: Archive["request"] = async (name, params, signal) => {
    const answer = await archive.request(name, params, signal);
    if (name === "raw") return (answer as RawMessage[]).map(mark) as typeof answer;
    if (name !== "thread" || answer === null) return answer;
    const thread = answer as { row: ThreadRow; nodes: ThreadNode[] };
    return { ...thread, nodes: thread.nodes.map(mark) } as typeof answer;
  };

  return {
    archive: { request },
    toggle: async (messageId, way) => {
      const [found] = await request("raw", { messageIds: [messageId] });
      if (found === undefined) return;
      const { [way]: isOn, ...others }: ReadAs = found.readAs ?? {};
      const readAs: ReadAs = isOn ? others : { ...others, [way]: true };
      const [before, after] = await Promise.all([decodeMessage(found), decodeMessage({ ...found, readAs })]);
      if (!isOn && before.body === after.body) {
        throw new UserError(
          `The message is no other text when it is read as ${WORDS[way]}.`,
          "Show Raw Message shows its bytes, which the editor opens in any encoding.",
        );
      }
      await keep(messageId, readAs);
    },
    onDidChange: changed.event,
    dispose: () => changed.dispose(),
  };
}

export function registerReadAs(parts: FocusParts & { commands: Commands; readAs: ReadAsMemory }): void {
  const { commands, reader, readAs } = parts;
  const toggle = (way: Way) => async (argument: unknown) => {
    await readAs.toggle((await messageInFocus(parts, argument)).messageId, way);
  };
  commands.register("kernelMail.readAsUtf8", toggle("utf8"));
  commands.register("kernelMail.readAsQuotedPrintable", toggle("quotedPrintable"));
  reader.serve({
    readAsUtf8: ({ messageId }) => readAs.toggle(messageId, "utf8"),
    readAsQuotedPrintable: ({ messageId }) => readAs.toggle(messageId, "quotedPrintable"),
  });
}
