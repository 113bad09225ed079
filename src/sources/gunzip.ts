/** The bytes that a gzip file packs, as much of them as damage leaves. */
import { closeSync, openSync, readSync } from "node:fs";
import { constants, createGunzip, type Gunzip, gunzipSync } from "node:zlib";
import { unreadable } from "./git.ts";

const pieceSize = 1 << 16;

/** zlib gives nothing of the piece in which it meets damage: near it pieces are so small, that little is lost. */
const smallPiece = 16;

/** A member's first bytes (RFC 1952 section 2.3): its mark, and deflate as the only method there is. */
const member = Buffer.from([0x1f, 0x8b, 8]);

/** Flags above these are reserved and zero. */
const knownFlags = 0x1f;

/** How one run ended: at the end of the file, or where in the packed file damage was met. */
type RunEnd = { damage?: undefined } | { damage: string; at: number };

/**
 * Yields the unpacked bytes in order. What a damaged member holds behind the damage cannot be unpacked; members that
 * follow it (each appended by a run of gzip of its own) can, and an empty line stands for the gap, so that what comes
 * next begins on a line of its own. `damage` is told in one sentence. Throws a UserError when the file may not be read.
 */
export async function* unpacked(path: string, damage: (sentence: string) => void): AsyncGenerator<Buffer> {
  const file = openPacked(path);
  try {
    let lost = "";
    let gaps = 0;
    for (let from: number | undefined = 0; from !== undefined; ) {
      const end: RunEnd = yield* unpackedFrom(file, from);
      if (end.damage === undefined) break;
      lost = end.damage;
      from = nextMember(file, Math.max(from + 1, end.at - smallPiece));
      if (from === undefined) break;
      gaps += 1;
      yield Buffer.from("\n\n");
    }
    if (lost === "") return;
    const what = gaps === 0 ? "what comes before that place was read" : `it was read but for ${places(gaps)}`;
    damage(`It is damaged or incomplete (${lost}); ${what}.`);
  } finally {
    closeSync(file);
  }
}

const places = (gaps: number): string => (gaps === 1 ? "that place" : `${gaps} such places`);

function openPacked(path: string): number {
  try {
    return openSync(path, "r");
  } catch (error) {
    throw unreadable(path, error);
  }
}

function pieceAt(file: number, at: number, size: number): Buffer {
  const piece = Buffer.allocUnsafe(size);
  return piece.subarray(0, readSync(file, piece, 0, size, at));
}

/** Unpacks from where a member begins. Where damage is met, the piece it is in is gone through once more. */
async function* unpackedFrom(file: number, from: number): AsyncGenerator<Buffer, RunEnd> {
  let given = 0;
  let end = yield* run(file, from, Number.POSITIVE_INFINITY, (chunk) => {
    given += chunk.length;
    return chunk;
  });
  if (end.damage === undefined) return end;
  let skip = given;
  end = yield* run(file, from, end.at, (chunk) => {
    const fresh = chunk.subarray(Math.min(skip, chunk.length));
    skip -= chunk.length - fresh.length;
    return fresh;
  });
  return end;
}

/** One pass. From the place `carefully` on, the file is taken in small pieces. */
async function* run(
  file: number,
  from: number,
  carefully: number,
  take: (chunk: Buffer) => Buffer,
): AsyncGenerator<Buffer, RunEnd> {
  const gunzip = createGunzip({ chunkSize: 1 << 20 });
  const chunks: Buffer[] = [];
  let ended = false;
  gunzip.on("data", (chunk: Buffer) => chunks.push(chunk));
  gunzip.on("end", () => {
    ended = true;
  });
  // `feed` hears of every failure; without a listener it would also end the process.
  gunzip.on("error", () => undefined);
  try {
    for (let at = from; !ended; ) {
      const piece = pieceAt(file, at, at < carefully ? pieceSize : smallPiece);
      const failure = await feed(gunzip, piece);
      for (const chunk of chunks.splice(0)) {
        const wanted = take(chunk);
        if (wanted.length > 0) yield wanted;
      }
      if (failure !== undefined) return { damage: failure.message, at };
      if (piece.length === 0) break;
      at += piece.length;
    }
    return {};
  } finally {
    gunzip.destroy();
  }
}

/** Hands a piece to zlib, or the end when it is empty; resolves when all that it gives for it is there. */
function feed(gunzip: Gunzip, piece: Buffer): Promise<Error | undefined> {
  return new Promise((resolve) => {
    const failed = (error: Error) => resolve(error);
    const fed = () => {
      gunzip.off("error", failed);
      gunzip.off("end", fed);
      resolve(undefined);
    };
    gunzip.once("error", failed);
    // What follows the last member is left alone: the stream then ends by itself.
    gunzip.once("end", fed);
    if (piece.length === 0) gunzip.end();
    else gunzip.write(piece, (error) => (error ? failed(error) : fed()));
  });
}

/** Where the next member begins that can be unpacked, at or behind `from`. */
function nextMember(file: number, from: number): number | undefined {
  for (let at = from; ; at += pieceSize) {
    const piece = pieceAt(file, at, pieceSize + member.length);
    for (let hit = piece.indexOf(member); hit >= 0; hit = piece.indexOf(member, hit + 1)) {
      if (beginsMember(pieceAt(file, at + hit, pieceSize))) return at + hit;
    }
    if (piece.length < pieceSize + member.length) return undefined;
  }
}

/** Three bytes are found anywhere by chance: a member's first bytes can be unpacked as well. */
function beginsMember(head: Buffer): boolean {
  if (((head[3] ?? 0xff) & ~knownFlags) !== 0) return false;
  try {
    return gunzipSync(head, { finishFlush: constants.Z_SYNC_FLUSH }).length > 0;
  } catch {
    // Only zlib can throw here: no member begins at this place.
    return false;
  }
}
