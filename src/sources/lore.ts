/** A public-inbox server over HTTP: threads, messages, what is new, search, and the lists it has. */
import { gunzipSync } from "node:zlib";
import { UserError } from "../base/report.ts";
import { archivedId } from "../mail/loreLink.ts";
import { type AtomEntry, readAtom } from "./atom.ts";
import type { Answer, Server } from "./server.ts";

/** Mail as the server sends it: an mbox, packed or not, in pieces. */
export interface SentMail {
  /** Where it came from. */
  url: string;
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** A list that a server can be mirrored from. */
export interface InboxListing {
  /** Its path on the server, without slashes at the ends. */
  path: string;
  description: string;
  /** Newest last; an inbox of the first format has no numbers and one repository, epoch 0. */
  epochs: {
    number: number;
    path: string;
    modifiedMs: number;
    /** SHA-1 over its refs, where the server says it. */
    fingerprint?: string;
  }[];
}

/** A page of a feed or of a search, newest first. */
export interface FeedPage {
  entries: AtomEntry[];
  /** Hand it back for the next page; absent at the end. */
  next?: string;
}

/** A feed is some hundred kilobytes, a manifest of all of lore some megabytes. */
const LARGEST = 64 << 20;

const encoded = (messageId: string): string => encodeURIComponent(messageId).replace(/%40/g, "@");

/** Whether a server's address is that of one list: then its path is not empty. */
const isInbox = (server: Server): boolean => new URL(server.base).pathname !== "/";

/**
 * The whole thread of a message, wherever on the server it is; undefined when it is not there.
 * @param written a link to the message, which may name the list
 */
export async function thread(
  server: Server,
  messageId: string,
  signal: AbortSignal,
  written?: string,
): Promise<SentMail | undefined> {
  const sent = await below(server, `${encoded(messageId)}/t.mbox.gz`, signal, written);
  if (sent !== undefined || isInbox(server)) return sent;
  // A server of several lists without one of all: its root leads to the list that has the message.
  const answer = await server.ask({ path: `${encoded(messageId)}/`, signal });
  if (answer === undefined) return undefined;
  await drained(answer, server);
  if (!answer.url.startsWith(server.base) || archivedId(answer.url) !== messageId) return undefined;
  const found = new URL(answer.url.replace(/\/?(?:[?#].*)?$/, "/t.mbox.gz"));
  return await mail(server, found.href, signal);
}

/** One message without its thread: a server whose lists have no index knows no threads. Parameters as of `thread`. */
export async function message(
  server: Server,
  messageId: string,
  signal: AbortSignal,
  written?: string,
): Promise<SentMail | undefined> {
  return await below(server, `${encoded(messageId)}/raw`, signal, written);
}

/** Mail at a path of the list that a link names, or of the list of all; a server that is one list has one place. */
async function below(
  server: Server,
  path: string,
  signal: AbortSignal,
  written: string | undefined,
): Promise<SentMail | undefined> {
  for (const place of isInbox(server) ? [""] : [...listIn(server, written), "all/"]) {
    const sent = await mail(server, `${place}${path}`, signal);
    if (sent !== undefined) return sent;
  }
  return undefined;
}

/** The path of the list in a link to this server, in a list of one or none. */
function listIn(server: Server, written: string | undefined): string[] {
  if (written === undefined || !URL.canParse(written)) return [];
  const url = new URL(written);
  if (url.host !== new URL(server.base).host) return [];
  const [list = "", next] = url.pathname.slice(1).split("/");
  return next === undefined || list === "" || list === "r" || list === "all" ? [] : [`${list}/`];
}

/** The whole threads of what the server's search finds; undefined for none. */
export async function searchMail(
  server: Server,
  query: string,
  signal: AbortSignal,
): Promise<SentMail | undefined> {
  const asked = new URLSearchParams({ q: query, x: "m", t: "1" });
  return await mail(server, `${isInbox(server) ? "" : "all/"}?${asked}`, signal, "POST");
}

async function mail(
  server: Server,
  path: string,
  signal: AbortSignal,
  method: "GET" | "POST" = "GET",
): Promise<SentMail | undefined> {
  const answer = await server.ask({ path, signal, method });
  if (answer === undefined) return undefined;
  if (answer.type === "text/html") {
    await drained(answer, server);
    throw challenge(server);
  }
  return { url: answer.url, pieces: answer.body };
}

/** New mail of an inbox, newest first, 25 messages a page. `before` is what the last page gave as `next`. */
export async function newest(server: Server, signal: AbortSignal, before?: string): Promise<FeedPage> {
  const path = before === undefined ? "new.atom" : `new.atom?t=${before}`;
  const entries = await feed(server, path, signal);
  const oldest = Math.min(...entries.map(({ dateMs }) => dateMs));
  const next = entries.length > 0 && oldest > 0 ? stamp(oldest) : undefined;
  return next === undefined || next === before ? { entries } : { entries, next };
}

/** Messages that the server's own search finds, best first as it ranks them; a page at a time. */
export async function search(
  server: Server,
  query: string,
  signal: AbortSignal,
  after = "0",
): Promise<FeedPage> {
  const asked = new URLSearchParams({ q: query, x: "A", ...(after === "0" ? {} : { o: after }) });
  const entries = await feed(server, `?${asked}`, signal);
  return entries.length < PAGE ? { entries } : { entries, next: String(Number(after) + entries.length) };
}

/** Entries of a page of a search, at most (public-inbox's own number is 200). */
const PAGE = 200;

/** Nothing found is 404, and no failure. */
async function feed(server: Server, path: string, signal: AbortSignal): Promise<AtomEntry[]> {
  const answer = await server.ask({ path, signal, kept: true });
  if (answer === undefined) return [];
  const text = (await drained(answer, server)).toString("utf8");
  if (answer.type === "text/html") throw challenge(server);
  if (!text.includes("<feed")) {
    throw new UserError(
      `${server.name} answered with something that is no feed of mail.`,
      "Check that its address in kernelMail.archives leads to a list of a public-inbox server.",
    );
  }
  return readAtom(text);
}

/** A time as public-inbox takes it for paging: digits from year to second, UTC. */
const stamp = (ms: number): string =>
  new Date(ms)
    .toISOString()
    .replace(/\.\d+Z$/, "")
    .replace(/\D/g, "");

/** What can be mirrored from the server, by its manifest (also that of grokmirror); sorted by path. */
export async function inboxes(server: Server, signal: AbortSignal): Promise<InboxListing[]> {
  const answer = await server.ask({ path: "manifest.js.gz", signal, kept: true });
  if (answer === undefined) {
    throw new UserError(
      `${server.name} has no list of what can be mirrored.`,
      "Name another server in the setting kernelMail.servers, or clone the list by hand.",
    );
  }
  const bytes = await drained(answer, server);
  if (answer.type === "text/html") throw challenge(server);
  try {
    const text = bytes[0] === 0x1f ? gunzipSync(bytes, { maxOutputLength: LARGEST }) : bytes;
    return readManifest(JSON.parse(text.toString("utf8")));
  } catch (error) {
    // zlib and JSON throw what is wrong with the text; both mean the same to a person.
    throw new UserError(
      `The list of mirrors of ${server.name} cannot be read (${error instanceof Error ? error.message : error}).`,
      "Try again later.",
    );
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The inboxes of a manifest: repositories by path, those of one inbox together. Anything else in it is left out. */
export function readManifest(manifest: unknown): InboxListing[] {
  const inboxes = new Map<string, InboxListing>();
  for (const [path, repository] of Object.entries(isRecord(manifest) ? manifest : {})) {
    if (!isRecord(repository)) continue;
    const found = /^\/?(\S{1,200}?)\/(?:git\/)?(\d{1,4})(?:\.git)?$/.exec(path);
    const inbox = found?.[1];
    if (inbox === undefined || inbox.includes("..")) continue;
    const { description, modified, fingerprint } = repository;
    const listing = inboxes.get(inbox) ?? { path: inbox, description: "", epochs: [] };
    if (typeof description === "string") {
      listing.description = description.replace(/\s*\[epoch \d+\]$/, "").slice(0, 200);
    }
    listing.epochs.push({
      number: Number(found?.[2]),
      path: path.replace(/^\//, ""),
      modifiedMs: typeof modified === "number" ? modified * 1000 : 0,
      ...(typeof fingerprint === "string" && /^[0-9a-f]{40}$/.test(fingerprint) ? { fingerprint } : {}),
    });
    inboxes.set(inbox, listing);
  }
  for (const { epochs } of inboxes.values()) epochs.sort((one, other) => one.number - other.number);
  return [...inboxes.values()].sort((one, other) => one.path.localeCompare(other.path));
}

/**
 * The size of a repository in bytes, as far as the server tells: that of its packs. Undefined where it does not say.
 * @param path of the repository below the server's address
 */
export async function repositorySize(
  server: Server,
  path: string,
  signal: AbortSignal,
): Promise<number | undefined> {
  const answer = await server.ask({ path: `${path}/objects/info/packs`, signal });
  if (answer === undefined) return undefined;
  const packs = (await drained(answer, server))
    .toString("latin1")
    .matchAll(/^P (pack-[0-9a-f]{40,64}\.pack)$/gm);
  let bytes: number | undefined;
  for (const [, pack = ""] of [...packs].slice(0, 8)) {
    const head = await server.ask({ path: `${path}/objects/pack/${pack}`, method: "HEAD", signal });
    if (head !== undefined) await drained(head, server);
    if (head?.length !== undefined) bytes = (bytes ?? 0) + head.length;
  }
  return bytes;
}

async function drained({ body }: Answer, server: Server): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of body) {
    size += piece.length;
    if (size > LARGEST) {
      throw new UserError(
        `${server.name} sends more than any list or feed of mail is large, and was stopped.`,
        "Check its address in kernelMail.servers and kernelMail.archives.",
      );
    }
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

const challenge = ({ name }: Server): UserError =>
  new UserError(
    `${name} answered with a web page instead of mail: it may want to see a browser first.`,
    "Open the message in the browser, or name another server in the setting kernelMail.servers.",
  );
