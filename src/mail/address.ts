/** Mailboxes and lists of them: read, compare, write. */
import { decodeWords, displayLine } from "./encodedWord.ts";

/** One mailbox. `name` is the decoded display name ("" when there is none), `address` as written, without <>. */
export interface Mailbox {
  name: string;
  address: string;
}

// Bounds on what a stranger's header may cost. The largest real list seen has 203 recipients.
const maxLength = 1_000_000;
const maxMailboxes = 10_000;
const maxAddress = 1_000;

/** What has been read of the mailbox under the cursor. */
interface Piece {
  /** Text outside brackets and comments: a name, or a bare address. */
  text: string;
  /** The same with its comments in place: people write "Jane Doe (ACME) <jane@host.example>". */
  phrase: string;
  comment: string;
  /** Inside <>; undefined when there were none. */
  angle: string | undefined;
  /** Lengths of `text` and `phrase` where the brackets stood. */
  nameLength: number;
  phraseLength: number;
}

const emptyPiece = (): Piece => ({
  text: "",
  phrase: "",
  comment: "",
  angle: undefined,
  nameLength: 0,
  phraseLength: 0,
});

/** Reads `"…"` at `start`; undefined when it never closes. `end` is behind the closing quote. */
function readQuoted(list: string, start: number): { text: string; end: number } | undefined {
  let text = "";
  for (let at = start + 1; at < list.length; at++) {
    const char = list.charAt(at);
    if (char === '"') return { text, end: at + 1 };
    if (char === "\\" && at + 1 < list.length) text += list.charAt(++at);
    else text += char;
  }
  return undefined;
}

/** Reads `(…)` with nested comments at `start`; undefined when it never closes. */
function readComment(list: string, start: number): { text: string; end: number } | undefined {
  let depth = 0;
  let text = "";
  for (let at = start; at < list.length; at++) {
    const char = list.charAt(at);
    if (char === "\\" && at + 1 < list.length) {
      text += list.charAt(++at);
      continue;
    }
    if (char === "(" && depth++ === 0) continue;
    if (char === ")" && --depth === 0) return { text, end: at + 1 };
    text += char;
  }
  return undefined;
}

/** An address as found: without blanks, route (`@a,@b:c@d`), "mailto:" and stray quotes around it. */
function cleanAddress(written: string): string {
  let address = written.trim().slice(0, maxAddress);
  if (address.startsWith("@")) address = address.slice(address.indexOf(":") + 1);
  address = address
    .replace(/^mailto:/i, "")
    .replace(/\([^()]*\)/g, "")
    .replace(/^['<]+|['>]+$/g, "");
  // Mailman's archives write "user at host.example".
  const masked = address.length < 320 ? /^([^\s@]+) at ([^\s@]+\.[^\s@]+)$/.exec(address) : null;
  if (masked) return `${masked[1]}@${masked[2]}`;
  return address.startsWith('"') ? address : address.replace(/\s+/g, "");
}

const cleanName = (written: string): string => displayLine(decodeWords(written));

/** A mailbox out of what was read; undefined when it holds nothing. */
function finish(piece: Piece): Mailbox | undefined {
  const text = piece.text.trim();
  if (piece.angle !== undefined) {
    const before = piece.text.slice(0, piece.nameLength).trim() !== "";
    const name = before ? piece.phrase.slice(0, piece.phraseLength) : text || piece.comment;
    const mailbox = { name: cleanName(name), address: cleanAddress(piece.angle) };
    return mailbox.name === "" && mailbox.address === "" ? undefined : mailbox;
  }
  if (text === "") return undefined;
  if (/\s/.test(text) && !text.startsWith('"') && !/^\S+ at \S+\.\S+$/.test(text.slice(0, 320))) {
    // "Jane Doe jane@host.example", brackets forgotten; without any @ it is a name and no address.
    const words = text.split(/\s+/);
    const at = words.findLastIndex((word) => word.includes("@"));
    if (at < 0) return { name: cleanName(text), address: "" };
    const [address = ""] = words.splice(at, 1);
    return { name: cleanName(words.join(" ") || piece.comment), address: cleanAddress(address) };
  }
  return { name: cleanName(piece.comment), address: cleanAddress(text) };
}

/** "Doe, Jane <jane@host.example>" with the quotes forgotten: the name's first half came as an entry of its own. */
function joinHalves(mailboxes: (Mailbox & { bracketed: boolean })[]): Mailbox[] {
  const joined: Mailbox[] = [];
  let half = "";
  for (const { name, address, bracketed } of mailboxes) {
    const isWord = !bracketed && !address.includes("@");
    if (isWord) {
      if (half !== "") joined.push({ name: "", address: half });
      half = name || address;
      continue;
    }
    if (half !== "" && bracketed && name !== "") joined.push({ name: `${half}, ${name}`, address });
    else {
      if (half !== "") joined.push(loneWord(half));
      joined.push({ name, address });
    }
    half = "";
  }
  if (half !== "") joined.push(loneWord(half));
  return joined;
}

/** "root" is a local address; "Jane Doe" is a name without an address. */
const loneWord = (word: string): Mailbox =>
  /\s/.test(word) ? { name: word, address: "" } : { name: "", address: word };

