/** The archive of threads that were opened by link: taking threads out of it again. */
import type { SourceSpec } from "../../sources/source.ts";
import type { Commands } from "../commands.ts";
import { type Element, isElement } from "../tree/threadElements.ts";
import type { Archive } from "./archiveWorker.ts";
import type { Sync } from "./sync.ts";

interface OpenedParts {
  archive: Archive;
  commands: Commands;
  sync: Sync;
  opened: SourceSpec;
}

/** The archive that an element of the tree stands in. */
function archiveOf(element: Element | undefined): string | undefined {
  let above = element;
  while (above !== undefined && above.kind !== "archive") {
    above = above.kind === "remote" || above.kind === "search" ? undefined : above.parent;
  }
  return above?.spec.path;
}

export function registerOpened({ archive, commands, sync, opened }: OpenedParts): void {
  commands.register("kernelMail.dropOpened", async (argument) => {
    if (!isElement(argument) || archiveOf(argument) !== opened.path) return;
    const folder = opened.path;
    if (argument.kind === "archive") await archive.request("drop", { folder });
    if (argument.kind === "thread") {
      const thread = await archive.request("thread", { messageId: argument.row.thread });
      const messageIds = thread?.nodes.map(({ messageId }) => messageId) ?? [];
      await archive.request("drop", { folder, messageIds });
    }
    await (argument.kind === "archive" ? sync.update() : sync.readFirst(opened));
  });
}
