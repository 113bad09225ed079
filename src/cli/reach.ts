/** How far a search reaches, said below what it found. */
import type { Archive } from "../archive/archive.ts";
import type { Call } from "./call.ts";

/** Says which archives a search could not see the end of. */
export async function sayReach(call: Call, archive: Archive): Promise<void> {
  for (const { name, part, backToMs } of await archive.reach()) {
    const back = backToMs === undefined ? "" : `, back to ${new Date(backToMs).toISOString().slice(0, 10)}`;
    call.say(`${name} is read to ${Math.floor(part * 100)} %${back}; what is older is not searched yet.`);
  }
}
