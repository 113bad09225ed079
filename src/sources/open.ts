/** Opens an archive on disk: what it is, is recognised from its content. */
import { Mbox } from "./mbox.ts";
import { PublicInbox } from "./publicInbox.ts";
import { recognise } from "./recognise.ts";
import type { Source, SourceSpec } from "./source.ts";

/** Opens an archive for reading. `spec.kind` overrules what would be recognised. Throws a UserError as `recognise`. */
export async function openSource(spec: SourceSpec, git = "git"): Promise<Source> {
  const format = spec.kind ?? (await recognise(spec.path, git));
  if (format === "mbox") return new Mbox(spec);
  return new PublicInbox(spec, "v2", git);
}
