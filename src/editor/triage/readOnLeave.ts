/** Marks messages read as they are read: when one moves on from them, when they open, or after a while. */
import type { Commands } from "../commands.ts";
import type { Settings } from "../settings.ts";
import type { Triage } from "./triage.ts";

/** How long a message is looked at before it counts as read under `onDwell`, in milliseconds. */
const DWELL_MS = 2000;

export interface ReadOnLeave {
  /** The message in view has changed; undefined when none is shown any more. */
  shown(messageId: string | undefined): void;
  /** The person wants it unread: moving on from it this time changes nothing. */
  keepUnread(messageId: string): void;
  dispose(): void;
}

interface Parts {
  triage: Pick<Triage, "mark">;
  settings: Pick<Settings, "markRead">;
  commands: Pick<Commands, "attempt">;
}

export function openReadOnLeave({ triage, settings, commands }: Parts): ReadOnLeave {
  let inView: string | undefined;
  let kept: string | undefined;
  let timer: NodeJS.Timeout | undefined;

  const read = (messageId: string) =>
    commands.attempt("mark the message read", () =>
      triage.mark({ words: "a message marked read", kind: "read", value: "1", messageIds: [messageId] }),
    );

  return {
    shown: (messageId) => {
      if (messageId === inView) return;
      clearTimeout(timer);
      const left = inView;
      inView = messageId;
      const when = settings.markRead();
      if (when === "onLeave" && left !== undefined && left !== kept) read(left);
      kept = undefined;
      if (messageId === undefined) return;
      if (when === "onOpen") read(messageId);
      if (when === "onDwell") timer = setTimeout(() => read(messageId), DWELL_MS);
    },
    keepUnread: (messageId) => {
      if (messageId !== inView) return;
      clearTimeout(timer);
      kept = messageId;
    },
    dispose: () => clearTimeout(timer),
  };
}
