/**
 * Side door: the worker. Opens the archive and serves it over a channel to the thread that started it; in another role,
 * reads one source for a worker of that kind.
 */
import { parentPort, workerData } from "node:worker_threads";
import { type Archive, openArchive } from "./archive/archive.ts";
import { READING, readingIn, readingPort, serveReading } from "./archive/reading.ts";
import type { ArchiveContract } from "./archive/remote.ts";
import { portOf } from "./archive/worker.ts";
import { Channel, type Contract, type Handlers, type Port } from "./base/channel.ts";
import { UserError } from "./base/report.ts";

/** Serves an archive, opened by the first request, to the other end of a port. `file` is this worker's own. */
function serve(port: Port, file: string): void {
  const channel = new Channel<Contract, ArchiveContract>(port);
  let opened: Archive | undefined;
  const archive = (): Archive => {
    if (opened === undefined) throw new UserError("The index is not open.", "Open it first.");
    return opened;
  };
  channel.serve({
    open: (options) => {
      opened?.close();
      opened = openArchive(options, { readFirst: readingIn(file) });
      opened.on("progress", (progress) => channel.emit("progress", progress));
      opened.on("ended", (outcome) => channel.emit("ended", outcome));
      opened.on("changed", (changed) => channel.emit("changed", changed));
      opened.on("marked", (marked) => channel.emit("marked", marked));
      opened.on("news", (news) => channel.emit("news", news));
      return { notices: opened.notices };
    },
    setArchives: (params, signal) => archive().setArchives(params, signal),
    index: (params, signal) => archive().index(params, signal),
    forget: (params, signal) => archive().forget(params, signal),
    archives: () => archive().archives(),
    reach: () => archive().reach(),
    threads: (params) => archive().threads(params),
    search: (params) => archive().search(params),
    people: (params) => archive().people(params),
    person: (params) => archive().person(params),
    thread: (params) => archive().thread(params),
    raw: (params) => archive().raw(params),
    keep: (params) => archive().keep(params),
    release: (params) => archive().release(params),
    reasons: () => archive().reasons(),
    mark: (params) => archive().mark(params),
    readList: (params) => archive().readList(params),
    undo: () => archive().undo(),
    counts: () => archive().counts(),
    nextUnread: (params) => archive().nextUnread(params),
    setPeople: (params) => archive().setPeople(params),
    exportState: () => archive().exportState(),
    importState: (params) => archive().importState(params),
    has: (params) => archive().has(params),
    ids: (params) => archive().ids(params),
    receive: (params) => archive().receive(params),
    drop: (params) => archive().drop(params),
    prune: (params) => archive().prune(params),
    watched: (params) => archive().watched(params),
    diagnose: () => archive().diagnose(),
  } satisfies Handlers<ArchiveContract["requests"]>);
}

if (parentPort !== null) {
  const { role, file } = workerData as { role?: string; file: string };
  if (role === READING) serveReading(readingPort(parentPort));
  else serve(portOf(parentPort), file);
}
