/** What a line's letters tell at one glance: most lines need no closer look. */

/** Signs of a line; several are added up. */
export const SIGN = {
  /** `://` */
  scheme: 1,
  /** `@` */
  at: 2,
  /** Seven hex digits in a row, none of them a capital. */
  hex: 4,
  /** A colon before a digit. */
  colonDigit: 8,
  /** `+0x` */
  offset: 16,
  /** The end of a server's name before a path: `.org/`. */
  server: 32,
  /** A word that stands with the number of a bug. */
  bug: 64,
  /** Blanks at an end, two in a row or other than spaces; or a letter beyond ASCII, which may be one. */
  blanks: 128,
} as const;

const HEX_DIGIT = 1;
const LOOK = 2;
/** By code: hex digits, and what a sign is known by, its rarest letter. */
const KINDS = new Uint8Array(128);
KINDS.fill(LOOK, 0, 33);
for (const char of "0123456789abcdef") KINDS[char.charCodeAt(0)] = HEX_DIGIT;
for (const char of ":@+.vVzZkK") KINDS[char.charCodeAt(0)] = LOOK;

const SERVER = /\.(?:org|link|com|info)\//iy;
const BUG = /(?<=c)ve-|(?<=bug)zilla|(?<=b)ko|(?<=sy)zbot/iy;
const isAt = (pattern: RegExp, text: string, at: number): boolean => {
  pattern.lastIndex = at;
  return pattern.test(text);
};

const SPACE = 32;
const SLASH = 47;
const isDigit = (code: number): boolean => code >= 48 && code <= 57;

/** The signs of a line, added up. */
export function signsOf(line: string): number {
  let signs = 0;
  let digits = 0;
  let blank = -1;
  for (let at = 0; at < line.length; at++) {
    const code = line.charCodeAt(at);
    const kind = code < 128 ? KINDS[code] : LOOK;
    if (kind === HEX_DIGIT) {
      if (++digits === 7) signs |= SIGN.hex;
      continue;
    }
    digits = 0;
    if (kind !== LOOK) continue;
    if (code === SPACE) {
      if (blank === at - 1) signs |= SIGN.blanks;
      blank = at;
    } else signs |= signAt(line, at, code);
  }
  return blank >= 0 && blank === line.length - 1 ? signs | SIGN.blanks : signs;
}

/** The sign that is known by this letter. */
function signAt(line: string, at: number, code: number): number {
  if (code < SPACE || code > 127) return SIGN.blanks;
  const next = line.charCodeAt(at + 1);
  switch (line[at]) {
    case "@":
      return SIGN.at;
    case ":":
      if (next === SLASH) return line.charCodeAt(at + 2) === SLASH ? SIGN.scheme : 0;
      return isDigit(next) ? SIGN.colonDigit : 0;
    case "+":
      return next === 48 && line[at + 2] === "x" ? SIGN.offset : 0;
    case ".":
      return next > 64 && isAt(SERVER, line, at) ? SIGN.server : 0;
    default:
      return isAt(BUG, line, at) ? SIGN.bug : 0;
  }
}
