/** A folder of many archives (inboxes of a mirror, a folder of mboxes) as one source. */
import { join } from "node:path";
import { isAbort } from "../base/channel.ts";
import { isUserError, sentence, UserError } from "../base/report.ts";
import type { Place } from "./found.ts";
import { Sheaf } from "./sheaf.ts";
import type { Batch, Format, ReadOptions, Source, SourceSpec } from "./source.ts";

/** One archive of the folder. `path` is below the folder's path; "" is the folder itself. */
export interface Member {
  path: string;
  /** How it is read. Another kind in its place is another archive. */
  kind: string;
  source: Source;
  /** A first reading that was interrupted goes on at no cost: its newest mail can be read ahead of the others' rest. */
  resumes: boolean;
}

/** What a folder holds now. `closed` are paths below it that cannot be looked at, each with a sentence why. */
export interface Content {
  members: Member[];
  closed: { path: string; why: string }[];
}

interface State {
  version: 2;
  /** How far the members are read, by path. */
  members: Record<string, { kind: string; cursor: string }>;
}

function stateOf(cursor: string | undefined): State | undefined {
  if (cursor === undefined) return undefined;
  const state = JSON.parse(cursor) as State;
  return state.version === 2 ? state : undefined;
}

const below = (path: string, rest: string): string =>
  path === "" ? rest : rest === "" ? path : `${path}/${rest}`;

export class Many implements Source {
  readonly spec: SourceSpec;
  readonly format: Format;
  readonly #list: () => Promise<Content>;
  #members = new Map<string, Member>();

  /** `list` says which archives the folder holds now; it is asked at each reading. */
  constructor(spec: SourceSpec, format: Format, list: () => Promise<Content>) {
    this.spec = spec;
    this.format = format;
    this.#list = list;
  }

  async *read(cursor: string | undefined, options: ReadOptions): AsyncGenerator<Batch> {
    const { members, closed } = await this.#refresh();
    const before = stateOf(cursor);
    const run: Run = {
      state: before ?? { version: 2, members: {} },
      restart: cursor !== undefined && before === undefined,
      problems: closed.map(({ why }) => why),
      progress: new Map(),
      done: new Set(),
      yielded: 0,
    };
    if (members.length === 0) throw nothingIn(this.spec.path);
    yield* this.#withdrawn(run, { members, closed }, options);
    const known = members.filter(({ path }) => run.state.members[path] !== undefined);
    for (const member of known) yield* this.#readMember(run, member, options, false);
    const isFresh = ({ path }: Member) => run.state.members[path] === undefined && !run.done.has(path);
    // Starting over makes members fresh again that have had their turn.
    for (let fresh = members.filter(isFresh); fresh.length > 0; fresh = members.filter(isFresh)) {
      // The newest of each first, so that the first screen shows them all; then the rest of each.
      const early = fresh.length > 1 ? fresh.filter(({ resumes }) => resumes) : [];
      for (const member of early) yield* this.#readMember(run, member, options, true);
      for (const member of fresh) yield* this.#readMember(run, member, options, false);
      // An empty archive has no cursor either.
      for (const { path } of fresh) run.done.add(path);
    }
    if (run.yielded === 0 && run.problems.length > 0 && cursor === undefined) {
      throw new UserError(
        `Nothing in “${this.spec.path}” could be read: ${run.problems[0]}`,
        "Check the archives in it one by one.",
      );
    }
    if (run.problems.length > 0 || run.restart) yield this.#wrap(run, undefined, emptyBatch());
  }

