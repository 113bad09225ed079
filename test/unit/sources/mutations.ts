/** Damaged archives, made by a seeded choice of damages: the same seed makes the same damage. */
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { isUserError } from "../../../src/base/report.ts";
import { openSource } from "../../../src/sources/open.ts";
import { comes, commit, goes } from "./repository.ts";
import { envelope, file, mail, mboxOf, Shelf } from "./shelf.ts";

/** Numbers from 0 to below 1 (mulberry32). */
export function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const snippets = [
  "\n\nFrom ",
  "From - \n",
  envelope,
  "\r",
  "\n",
  "\0",
  "Content-Length: 99\n",
  "Content-Length: 1\n",
  "\n\n",
  ">From ",
  "\xff\xfe",
  "From: x\n",
  ":",
];

/** Bytes cut out, doubled, replaced or put in. */
export function damaged(data: Buffer, next: () => number): Buffer {
  let bytes = data;
  for (let count = 1 + Math.floor(next() * 3); count > 0; count--) {
    const at = Math.floor(next() * (bytes.length + 1));
    const length = Math.floor(next() ** 3 * 400);
    const kind = Math.floor(next() * 5);
    const before = bytes.subarray(0, at);
    const behind = bytes.subarray(at);
    const snippet = Buffer.from(snippets[Math.floor(next() * snippets.length)] ?? "", "latin1");
    if (kind === 0) bytes = Buffer.concat([before, behind.subarray(length)]);
    else if (kind === 1) bytes = Buffer.concat([before, snippet, behind]);
    else if (kind === 2) bytes = Buffer.concat([before, snippet, behind.subarray(snippet.length)]);
    else if (kind === 3) bytes = Buffer.concat([before, behind.subarray(0, length), behind]);
    else bytes = Buffer.from(before);
  }
  return bytes;
}

/** Small archives of every kind below `root`; returns the files of them that may be damaged. */
export async function archives(root: string): Promise<string[]> {
  const mails = Array.from({ length: 12 }, (_, n) => mail(`m${n}`, `>From one\n\ntwo ${n}\n`));
  const counted = mails.map((each) => {
    const [head = "", body = ""] = each.split(/\n\n(.*)/s);
    return `${envelope}${head}\nContent-Length: ${body.length}\n\n${body}\n`;
  });
  file(join(root, "mbox", "rd.mbox"), mboxOf(...mails));
  file(join(root, "cl", "cl2.mbox"), counted.join(""));
  file(join(root, "crlf", "crlf.mbox"), mboxOf(...mails).replaceAll("\n", "\r\n"));
  file(join(root, "gz", "x.mbox.gz"), gzipSync(Buffer.from(mboxOf(...mails))));
  for (const [n, each] of mails.entries()) file(join(root, "md", "cur", `${1_600_000_000 + n}.x:2,S`), each);
  for (const [n, each] of mails.entries()) file(join(root, "eml", `${n}.eml`), each);
  await commit(join(root, "v2", "git", "0.git"), mails.slice(0, 6).map(comes));
  await commit(join(root, "v2", "git", "1.git"), [...mails.slice(6).map(comes), goes(mails[0] ?? "")]);
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.(?:sample|idx|rev)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

/**
 * One round: damages one file, reads its archive as far as it goes, asks for every mail's bytes, reads again, and puts
 * the file right. Anything thrown but a UserError comes through.
 */
export async function round(root: string, files: readonly string[], next: () => number): Promise<string> {
  const path = files[Math.floor(next() * files.length)] ?? "";
  const archive = join(root, path.slice(root.length + 1).split(/[/\\]/)[0] ?? "");
  const whole = readFileSync(path);
  const { mode } = statSync(path);
  const shelf = new Shelf();
  shelf.tells = next() < 0.5;
  try {
    if (next() < 0.5) await shelf.index(archive);
    chmodSync(path, 0o644);
    writeFileSync(path, damaged(whole, next));
    const source = await openSource({ path: archive });
    try {
      await shelf.run(source);
      await source.bytes([...shelf.rows.values()].map(({ place }) => place));
      await shelf.run(source);
      return shelf.quiet ? "read" : "unsettled";
    } finally {
      source.close();
    }
  } catch (error) {
    if (isUserError(error)) return "refused";
    throw new Error(`${path}: ${(error as Error).stack}`);
  } finally {
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, whole);
    chmodSync(path, mode);
  }
}
