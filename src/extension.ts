/** The front door of the extension: builds the parts and hands them to the rooms. */
import { join } from "node:path";
import * as vscode from "vscode";
import { startArchive } from "./archive/worker.ts";
import { registerArchiveCommands } from "./editor/archives/archiveCommands.ts";
import { type Archive, openArchiveWorker } from "./editor/archives/archiveWorker.ts";
import { openFollowedThreads } from "./editor/archives/followedThreads.ts";
import { openMirrors } from "./editor/archives/mirrors.ts";
import { openNewMail } from "./editor/archives/newMail.ts";
import { openRemoteArchives } from "./editor/archives/remoteArchives.ts";
import { openSchedule } from "./editor/archives/schedule.ts";
import { openedArchive } from "./editor/archives/servers.ts";
import { openSync, type Sync } from "./editor/archives/sync.ts";
import { openCommands } from "./editor/commands.ts";
import { openDocuments } from "./editor/documents.ts";
import type { Answering } from "./editor/drafts/answering.ts";
import { openComposeEditor } from "./editor/drafts/composeEditor.ts";
import { registerDiagnosis } from "./editor/help/diagnosis.ts";
import { registerShowKeys } from "./editor/help/showKeys.ts";
import { registerAddress } from "./editor/links/addressHandler.ts";
import { previewText } from "./editor/links/linkPreview.ts";
import { openLinks } from "./editor/links/links.ts";
import { openLog } from "./editor/log.ts";
import { openAttachments } from "./editor/reading/attachments.ts";
import { registerCopyLink } from "./editor/reading/copyLink.ts";
import { registerFetchMissing } from "./editor/reading/fetchMissing.ts";
import { registerMessageFiles } from "./editor/reading/messageFiles.ts";
import { registerOpenMessage } from "./editor/reading/openMessage.ts";
import { registerOpenOnServer } from "./editor/reading/openOnServer.ts";
import { openReadAs, registerReadAs } from "./editor/reading/readAs.ts";
import { openReader, type Reader } from "./editor/reading/readerPanel.ts";
import { registerReadingCommands } from "./editor/reading/readingCommands.ts";
import { type LoadThread, openThreadFeed } from "./editor/reading/threadFeed.ts";
import { openThreadShown } from "./editor/reading/threadShown.ts";
import { openThreadTexts, type ThreadTexts } from "./editor/reading/threadText.ts";
import { registerCheckSending } from "./editor/sending/checkSending.ts";
import { openDraftsTree } from "./editor/sending/draftsTree.ts";
import { openEchoes } from "./editor/sending/echoes.ts";
import { registerHandOver } from "./editor/sending/handOver.ts";
import { awaitedParent, withPending } from "./editor/sending/pendingMail.ts";
import { openSender, type Sender } from "./editor/sending/sender.ts";
import { openSending, type Sending } from "./editor/sending/sending.ts";
import { registerSendTest } from "./editor/sending/sendTest.ts";
import { registerSetUpSending } from "./editor/sending/setUpSending.ts";
import { openUndoSend } from "./editor/sending/undoSend.ts";
import { openSettings, type Settings } from "./editor/settings.ts";
import { registerSearchCommands } from "./editor/tree/searchCommands.ts";
import { openSearchRoots, type SearchRoots } from "./editor/tree/searchRoots.ts";
import { openThreadsTree, type ThreadsTree } from "./editor/tree/threadsTree.ts";
import { openNotifications } from "./editor/triage/notifications.ts";
import { openReadOnLeave } from "./editor/triage/readOnLeave.ts";
import { openStateFile } from "./editor/triage/stateFile.ts";
import { registerStateFiles } from "./editor/triage/stateFiles.ts";
import { openTriage } from "./editor/triage/triage.ts";
import { registerTriageCommands } from "./editor/triage/triageCommands.ts";
import { showUnreadCount } from "./editor/triage/unreadCount.ts";

/** What is asked of the extension's own manifest. */
interface Manifest {
  version: string;
  contributes: Parameters<typeof registerShowKeys>[0]["contributed"];
}