  async bytes(places: readonly Place[]): Promise<(Buffer | undefined)[]> {
    if (this.#members.size === 0) await this.#refresh();
    const result: (Buffer | undefined)[] = places.map(() => undefined);
    const groups = new Map<string, { at: number; place: Place }[]>();
    for (const [at, place] of places.entries()) {
      const member = this.#memberOf(place.path);
      if (member === undefined) continue;
      const own = { ...place, path: place.path.slice(member.length).replace(/^\//, "") };
      const group = groups.get(member);
      if (group === undefined) groups.set(member, [{ at, place: own }]);
      else group.push({ at, place: own });
    }
    await Promise.all(
      [...groups].map(async ([path, group]) => {
        const bytes = await this.#members.get(path)?.source.bytes(group.map(({ place }) => place));
        for (const [index, { at }] of group.entries()) result[at] = bytes?.[index];
      }),
    );
    return result;
  }

  close(): void {
    for (const { source } of this.#members.values()) source.close();
    this.#members.clear();
  }

  /** Opens what has come and closes what has gone; what stays keeps its processes. */
  async #refresh(): Promise<Content> {
    const content = await this.#list();
    const members = new Map<string, Member>();
    for (const member of content.members) {
      const known = this.#members.get(member.path);
      if (known?.kind === member.kind) member.source = known.source;
      members.set(member.path, member);
    }
    for (const [path, { source }] of this.#members) if (members.get(path)?.source !== source) source.close();
    this.#members = members;
    return content;
  }

  #memberOf(path: string): string | undefined {
    return innermost(this.#members, path);
  }

  /** Rows of archives that are no longer in the folder, or other ones now; those of what is only closed to us stay. */
  async *#withdrawn(run: Run, { members, closed }: Content, options: ReadOptions): AsyncGenerator<Batch> {
    const kinds = new Map(members.map(({ path, kind }) => [path, kind]));
    const shut = closed.map(({ path }) => path);
    const known = new Set([...Object.keys(run.state.members), ...kinds.keys(), ...shut]);
    const hadMails = run.state.members[""] !== undefined;
    for (const [path, { kind }] of Object.entries(run.state.members)) {
      if (kinds.get(path) === kind || shut.some((one) => path === one || path.startsWith(`${one}/`)))
        continue;
      delete run.state.members[path];
      if (options.held === undefined) {
        this.#startOver(run);
        continue;
      }
      // Below it lie others: below the folder itself, where single mails lay, all of them.
      const removed = [...options.held(path)].filter((place) => innermost(known, place.path) === path);
      yield this.#wrap(run, undefined, { ...emptyBatch(), removed });
    }
    const fresh = new Set([...kinds.keys()].filter((path) => run.state.members[path] === undefined));
    if (fresh.size === 0 || !hadMails || options.held === undefined) return;
    // Where an archive is now, mails that were files of their own may have lain.
    const removed = [...options.held("")].filter(({ path }) => fresh.has(innermost(kinds, path) ?? ""));
    if (removed.length > 0) yield this.#wrap(run, undefined, { ...emptyBatch(), removed });
  }

  #startOver(run: Run): void {
    run.state.members = {};
    run.restart = true;
    run.done.clear();
  }

  /** Reads one archive on from its cursor; `once` stops after its first batch. A failure is told, the rest goes on. */
  async *#readMember(run: Run, member: Member, options: ReadOptions, once: boolean): AsyncGenerator<Batch> {
    const { path, kind, source } = member;
    const held = options.held;
    const own: ReadOptions = { ...options };
    if (held !== undefined) own.held = (rest) => this.#heldOf(path, held(below(path, rest)));
    try {
      for await (const batch of source.read(run.state.members[path]?.cursor, own)) {
        if (batch.restart && held === undefined) {
          // Without knowing its rows they can only be forgotten together with all others.
          this.#startOver(run);
        }
        run.state.members[path] = { kind, cursor: batch.cursor };
        const gone =
          batch.restart && held !== undefined
            ? [...held(path)].filter(({ path: at }) => this.#memberOf(at) === path)
            : [];
        yield this.#wrap(run, member, batch, gone);
        if (once) return;
      }
    } catch (error) {
      if (isAbort(error) || !isUserError(error)) throw error;
      run.problems.push(sentence(error));
    }
  }

  *#heldOf(member: string, places: Iterable<Place>): Generator<Place> {
    for (const place of places) {
      if (this.#memberOf(place.path) !== member) continue;
      yield { ...place, path: place.path.slice(member.length).replace(/^\//, "") };
    }
  }

  /** A member's batch as one of the folder's. */
  #wrap(run: Run, member: Member | undefined, batch: Batch, gone: Place[] = []): Batch {
    const path = member?.path ?? "";
    const outer = (place: Place): Place => ({ ...place, path: below(path, place.path) });
    batch.found.movePaths((own) => below(path, own));
    run.yielded++;
    if (member !== undefined) run.progress.set(path, { done: batch.done, total: batch.total });
    let done = 0;
    let total = 0;
    for (const each of run.progress.values()) {
      done += each.done;
      total += each.total;
    }
    const made: Batch = {
      direction: batch.direction,
      found: batch.found,
      removed: [...gone, ...batch.removed.map(outer)],
      cursor: JSON.stringify(run.state),
      done,
      total,
    };
    const named = (note: string): string => (path === "" ? note : `${path}: ${note}`);
    const problems = [...run.problems.splice(0), ...(batch.problems ?? []).map(named)];
    if (batch.notes !== undefined) made.notes = batch.notes.map(named);
    if (problems.length > 0) made.problems = problems;
    if (run.restart) made.restart = true;
    run.restart = false;
    return made;
  }
}

interface Run {
  state: State;
  restart: boolean;
  problems: string[];
  progress: Map<string, { done: number; total: number }>;
  /** Members that have had their first reading, whatever came of it. */
  done: Set<string>;
  yielded: number;
}

const emptyBatch = (): Batch => ({
  direction: "newer",
  found: new Sheaf(),
  removed: [],
  cursor: "",
  done: 0,
  total: 0,
});

/** The longest of these paths that a place lies under. */
function innermost(paths: Pick<ReadonlySet<string>, "has">, place: string): string | undefined {
  for (let at = place.length; at > 0; at = place.lastIndexOf("/", at - 1)) {
    const candidate = place.slice(0, at);
    if (paths.has(candidate)) return candidate;
  }
  return paths.has("") ? "" : undefined;
}

/** A folder without any mail, as a sentence with a next step. */
export function nothingIn(path: string): UserError {
  return new UserError(
    `“${join(path)}” holds no mail that is known to us.`,
    "Choose an mbox, a Maildir, a public-inbox mirror, or a folder of these.",
  );
}
