/** The line above cited text that says who wrote it and when (R501 to R505). */
import type { Mailbox } from "../mail/address.ts";
import type { Message, SentDate } from "../mail/message.ts";

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

/** The attribution for cited lines of `parent`, written by `author`. */
export function attributionOf(parent: Message, author: Mailbox): string {
  const wrote = `${spokenName(author)} wrote:`;
  if (!parent.date || !Number.isFinite(parent.date.ms + parent.date.zoneMinutes)) return wrote;
  const { weekday, month, day, year, time, seconds, zone } = dateParts(parent.date);
  const start = `On ${weekday}, ${month} ${day}, ${year} at ${time}`;
  const full = `${start}:${seconds} ${zone}, ${wrote}`;
  if ([...full].length <= columns) return full;
  const withZone = `${start} ${zone}, ${wrote}`;
  return [...withZone].length <= columns ? withZone : `${start}, ${wrote}`;
}
