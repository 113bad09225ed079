/** The Date field: RFC 5322 dates and the odd ones mailers have written since. */

/** When a mail says it was sent: milliseconds since 1970 UTC, and the sender's offset from UTC in minutes. */
export interface SentDate {
  ms: number;
  zoneMinutes: number;
}

const months = "janfebmaraprmayjunjulaugsepoctnovdec";

// RFC 5322 section 4.3, in hours from UTC. Military letters say nothing reliable and count as UTC.
const zoneHours: Record<string, number> = {
  UT: 0,
  GMT: 0,
  UTC: 0,
  EST: -5,
  EDT: -4,
  CST: -6,
  CDT: -5,
  MST: -7,
  MDT: -6,
  PST: -8,
  PDT: -7,
  WET: 0,
  WEST: 1,
  BST: 1,
  CET: 1,
  MET: 1,
  CEST: 2,
  MEST: 2,
  MEZ: 1,
  MESZ: 2,
  EET: 2,
  EEST: 3,
  MSK: 3,
  JST: 9,
  KST: 9,
};

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isLetter(code: number): boolean {
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

/** 1-12, or 0 when the word is no month. Full names count by their first three letters. */
function monthOf(word: string): number {
  if (word.length < 3) return 0;
  const at = months.indexOf(word.slice(0, 3).toLowerCase());
  return at >= 0 && at % 3 === 0 ? at / 3 + 1 : 0;
}

/** RFC 5322 section 4.3: two digits below 50 are 20xx, above 19xx; three digits count from 1900, also as "0102". */
function fullYear(year: number, digits: number): number {
  if (digits === 2) return year < 50 ? 2000 + year : 1900 + year;
  return digits >= 3 && year >= 100 && year < 1000 ? 1900 + year : year;
}

/** Minutes from UTC of "+0100", "-130", "+5", "+05:30" (given without the colon); undefined when impossible. */
function offsetMinutes(sign: number, digits: string): number | undefined {
  const value = Number(digits);
  const minutes = digits.length <= 2 ? value * 60 : Math.floor(value / 100) * 60 + (value % 100);
  // Nothing on earth is a day away; such zones come from broken clocks and would move the instant.
  return minutes < 24 * 60 ? sign * minutes : undefined;
}

interface Reading {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  zone: number | undefined;
}

/** The fields of a date, by one walk over at most 120 characters. -1 is "not seen". */
function read(text: string): Reading {
  const date: Reading = { year: -1, month: -1, day: -1, hour: -1, minute: 0, second: 0, zone: undefined };
  const length = Math.min(text.length, 120);
  let at = 0;
  let comment = 0;
  while (at < length) {
    const code = text.charCodeAt(at);
    if (code === 0x28) comment++;
    if (code === 0x29 && comment > 0) comment--;
    if (comment > 0 || !(isDigit(code) || isLetter(code) || code === 0x2b || code === 0x2d)) {
      at++;
      continue;
    }
    if (isLetter(code)) {
      const start = at;
      while (at < length && isLetter(text.charCodeAt(at))) at++;
      readWord(date, text.slice(start, at));
    } else if (isDigit(code)) {
      at = readNumber(date, text, at, length);
    } else if (date.hour >= 0 && isDigit(text.charCodeAt(at + 1))) {
      at = readOffset(date, text, at, length);
    } else at++;
  }
  return date;
}

function readWord(date: Reading, word: string): void {
  if (date.month < 0) {
    const month = monthOf(word);
    if (month > 0) {
      date.month = month;
      return;
    }
  }
  if (date.hour < 0) return;
  const upper = word.toUpperCase();
  if (upper === "PM" && date.hour < 12) date.hour += 12;
  else if (upper === "AM" && date.hour === 12) date.hour = 0;
  else if (date.zone === undefined && Object.hasOwn(zoneHours, upper))
    date.zone = (zoneHours[upper] ?? 0) * 60;
}

function readNumber(date: Reading, text: string, from: number, length: number): number {
  let at = from;
  let value = 0;
  while (at < length && isDigit(text.charCodeAt(at))) value = value * 10 + text.charCodeAt(at++) - 0x30;
  const digits = at - from;
  const next = text.charCodeAt(at);
  if (date.hour < 0 && digits <= 2 && next === 0x3a && isDigit(text.charCodeAt(at + 1))) {
    return readTime(date, text, value, at, length);
  }
  if (digits === 4 && date.year < 0 && next === 0x2d && date.month < 0 && isDigit(text.charCodeAt(at + 1))) {
    date.year = value; // ISO 8601: 2026-01-19
    date.month = Number.parseInt(text.slice(at + 1, at + 3), 10);
    return at + 3;
  }
  if (digits <= 2 && date.day < 0) date.day = value;
  else if (date.year < 0) date.year = fullYear(value, digits);
  return at;
}

function readTime(date: Reading, text: string, hour: number, from: number, length: number): number {
  date.hour = hour;
  let at = from + 1;
  let value = 0;
  while (at < length && isDigit(text.charCodeAt(at))) value = value * 10 + text.charCodeAt(at++) - 0x30;
  date.minute = value;
  if (text.charCodeAt(at) !== 0x3a) return at;
  at++;
  value = 0;
  while (at < length && isDigit(text.charCodeAt(at))) value = value * 10 + text.charCodeAt(at++) - 0x30;
  date.second = value;
  if (text.charCodeAt(at) === 0x2e) {
    at++;
    while (at < length && isDigit(text.charCodeAt(at))) at++; // fractions of a second
  }
  return at;
}

function readOffset(date: Reading, text: string, from: number, length: number): number {
  const sign = text.charCodeAt(from) === 0x2d ? -1 : 1;
  let at = from + 1;
  while (at < length && (isDigit(text.charCodeAt(at)) || text.charCodeAt(at) === 0x3a)) at++;
  const digits = text.slice(from + 1, at).replace(":", "");
  // "GMT+0200" is common and means the number; "+0200 (CEST)" never reaches the name.
  if (digits.length <= 4 && (date.zone === undefined || date.zone === 0)) {
    date.zone = offsetMinutes(sign, digits);
  }
  return at;
}

/**
 * A Date value to an instant and the sender's offset; undefined when it cannot be read. Without a zone it counts
 * as UTC. Accepts RFC 5322 with its obsolete forms (section 4.3), asctime and ISO 8601.
 */
export function parseDate(value: string): SentDate | undefined {
  const { year, month, day, hour, minute, second, zone } = read(value);
  const readable =
    year >= 1900 &&
    year <= 9999 &&
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= 31 &&
    hour >= 0 &&
    hour <= 24;
  if (!readable || minute > 59 || second > 61) return undefined;
  const zoneMinutes = zone ?? 0;
  return { ms: Date.UTC(year, month - 1, day, hour, minute, second) - zoneMinutes * 60_000, zoneMinutes };
}
