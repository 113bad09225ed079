/** Inboxes of several epochs, written by git itself. */
import { join } from "node:path";
import { comes, commit } from "./repository.ts";
import { folder, mail } from "./shelf.ts";

/** Steps that bring the mails m00000, m00001 … of a range, its end excluded. */
export const numbered = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => comes(mail(`m${String(from + index).padStart(5, "0")}`)));

/** An inbox `list` with an epoch for each argument. */
export async function inbox(...epochs: Parameters<typeof commit>[1][]): Promise<string> {
  const path = join(folder(), "list");
  for (const [number, steps] of epochs.entries()) {
    await commit(join(path, "git", `${number}.git`), steps, { first: 1_700_000_000 + number * 1_000_000 });
  }
  return path;
}

/** The repository of an epoch. */
export const epochOf = (path: string, number = 0): string => join(path, "git", `${number}.git`);
