/** Everything that follows links, put together: servers, trees, what is shown before a click and what a click does. */
import type * as vscode from "vscode";
import type { SourceSpec } from "../../sources/source.ts";
import type { Archive } from "../archives/archiveWorker.ts";
import { registerOpened } from "../archives/opened.ts";
import { openServers, type Servers } from "../archives/servers.ts";
import type { Sync } from "../archives/sync.ts";
import type { Commands } from "../commands.ts";
import type { Documents } from "../documents.ts";
import type { Settings } from "../settings.ts";
import { type Follow, openFollow } from "./follow.ts";
import { type KernelTrees, openKernelTrees } from "./kernelTrees.ts";
import { registerLinkJumps } from "./linkJumps.ts";
import { openPreview, type Preview } from "./linkPreview.ts";
import { openCodeOpener } from "./openCode.ts";

interface LinkParts {
  archive: Archive;
  settings: Settings;
  sync: Sync;
  commands: Commands;
  documents: Documents;
  /** The archive of what was fetched. */
  opened: SourceSpec;
  userAgent: string;
  /** Shows a message that an archive has. */
  show: (messageId: string) => Promise<void>;
}

export interface Links extends vscode.Disposable {
  servers: Servers;
  trees: KernelTrees;
  follow: Follow;
  preview: Preview;
}

export function openLinks(parts: LinkParts): Links {
  const { settings, documents, show } = parts;
  const servers = openServers(parts);
  const trees = openKernelTrees(settings);
  const code = openCodeOpener({ trees, documents });
  const shared = { ...parts, servers, trees, code };
  const follow = openFollow({ ...shared, show });
  const preview = openPreview(shared);
  registerOpened(parts);
  const jumps = registerLinkJumps({ ...shared, follow, preview });
  return { servers, trees, follow, preview, dispose: () => jumps.dispose() };
}
