/** File names that strangers give, made safe to be saved under (D207). */

/** What is no part of a name on some system, or is not seen. */
const UNFIT = /[\x00-\x1f\x7f-\x9f<>:"/\\|?*\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;

/** Names of devices, whatever ending they have. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

const LONGEST = 120;

/**
 * The last part of a path as a name that hides nothing, leaves its folder nowhere and opens no device.
 * @param fallback for names of which nothing is left
 */
export function safeName(name: string, fallback: string): string {
  const last = name.replaceAll("\\", "/").split("/").at(-1) ?? "";
  const bare = last
    .replace(UNFIT, "_")
    .replace(/^[.\s]+|[.\s]+$/g, "")
    .replace(/\s+/g, " ");
  if (bare === "") return fallback;
  const whole = DEVICE.test(bare) ? `_${bare}` : bare;
  if (whole.length <= LONGEST) return whole;
  const ending = /\.[A-Za-z0-9]{1,10}$/.exec(whole)?.[0] ?? "";
  return whole.slice(0, LONGEST - ending.length) + ending;
}