/** The parts, for the tests that run inside the editor. */
export interface Parts {
  settings: Settings;
  sync: Sync;
  tree: ThreadsTree;
  reader: Reader;
  texts: ThreadTexts;
  drafts: string;
  answering: Answering;
  /** The folder of threads that were opened by link. */
  opened: string;
  archive: Archive;
  sender: Sender;
  sending: Sending;
  searches: SearchRoots;
  /** The worker's file: a test may name another one, which the next start of the worker takes. */
  program: { path: string };
}

/** Waits for a mail that is leaving: whoever cuts it off does not know whether it went out. */
let finish: () => Promise<void> = async () => undefined;

export const deactivate = (): Promise<void> => finish();

export function activate(context: vscode.ExtensionContext): Parts | undefined {
  const { extensionUri, globalStorageUri } = context;
  const packageJson = context.extension.packageJSON as Manifest;
  const userAgent = `Kernel-Mail/${packageJson.version}`;
  const folder = join(globalStorageUri.fsPath, "drafts");

  const log = openLog();
  const commands = openCommands(log);
  const settings = openSettings();
  const stored = {
    db: join(globalStorageUri.fsPath, "index.sqlite"),
    state: join(globalStorageUri.fsPath, "state.sqlite"),
  };
  const program = { path: join(extensionUri.fsPath, "dist", "indexer.cjs") };
  const worker = openArchiveWorker({
    start: (more) =>
      startArchive(program.path, { ...stored, git: settings.git(), bodies: settings.bodies() }, more),
    log,
  });
  const readAs = openReadAs(worker, context.globalState);
  const { archive } = readAs;
  const opened = openedArchive(globalStorageUri.fsPath);
  const sync = openSync({ worker, settings, commands, log, own: [opened] });
  const sender = openSender({
    settings,
    commands,
    log,
    secrets: context.secrets,
    memory: context.globalState,
    storage: globalStorageUri.fsPath,
  });
  finish = sender.close;
  const documents = openDocuments();
  const shown = openThreadShown();
  const withOutbox = withPending(archive, sender.outbox);
  const feed = openThreadFeed(withOutbox, () => settings.links().trackers);
  const loadThread: LoadThread = async (messageId) => {
    const thread = await feed(messageId);
    if (thread !== undefined) askMissing(thread.view);
    return thread;
  };
  // The person's own mail too, which stands in its thread before any archive has it.
  const newMail = openNewMail(sync.onDidChange, sender.onDidChange);
  const onNewMail: vscode.Event<void> = (heard) =>
    vscode.Disposable.from(newMail.event(heard), readAs.onDidChange(heard));
  // Who reads is known once there is somebody who takes it down.
  const reading = (messageId: string | undefined) => readOnLeave.shown(messageId);
  const texts = openThreadTexts({ commands, documents, loadThread, shown, reading, onNewMail });
  const compose = openComposeEditor({
    // One's own mail that no archive has yet can be answered too.
    archive: withOutbox,
    settings,
    commands,
    documents,
    folder,
    userAgent,
    sevenBitOnly: sender.sevenBitOnly,
    onReadAs: readAs.onDidChange,
  });
  const openThread = (messageId: string, column?: vscode.ViewColumn): Promise<void> =>
    settings.openAs() === "text" ? texts.open(messageId, column) : reader.open(messageId, column);
  const links = openLinks({
    archive,
    settings,
    sync,
    commands,
    documents,
    opened,
    userAgent,
    show: openThread,
  });
  const { follow, servers } = links;
  const triage = openTriage({ worker, settings, commands, trees: links.trees });
  const readOnLeave = openReadOnLeave({ triage, settings, commands });
  const searches = openSearchRoots(settings);
  const reader = openReader({
    extensionUri,
    loadThread,
    settings,
    commands,
    memory: context.workspaceState,
    shown,
    follow: follow.link,
    preview: async (link) => previewText(await links.preview(link)),
    reading,
    reply: compose.reply,
    onNewMail,
    openAttachment: openAttachments({ archive, commands, documents }),
  });
  const remotes = openRemoteArchives({ commands, settings, servers, follow });
  const tree = openThreadsTree({
    archive,
    sync,
    settings,
    commands,
    memory: context.workspaceState,
    remotes,
    triage,
    searches,
  });
  triage.onDidMark(() => commands.attempt("show what is read", reader.refreshMarks));
  const shared = { archive, commands, documents, follow, log, reader, servers, settings, sync, texts, tree };

  const mirrors = openMirrors({ ...shared, memory: context.globalState });
  const answered = async () => (await sender.outbox.list()).flatMap(awaitedParent);
  const followed = openFollowedThreads({ ...shared, memory: context.globalState, answered });
  registerArchiveCommands({
    ...shared,
    refresh: (specs) => mirrors.refresh(specs, "asked"),
    refreshFollowed: () => followed.refresh("asked"),
    remotes,
    sample: {
      path: join(extensionUri.fsPath, "media", "sample", "sample.mbox"),
      name: "Sample archive",
    },
  });
  const schedule = openSchedule({
    settings,
    commands,
    check: async (periodMs) => {
      await mirrors.refresh(settings.archives(), { withinMs: periodMs / 2 });
      await remotes.refreshQuietly();
      await followed.refresh({ withinMs: periodMs / 2 });
      await sync.update();
    },
  });
  registerOpenMessage({ ...shared, openThread });
  const askMissing = registerFetchMissing({ ...shared, openThread });
  const addresses = registerAddress(shared);
  const sending = openSending({ ...shared, compose, sender, openThread, folder, userAgent });
  registerReadingCommands({
    ...shared,
    reply: compose.reply,
    answering: compose.answering,
    sendAll: sending.sendAll,
  });
  registerShowKeys({ ...shared, contributed: packageJson.contributes });
  registerReadAs({ ...shared, readAs });
  registerTriageCommands({ ...shared, triage, readOnLeave, followed: followed.begun });
  registerSearchCommands({ ...shared, searches });
  registerStateFiles(shared);
  registerCopyLink(shared);
  registerOpenOnServer(shared);
  registerDiagnosis({ ...shared, sender, version: packageJson.version });
  registerMessageFiles(shared);
  const drafts = openDraftsTree({ archive, commands, folder, openDraft: compose.open, sender });
  registerHandOver({ ...shared, compose });
  registerSetUpSending({ ...shared, sender, check: registerCheckSending(commands, sender) });
  registerSendTest({ ...shared, compose, sending, folder });
  // Who answers in a thread follows it.
  sender.onDidChange((mail) => {
    if (mail !== undefined && awaitedParent(mail).length > 0)
      commands.attempt("keep followed threads fresh", followed.begun);
  });
  const undoSend = openUndoSend({ sender, commands });
  const refresh = () => mirrors.refresh(settings.archives(), { withinMs: 0 });
  const echoes = openEchoes({ ...shared, sender, openThread, folder, refresh });
  // Ended in this order: what uses the worker goes before the worker does.
  context.subscriptions.push(
    drafts,
    addresses,
    schedule,
    followed,
    mirrors,
    remotes,
    links,
    undoSend,
    echoes,
    sender,
    showUnreadCount({ triage, settings, hasArchives: () => sync.archives().length > 0, view: tree.view }),
    openStateFile({ worker, settings, commands, log }),
    openNotifications({ worker, settings, commands, openThread }),
    readOnLeave,
    triage,
    searches,
    tree,
    reader,
    texts,
    compose,
    documents,
    newMail,
    readAs,
    sync,
    worker,
    commands,
    settings,
    log,
  );

  const showsArchives = () =>
    void vscode.commands.executeCommand("setContext", "kernelMail.hasArchives", sync.archives().length > 0);
  showsArchives();
  settings.onDidChange(["archives"], showsArchives);
  sync.onDidChange((source) => {
    if (source === undefined) showsArchives();
  });
  if (sync.archives().length > 0) {
    commands.attempt("find out who you are", triage.introduce);
    commands.attempt("read the archives", () => sync.update());
  }

  if (context.extensionMode !== vscode.ExtensionMode.Test) return undefined;
  return {
    settings,
    sync,
    tree,
    reader,
    texts,
    drafts: folder,
    opened: opened.path,
    answering: compose.answering,
    archive,
    sender,
    sending,
    searches,
    program,
  };
}
