/** A folder for what a benchmark writes, gone when the program ends; and folders that outlast it. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";

const state: { folder?: string } = {};

/** The folder of this run. */
export function scratch(): string {
  if (state.folder === undefined) {
    const folder = mkdtempSync(join(process.env["KERNEL_MAIL_SCRATCH"] ?? tmpdir(), "kernel-mail-bench-"));
    process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
    state.folder = folder;
  }
  return state.folder;
}

/** A new, empty folder in it. */
export function freshFolder(name: string): string {
  const folder = join(scratch(), name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Where corpora, and the indexes that slow peers made of them, are kept between runs. */
export const home = (): string =>
  process.env["KERNEL_MAIL_SCALE"] ?? join(homedir(), ".cache", "kernel-mail-scale");
