/** Dates as a heading says them: short in the reader's own zone, in full with the sender's. */

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const two = (value: number): string => String(value).padStart(2, "0");
const many = (count: number, unit: string): string => `${count} ${unit}${count === 1 ? "" : "s"}`;

/** "Mon 16 Nov, 10:04", "today 14:12", with the year when it is not this one. All in milliseconds. */
export function headingDate(ms: number, nowMs: number): string {
  const date = new Date(ms);
  const now = new Date(nowMs);
  const clock = `${two(date.getHours())}:${two(date.getMinutes())}`;
  if (date.toDateString() === now.toDateString()) return `today ${clock}`;
  const year = date.getFullYear() === now.getFullYear() ? "" : ` ${date.getFullYear()}`;
  return `${DAYS[date.getDay()]} ${date.getDate()} ${MONTHS[date.getMonth()]}${year}, ${clock}`;
}

/** "2 h ago", "6 days ago"; "" for a date in the future, which the clock of a sender may be in. */
export function relativeDate(ms: number, nowMs: number): string {
  const age = nowMs - ms;
  if (age < 0) return "";
  if (age < HOUR) return `${Math.floor(age / MINUTE)} min ago`;
  if (age < DAY) return `${Math.floor(age / HOUR)} h ago`;
  const days = Math.floor(age / DAY);
  if (days < 60) return `${many(days, "day")} ago`;
  return days < 730
    ? `${many(Math.floor(days / 30.44), "month")} ago`
    : `${Math.floor(days / 365.25)} years ago`;
}

/** One word for the outline: "2 h", "Mon", "16 Nov", with the year where `hasYear` asks for it. */
export function outlineDate(ms: number, nowMs: number, hasYear = true): string {
  const age = nowMs - ms;
  const date = new Date(ms);
  if (age >= 0 && age < HOUR) return `${Math.floor(age / MINUTE)} m`;
  if (age >= 0 && age < DAY) return `${Math.floor(age / HOUR)} h`;
  if (age >= 0 && age < 6 * DAY) return DAYS[date.getDay()] ?? "";
  const isThisYear = date.getFullYear() === new Date(nowMs).getFullYear();
  return dayWords(date, !isThisYear && hasYear);
}

const dayWords = (date: Date, hasYear: boolean): string =>
  `${date.getDate()} ${MONTHS[date.getMonth()]}${hasYear ? ` ${date.getFullYear()}` : ""}`;

/** "16 Nov", with the year when it is not this one; "" without a date. */
export function dayOf(ms: number | undefined, nowMs: number): string {
  if (ms === undefined) return "";
  const date = new Date(ms);
  return dayWords(date, date.getFullYear() !== new Date(nowMs).getFullYear());
}

/** From when to when a thread goes: "28 Jun – 16 Jul 2019"; "" without dates, one day alone when it is one. */
export function spanWords(dates: readonly number[], nowMs: number): string {
  if (dates.length === 0) return "";
  const first = new Date(dates.reduce((least, ms) => Math.min(least, ms)));
  const last = new Date(dates.reduce((most, ms) => Math.max(most, ms)));
  const isThisYear = last.getFullYear() === new Date(nowMs).getFullYear();
  const end = dayWords(last, !isThisYear || first.getFullYear() !== last.getFullYear());
  if (first.toDateString() === last.toDateString()) return end;
  return `${dayWords(first, first.getFullYear() !== last.getFullYear())} – ${end}`;
}

/** True when all of these lie in one year. */
export const isOneYear = (dates: readonly number[]): boolean =>
  new Set(dates.map((ms) => new Date(ms).getFullYear())).size < 2;

/** "Mon, 16 Nov 2026 10:04:11 +0100": what the sender's own clock said. */
export function fullDate(ms: number, zoneMinutes = 0): string {
  const date = new Date(ms + zoneMinutes * MINUTE);
  const sign = zoneMinutes < 0 ? "-" : "+";
  const zone = Math.abs(zoneMinutes);
  const clock = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(":");
  const day = `${DAYS[date.getUTCDay()]}, ${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}`;
  return `${day} ${date.getUTCFullYear()} ${clock} ${sign}${two(Math.floor(zone / 60))}${two(zone % 60)}`;
}
