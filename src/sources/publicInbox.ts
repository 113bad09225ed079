/** public-inbox archives on disk: the one repository of v1, or the epochs of a v2 mirror. */
import { lstatSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../base/report.ts";
import type { Change } from "./backlog.ts";
import { Blobs } from "./blobs.ts";
import { commitsAbout, type Epoch, epochNumber, epochsIn } from "./epochs.ts";
import { type Found, foundOf, type Place } from "./found.ts";
import { headOf, runGit, shallowCommits } from "./git.ts";
import { Walk, type WalkOptions } from "./history.ts";
import { inboxName } from "./inboxName.ts";
import { batchMails } from "./pace.ts";
import { removalsIn, takesBack } from "./removals.ts";
import { Sheaf } from "./sheaf.ts";
import type { Batch, ReadOptions, Source, SourceSpec } from "./source.ts";

/** How far one epoch has been read: all from `head` down to `tail`, or to its first commit when there is no tail. */
interface Reach {
  head: string;
  tail?: string;
  /** Where a shallow clone ended when it was read: what a later fetch brings lies behind these commits. */
  shallow?: string[];
  /** Changes taken, for progress. */
  taken: number;
}

interface State {
  version: 1;
  epochs: Record<string, Reach>;
  /** Blobs that a removal seen already takes out of what is still to be read. Empty once nothing can follow. */
  gone: string[];
}

function stateOf(cursor: string | undefined): State {
  const fresh: State = { version: 1, epochs: {}, gone: [] };
  if (cursor === undefined) return fresh;
  const state = JSON.parse(cursor) as State;
  return state.version === 1 ? state : fresh;
}

/** All of an epoch from `head` on, as far back as the clone goes. */
function reachOf(epoch: Epoch, head: string, taken: number): Reach {
  const shallow = shallowCommits(epoch.directory);
  return shallow.length === 0 ? { head, taken } : { head, taken, shallow };
}

/** What one run over the source carries along. */
interface Run {
  state: State;
  options: ReadOptions;
  epochs: Epoch[];
  gone: Set<string>;
  notes: string[];
  problems: string[];
  /** Some mail was yielded, now or in an earlier run. */
  begun: boolean;
  restart: boolean;
}

export class PublicInbox implements Source {
  readonly spec: SourceSpec;
  readonly format: "v1" | "v2";
  readonly #git: string;
  readonly #inbox: string;
  readonly #blobs = new Map<string, Blobs>();

  constructor(spec: SourceSpec, format: "v1" | "v2", git: string) {
    this.spec = spec;
    this.format = format;
    this.#git = git;
    this.#inbox = inboxName(spec.path);
  }

  async *read(cursor: string | undefined, options: ReadOptions): AsyncGenerator<Batch> {
    const epochs = epochsIn(this.spec.path);
    if (epochs.length === 0) {
      throw new UserError(
        `“${this.spec.path}” holds no git repository of mail any more.`,
        "Check that its disk is mounted, or remove this archive.",
      );
    }
    const run = this.#begin(stateOf(cursor), epochs, options);
    yield* this.#vanished(run);
    const heads = await this.#heads(run);
    for (const epoch of epochs) {
      const head = heads.get(epoch);
      const reach = run.state.epochs[epoch.path];
      if (head === undefined || reach === undefined || reach.head === head) continue;
      yield* this.#newer(run, epoch, head, reach.head);
    }
    const newest = epochs.findLast(({ path }) => run.state.epochs[path] !== undefined)?.number;
    for (const epoch of epochs) {
      const head = heads.get(epoch);
      const isNew =
        newest !== undefined && epoch.number > newest && run.state.epochs[epoch.path] === undefined;
      if (isNew && head !== undefined) yield* this.#newer(run, epoch, head);
    }
    for (const epoch of epochs) yield* this.#deepened(run, epoch);
    for (const epoch of epochs.toReversed()) {
      const head = heads.get(epoch);
      const reach = run.state.epochs[epoch.path];
      if (head !== undefined && (reach === undefined || reach.tail !== undefined)) {
        yield* this.#older(run, epoch, head);
      }
    }
    yield* this.#finish(run);
  }

  async bytes(places: readonly Place[]): Promise<(Buffer | undefined)[]> {
    const byPath = new Map<string, number[]>();
    for (const [at, { path }] of places.entries()) {
      const group = byPath.get(path);
      if (group === undefined) byPath.set(path, [at]);
      else group.push(at);
    }
    const result: (Buffer | undefined)[] = places.map(() => undefined);
    await Promise.all(
      [...byPath].map(async ([path, group]) => {
        const blobs = await this.#blobsOf(path).read(group.map((at) => places[at]?.oid ?? ""));
        for (const [index, at] of group.entries()) result[at] = blobs[index];
      }),
    );
    return result;
  }

  close(): void {
    for (const blobs of this.#blobs.values()) blobs.close();
    this.#blobs.clear();
  }

  #blobsOf(path: string): Blobs {
    const known = this.#blobs.get(path);
    if (known !== undefined) return known;
    const blobs = new Blobs(this.#git, join(this.spec.path, path));
    this.#blobs.set(path, blobs);
    return blobs;
  }

  #begin(state: State, epochs: Epoch[], options: ReadOptions): Run {
    const begun = Object.keys(state.epochs).length > 0;
    return {
      state,
      options,
      epochs,
      gone: new Set(state.gone),
      notes: [],
      problems: [],
      begun,
      restart: false,
    };
  }

  /** Where each epoch is now. One that cannot be told is left as it was. */
  async #heads(run: Run): Promise<Map<Epoch, string>> {
    const heads = new Map<Epoch, string>();
    for (const epoch of run.epochs) {
      const head = await headOf(run.options.git, epoch.directory);
      if (head !== undefined) heads.set(epoch, head);
      else if (run.state.epochs[epoch.path])
        run.problems.push(`${this.#called(epoch.path)}: its branch is gone.`);
    }
    return heads;
  }

  async #isAncestor(run: Run, epoch: Epoch, before: string, after: string): Promise<boolean> {
    const asked = ["merge-base", "--is-ancestor", before, after];
    return (await runGit(run.options.git, epoch.directory, asked)).code === 0;
  }

  /**
   * Rows of epochs whose folder has been removed go; those of a folder that is only closed to us stay. What an epoch took
   * away from those before it cannot be asked any more: then all is read anew.
   */
  async *#vanished(run: Run): AsyncGenerator<Batch> {
    for (const path of Object.keys(run.state.epochs)) {
      if (run.epochs.some((epoch) => epoch.path === path)) continue;
      if (isThere(join(this.spec.path, path))) {
        run.problems.push(`${this.#called(path)}: it cannot be read as a git repository any more.`);
        continue;
      }
      delete run.state.epochs[path];
      const removed = run.options.held?.(path);
      const rest = run.epochs.filter((epoch) => run.state.epochs[epoch.path] !== undefined);
      const isOldest = rest.every(
        (epoch) => epoch.number > epochNumber(path) && run.state.epochs[epoch.path]?.tail === undefined,
      );
      if (removed === undefined || !isOldest) {
        this.#startOver(run);
        continue;
      }
      // Should it come back, what later ones took away stays away.
      for (const oid of await this.#removedLater(run, epochNumber(path))) run.gone.add(oid);
      yield this.#batch(run, "newer", new Sheaf(), [...removed]);
    }
  }

  #startOver(run: Run): void {
    run.state.epochs = {};
    run.gone.clear();
    run.restart = true;
  }

  /**
   * What has come since a commit, oldest first; all there is without one. Each batch moves the epoch's head, so an
   * interruption loses nothing.
   */
  async *#newer(run: Run, epoch: Epoch, head: string, since?: string): AsyncGenerator<Batch> {
    let found = new Sheaf();
    const removed: Place[] = [];
    const gone: string[] = [];
    const reach: Reach = run.state.epochs[epoch.path] ?? reachOf(epoch, "", 0);
    const before = reach.taken;
    const take: WalkOptions["take"] = (change, frame) => {
      if (change.removed !== undefined) {
        found.drop(({ oid }) => oid === change.removed);
        removed.push(...this.#placesOf(run, epoch, change.removed));
        gone.push(change.removed);
      }
      if (frame?.bytes) found.push(this.#found(epoch, change, frame.bytes, frame.size, run));
    };
    const batch = (): Batch => {
      for (const oid of gone.splice(0)) run.gone.add(oid);
      const taken = found;
      found = found.next();
      return this.#batch(run, "newer", taken, removed.splice(0));
    };
    const full = () => found.full || removed.length >= batchMails;
    const goneLater = await this.#removedLater(run, epoch.number);
    const walk = new Walk({
      git: run.options.git,
      directory: epoch.directory,
      revisions: ["--reverse", since === undefined ? head : `${since}..${head}`],
      signal: run.options.signal,
      wants: (oid) => !goneLater.has(oid),
      take,
      full,
    });
    try {
      // Nearly always one process says it all; two are asked where histories were merged or written anew.
      const goesOn =
        since === undefined ||
        (await walk.follows(since)) ||
        (await this.#isAncestor(run, epoch, since, head));
      if (!goesOn) {
        walk.stop();
        yield* this.#rewritten(run, epoch, head, since);
        return;
      }
      for (let step = await walk.next(); step !== undefined; step = await walk.next()) {
        const whole = step.end && walk.end().problem === undefined;
        const taken = before + step.changes;
        run.state.epochs[epoch.path] = { ...reach, head: whole ? head : step.last.commit, taken };
        yield batch();
      }
      const whole = this.#ended(run, epoch, walk);
      const now = run.state.epochs[epoch.path] ?? reach;
      if (!whole || now.head === head) return;
      // What follows the last mail changes none: an empty batch, so that it is not walked again.
      run.state.epochs[epoch.path] = { ...now, head };
      yield this.#batch(run, "newer", new Sheaf(), []);
    } finally {
      walk.stop();
    }
  }

  /** All that is older than what has been taken, newest first, from where an earlier run was interrupted. */
  async *#older(run: Run, epoch: Epoch, head: string, behind = [head]): AsyncGenerator<Batch> {
    let found = new Sheaf();
    const reach: Reach = run.state.epochs[epoch.path] ?? { head, taken: 0 };
    const before = reach.taken;
    const take: WalkOptions["take"] = (change, frame) => {
      const unwanted = change.added !== undefined && run.gone.has(change.added);
      if (frame?.bytes && !unwanted) found.push(this.#found(epoch, change, frame.bytes, frame.size, run));
      if (change.removed !== undefined && change.removed !== change.added) run.gone.add(change.removed);
    };
    const walk = new Walk({
      git: run.options.git,
      directory: epoch.directory,
      revisions: reach.tail === undefined ? behind : ["--skip=1", reach.tail],
      signal: run.options.signal,
      take,
      full: () => found.full,
    });
    try {
      for (let step = await walk.next(); step !== undefined; step = await walk.next()) {
        const taken = before + step.changes;
        run.state.epochs[epoch.path] = reachOf(epoch, reach.head, taken);
        if (!step.end || walk.end().problem !== undefined)
          run.state.epochs[epoch.path] = { ...reach, tail: step.last.commit, taken };
        yield this.#batch(run, "older", found, []);
        found = found.next();
      }
      const whole = this.#ended(run, epoch, walk);
      const now = run.state.epochs[epoch.path];
      // Damage at the newest end: what is sound can still be had from the other one.
      if (!whole && now === undefined) yield* this.#newer(run, epoch, head);
      if (!whole || (now !== undefined && now.tail === undefined)) return;
      run.state.epochs[epoch.path] = reachOf(epoch, reach.head, now?.taken ?? 0);
      yield this.#batch(run, "older", new Sheaf(), []);
    } finally {
      walk.stop();
    }
  }

  /** A shallow clone that now reaches further back: what has come is older than all that was taken of it. */
  async *#deepened(run: Run, epoch: Epoch): AsyncGenerator<Batch> {
    const reach = run.state.epochs[epoch.path];
    if (reach === undefined || reach.tail !== undefined) return;
    const { shallow: before = [] } = reach;
    const now = shallowCommits(epoch.directory);
    const opened = before.filter((commit) => !now.includes(commit));
    let nearer = opened.length === 0 && now.length > before.length;
    for (const commit of opened) nearer ||= !(await this.#isAncestor(run, epoch, commit, reach.head));
    // Cut off nearer than before: what was held of it and is not in its history any more goes.
    if (nearer) yield* this.#rewritten(run, epoch, reach.head, reach.head);
    if (nearer || opened.length === 0) return;
    const behind = opened.map((commit) => `${commit}^@`);
    yield* this.#older(run, epoch, reach.head, behind);
    if (run.state.epochs[epoch.path] !== reach || run.problems.length > 0) return;
    // No mail lies behind them.
    run.state.epochs[epoch.path] = reachOf(epoch, reach.head, reach.taken);
    yield this.#batch(run, "older", new Sheaf(), []);
  }

  /** An edited, purged or force-pushed epoch: what is held of it and no longer in it goes, what is new in it comes. */
  async *#rewritten(run: Run, epoch: Epoch, head: string, before: string): AsyncGenerator<Batch> {
    const held = run.options.held?.(epoch.path);
    // Mails of other epochs, which nothing else tells, are there again when their removal is taken back.
    const others = run.epochs.length > 1 && (await takesBack(epoch.directory, before, head, run.options));
    if (held === undefined || others) {
      this.#startOver(run);
      return;
    }
    const places = new Map<string, Place>();
    for (const place of held) if (place.oid !== undefined) places.set(place.oid, place);
    const present = new Set<string>();
    const goneLater = await this.#removedLater(run, epoch.number);
    let found = new Sheaf();
    let removed: Place[] = [];
    let taken = 0;
    const walk = new Walk({
      git: run.options.git,
      directory: epoch.directory,
      revisions: ["--reverse", head],
      signal: run.options.signal,
      wants: (oid) => !places.has(oid) && !goneLater.has(oid),
      take: (change, frame) => {
        if (change.removed !== undefined) {
          run.gone.add(change.removed);
          present.delete(change.removed);
          found.drop(({ oid }) => oid === change.removed);
          // What is held of this epoch may be added again later on: the end of the walk tells.
          const isHeld = places.has(change.removed);
          const gone = this.#placesOf(run, epoch, change.removed);
          removed.push(...gone.filter(({ path }) => !isHeld || path !== epoch.path));
        }
        if (change.added !== undefined) present.add(change.added);
        if (frame?.bytes) found.push(this.#found(epoch, change, frame.bytes, frame.size, run));
      },
      full: () => found.full || removed.length >= batchMails,
    });
    try {
      for (let step = await walk.next(); step !== undefined; step = await walk.next()) {
        taken = step.changes;
        // The cursor stays behind until all is compared; what is held by then is not read twice.
        yield this.#batch(run, "newer", found, removed);
        found = found.next();
        removed = [];
      }
      const whole = this.#ended(run, epoch, walk);
      if (!whole) return;
      for (const [oid, place] of places) if (!present.has(oid)) removed.push(place);
      run.state.epochs[epoch.path] = reachOf(epoch, head, taken);
      yield this.#batch(run, "newer", new Sheaf(), removed);
    } finally {
      walk.stop();
    }
  }

  /** What the epochs behind one take away, as far as they are read: it does not come back with what that one brings late. */
  async #removedLater(run: Run, number: number): Promise<Set<string>> {
    const removed = new Set<string>();
    for (const later of run.epochs) {
      const reach = run.state.epochs[later.path];
      if (later.number <= number || reach === undefined) continue;
      for (const oid of await removalsIn(later.directory, reach.head, run.options)) removed.add(oid);
    }
    return removed;
  }

  /** Tells what is left to tell; an archive of which nothing at all can be read is an error. */
  async *#finish(run: Run): AsyncGenerator<Batch> {
    const [problem = run.notes[0]] = run.problems;
    if (!run.begun && problem !== undefined) {
      throw new UserError(
        `“${this.spec.path}” could not be read: ${problem}`,
        "Check it with “git fsck”, or clone it again.",
      );
    }
    if (run.notes.length + run.problems.length > 0 || run.restart)
      yield this.#batch(run, "newer", new Sheaf(), []);
  }

  #found(epoch: Epoch, change: Change, bytes: Buffer, size: number, run: Run): Found {
    const place: Place = { path: epoch.path };
    if (change.added !== undefined) place.oid = change.added;
    return foundOf(place, bytes, { size, arrivedMs: change.ms, inbox: this.#inbox }, run.options.bodies);
  }

  /** A removal names a blob, which may lie in this epoch or in any before it. */
  #placesOf(run: Run, epoch: Epoch, oid: string): Place[] {
    return run.epochs.filter(({ number }) => number <= epoch.number).map(({ path }) => ({ path, oid }));
  }

  #called(path: string): string {
    return path === "" || path === ".git" ? this.#inbox : path;
  }

  /** Notes what a walk could not read; returns whether it has read its history to the end. */
  #ended(run: Run, epoch: Epoch, walk: Walk): boolean {
    const { notes, problem } = walk.end();
    for (const note of notes) run.notes.push(`${this.#called(epoch.path)}: ${note}`);
    if (problem !== undefined) run.problems.push(`${this.#called(epoch.path)}: ${problem}`);
    return problem === undefined;
  }

  #batch(run: Run, direction: Batch["direction"], found: Sheaf, removed: Place[]): Batch {
    const { epochs } = run.state;
    // An earlier epoch, or the past of a shallow one, may be fetched later: what was removed stays removed.
    const complete = run.epochs.every(({ path, number }, at) => {
      const reach = epochs[path];
      return number === at && reach !== undefined && (reach.tail ?? reach.shallow) === undefined;
    });
    if (complete) run.gone.clear();
    run.state.gone = [...run.gone];
    let done = 0;
    let total = 0;
    for (const { path, directory } of run.epochs) {
      const reach = epochs[path];
      done += reach?.taken ?? 0;
      total +=
        reach && reach.tail === undefined
          ? reach.taken
          : Math.max(reach?.taken ?? 0, commitsAbout(directory));
    }
    const batch: Batch = { direction, found, removed, cursor: JSON.stringify(run.state), done, total };
    if (run.notes.length > 0) batch.notes = run.notes.splice(0);
    if (run.problems.length > 0) batch.problems = run.problems.splice(0);
    if (run.restart) batch.restart = true;
    run.restart = false;
    run.begun = true;
    return batch;
  }
}

function isThere(path: string): boolean {
  try {
    lstatSync(path);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ENOENT";
  }
}
