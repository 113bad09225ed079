/** Opens an archive on disk: what it is, is recognised from its content. */
import { join } from "node:path";
import { sentence } from "../base/report.ts";
import { GzipMbox } from "./gzipMbox.ts";
import { MailFiles } from "./mailFiles.ts";
import { Many, type Member } from "./many.ts";
import { Mbox } from "./mbox.ts";
import { PublicInbox } from "./publicInbox.ts";
import { fileKind, type Survey, survey } from "./recognise.ts";
import type { Format, Source, SourceSpec } from "./source.ts";

/**
 * Opens an archive for reading. `spec.kind` overrules what would be recognised and spares the look; `git` is the
 * program to read blobs with. Throws a UserError with a next step when the path is no archive that we know.
 */
export async function openSource(spec: SourceSpec, git = "git"): Promise<Source> {
  const format = spec.kind ?? (await survey(spec.path, git)).format;
  return sourceOf(spec, format, git);
}

function sourceOf(spec: SourceSpec, format: Format, git: string): Source {
  switch (format) {
    case "mbox":
      return fileKind(spec.path) === "gzip" ? new GzipMbox(spec) : new Mbox(spec);
    case "maildir":
    case "eml":
      return new MailFiles(spec, format);
    case "v1":
    case "v2":
      return new PublicInbox(spec, format, git);
    case "inboxes":
    case "folder":
      return new Many(spec, format, async () => {
        const found = await survey(spec.path, git);
        const closed = found.closed.map(({ path, error }) => ({ path, why: sentence(error) }));
        return { members: membersOf(spec, found, git), closed };
      });
  }
}

/** The archives in a folder; mails that are files of their own make one archive together. */
function membersOf(spec: SourceSpec, found: Survey, git: string): Member[] {
  const members = found.parts.map(({ path, kind }): Member => {
    const own = { path: join(spec.path, path) };
    if (kind === "gzip") return { path, kind, source: new GzipMbox(own), resumes: false };
    const source = kind === "git" ? new PublicInbox(own, "v2", git) : new Mbox(own);
    return { path, kind, source, resumes: true };
  });
  if (found.files) {
    const others = new Set(found.parts.map(({ path }) => path));
    const source = new MailFiles({ path: spec.path }, "maildir", others);
    members.push({ path: "", kind: "files", source, resumes: false });
  }
  return members;
}
