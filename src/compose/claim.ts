/** Who has a mail in hand, and whether they are still there. */
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { hostname, uptime } from "node:os";

/** The hold of a process on a mail. */
export interface Claim {
  host: string;
  pid: number;
  /** Which start of the machine it was: process numbers begin anew then, and what was not synced is lost. */
  boot: string;
  token: string;
}

/** Somebody of whom nothing can be known (another machine) is given up after this long. */
const GIVEN_UP_MS = 60 * 60_000;
/** What two readings of the machine's start may differ by, in seconds. */
const BOOT_SLACK_S = 120;

/** Linux names each start; elsewhere its time says which it was, in seconds since 1970 UTC. */
const thisBoot = (): Promise<string> =>
  readFile("/proc/sys/kernel/random/boot_id", "utf8").then(
    (id) => id.trim(),
    () => String(Math.round(Date.now() / 1000 - uptime())),
  );

const isSame = (one: string, other: string): boolean =>
  one === other || Math.abs(Number(one) - Number(other)) <= BOOT_SLACK_S;

/** A new hold of this process. */
export async function makeClaim(): Promise<Claim> {
  const token = randomBytes(8).toString("hex");
  return { host: hostname(), pid: process.pid, boot: await thisBoot(), token };
}

/**
 * - `there`: its holder may still be at work.
 * - `gone`: its process has ended, and what it has written is all there.
 * - `lost`: the machine went down, or is another one: the last that was written may be missing.
 */
export async function stateOfClaim(
  claim: Claim | undefined,
  dueMs: number,
  nowMs: number,
): Promise<"there" | "gone" | "lost"> {
  if (claim === undefined) return "lost";
  if (claim.host !== hostname()) return nowMs - dueMs > GIVEN_UP_MS ? "lost" : "there";
  if (!isSame(claim.boot, await thisBoot())) return "lost";
  try {
    process.kill(claim.pid, 0);
    return "there";
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH" ? "gone" : "there";
  }
}
