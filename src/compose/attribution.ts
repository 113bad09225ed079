/** The line above cited text that says who wrote it and when (R501 to R505). */

import type { Mailbox } from "../mail/address.ts";
import { matchAttribution } from "../mail/attribution.ts";
import type { SentDate } from "../mail/date.ts";
import type { Message } from "../mail/message.ts";

/** R503: above this the date gets shorter. */
const columns = 78;
const weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] as const;
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;

const two = (number: number): string => String(number).padStart(2, "0");

/** `+0100`, from minutes east of UTC. */
export function zoneText(zoneMinutes: number): string {
  const minutes = Math.abs(Math.trunc(zoneMinutes));
  return `${zoneMinutes < 0 ? "-" : "+"}${two(Math.trunc(minutes / 60))}${two(minutes % 60)}`;
}

/** The parts of a date in the sender's own zone, in English whatever the locale is (R501, R403). */
export function dateParts({ ms, zoneMinutes }: SentDate) {
  const local = new Date(ms + zoneMinutes * 60_000);
  return {
    weekday: weekdays[local.getUTCDay()] ?? "",
    month: months[local.getUTCMonth()] ?? "",
    day: local.getUTCDate(),
    year: local.getUTCFullYear(),
    time: `${two(local.getUTCHours())}:${two(local.getUTCMinutes())}`,
    seconds: two(local.getUTCSeconds()),
    zone: zoneText(zoneMinutes),
  };
}

/** R502: the name as it is said, `Doe, Jane` turned round; the address where there is no name. One line always. */
function spokenName({ name, address }: Mailbox): string {
  const plain = name.replace(/[\s\u0000-\u001f\u007f-\u009f]+/g, " ").trim();
  const [last, first, ...rest] = plain.split(",");
  if (last && first && rest.length === 0) return `${first.trim()} ${last.trim()}`.trim();
  return plain || address;
}

/** R501: the attribution unless the person has one of their own. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: the placeholders of the setting
const USUAL_ATTRIBUTION = "On ${date}, ${name} wrote:";
/** R505: without a date that can be read. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: as above
const UNDATED_ATTRIBUTION = "${name} wrote:";

/** R503: the forms of a date from the longest to the shortest. */
function dateForms(date: SentDate): string[] {
  const { weekday, month, day, year, time, seconds, zone } = dateParts(date);
  const start = `${weekday}, ${month} ${day}, ${year} at ${time}`;
  return [`${start}:${seconds} ${zone}`, `${start} ${zone}`, start];
}

/**
 * The attribution for cited lines of `parent`, written by `author`: one line.
 * @param form what it says, with `${date}`, `${name}` and `${address}`; one that no reader would take for an attribution,
 * ours included, gives the usual line, since what stands above cited text is else the person's own words
 */
export function attributionOf(parent: Message, author: Mailbox, form = USUAL_ATTRIBUTION): string {
  const { date } = parent;
  const dates = date && Number.isFinite(date.ms + date.zoneMinutes) ? dateForms(date) : undefined;
  const fill = (text: string): string => {
    const lines = (dates ?? [""]).map((when) => {
      const values: Record<string, string> = {
        date: when,
        name: spokenName(author),
        address: author.address,
      };
      return text.replace(/\$\{(date|name|address)\}/g, (_, key: string) => values[key] ?? "");
    });
    return lines.find((line) => [...line].length <= columns) ?? lines.at(-1) ?? "";
  };
  const usual = fill(dates === undefined ? UNDATED_ATTRIBUTION : USUAL_ATTRIBUTION);
  if (form === USUAL_ATTRIBUTION || (dates === undefined && /\$\{date\}/.test(form))) return usual;
  const own = fill(form.replace(/\s+/g, " ").trim());
  return matchAttribution(own) === undefined ? usual : own;
}