/** What stands in quotes is a name whatever it looks like; encoded words without a comma need no quotes. */
const USUAL =
  /[ \t]*(?:(?:"([^"\\]{0,200})"|([\w .'/=?*-]{0,200}?))[ \t]*<([\w.+=-]{1,100}@[\w.-]{1,100})>|([\w.+=-]{1,100}@[\w.-]{1,100}))[ \t]*(?:,|$)/y;

/** A list of plain names and addresses, as most are; undefined when anything in it needs a closer look. */
function readUsual(list: string): Mailbox[] | undefined {
  const found: Mailbox[] = [];
  let at = 0;
  while (at < list.length) {
    USUAL.lastIndex = at;
    const entry = USUAL.exec(list);
    if (entry === null || found.length >= maxMailboxes) return undefined;
    const name = cleanName(entry[1] ?? entry[2] ?? "");
    found.push({ name, address: entry[3] ?? entry[4] ?? "" });
    at = USUAL.lastIndex;
  }
  return found;
}

/**
 * Reads a list of mailboxes out of an unfolded header value (or what a person typed), raw or decoded: RFC 5322
 * with its obsolete forms, groups flattened, `;` accepted as a separator (R115). Encoded words in names are
 * decoded after the list was split, so that a comma in a name stays in the name. Never throws; entries without
 * an address keep their name.
 */
export function parseAddresses(value: string): Mailbox[] {
  const list = value.length > maxLength ? value.slice(0, maxLength) : value;
  const usual = readUsual(list);
  if (usual !== undefined) return usual;
  const found: (Mailbox & { bracketed: boolean })[] = [];
  let piece = emptyPiece();
  // A mark that is never closed is plain text, and so are all later ones of its kind.
  const unclosed = { quote: false, comment: false, angle: false };
  const close = () => {
    const mailbox = finish(piece);
    if (mailbox) found.push({ ...mailbox, bracketed: piece.angle !== undefined });
    piece = emptyPiece();
  };
  const write = (text: string) => {
    piece.text += text;
    piece.phrase += text;
  };
  let at = 0;
  while (at < list.length && found.length < maxMailboxes) {
    const char = list.charAt(at);
    if (char === '"' && !unclosed.quote) {
      const quoted = readQuoted(list, at);
      if (quoted) {
        const isLocalPart = list.charAt(quoted.end) === "@";
        write(isLocalPart ? list.slice(at, quoted.end) : quoted.text);
        at = quoted.end;
        continue;
      }
      unclosed.quote = true;
    } else if (char === "(" && !unclosed.comment) {
      const comment = readComment(list, at);
      if (comment) {
        piece.comment += (piece.comment && " ") + comment.text;
        if (piece.text !== "") piece.text += " ";
        piece.phrase += `(${comment.text})`;
        at = comment.end;
        continue;
      }
      unclosed.comment = true;
    } else if (char === "<" && !unclosed.angle) {
      const end = list.indexOf(">", at);
      if (end >= 0) {
        // "A <a@x> B <b@x>", comma forgotten; but "A <nick> <a@x>" is one mailbox.
        if (piece.angle?.includes("@")) {
          const text = piece.text.slice(piece.nameLength);
          piece.text = piece.text.slice(0, piece.nameLength);
          piece.phrase = piece.phrase.slice(0, piece.phraseLength);
          close();
          write(text);
        } else if (piece.angle !== undefined) write(`<${piece.angle}>`);
        piece.angle = list.slice(at + 1, end);
        piece.nameLength = piece.text.length;
        piece.phraseLength = piece.phrase.length;
        at = end + 1;
        continue;
      }
      unclosed.angle = true;
      const comma = list.indexOf(",", at);
      const stop = comma < 0 ? list.length : comma;
      piece.angle = list.slice(at + 1, stop);
      piece.nameLength = piece.text.length;
      piece.phraseLength = piece.phrase.length;
      at = stop;
      continue;
    } else if (char === "[" && list.charAt(at - 1) === "@") {
      const end = list.indexOf("]", at);
      const stop = end < 0 ? at + 1 : end + 1;
      write(list.slice(at, stop));
      at = stop;
      continue;
    } else if (char === "," || char === ";") {
      close();
      at++;
      continue;
    } else if (char === ":" && piece.angle === undefined && !piece.text.includes("@")) {
      piece = emptyPiece(); // a group's name
      at++;
      continue;
    }
    if (char !== '"' || !unclosed.quote) write(char);
    at++;
  }
  close();
  return joinHalves(found);
}

/** What two addresses are compared by (R110): lower case, no blanks around. */
export function addressKey(address: string): string {
  return address.trim().toLowerCase();
}

/**
 * A mailbox as it stands in a draft: letters as they are, the name quoted when it needs it, left out when it only
 * repeats the address (R118). RFC 2047 is the wire's business.
 */
export function formatMailbox({ name, address }: Mailbox): string {
  const clean = displayLine(name);
  if (clean === "" || addressKey(clean) === addressKey(address)) return address;
  if (address === "") return clean;
  const written = /[()<>@,;:\\".[\]]/.test(clean) ? `"${clean.replace(/["\\]/g, "\\$&")}"` : clean;
  return `${written} <${address}>`;
}
