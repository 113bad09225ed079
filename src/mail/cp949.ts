/** cp949, which Korean mail calls EUC-KR or KS C 5601: what the platform's EUC-KR lacks of it (D14, D233). */
import { TextDecoder } from "node:util";

const firstSyllable = 0xac00;
const lastSyllable = 0xd7a3;

/** The 2,350 Hangul syllables that EUC-KR has, in rows 0xb0 to 0xc8. */
function commonSyllables(decoder: TextDecoder): Set<string> {
  const bytes: number[] = [];
  for (let lead = 0xb0; lead <= 0xc8; lead++) {
    for (let trail = 0xa1; trail <= 0xfe; trail++) bytes.push(lead, trail);
  }
  return new Set(decoder.decode(Uint8Array.from(bytes)));
}

/** Second bytes of the extension: all three ranges below row 0xa1, the first two and a half from there on. */
function* extensionTrails(lead: number): Generator<number> {
  for (let trail = 0x41; trail <= (lead < 0xa1 ? 0xfe : 0xa0); trail++) {
    if (trail <= 0x5a || (trail >= 0x61 && trail <= 0x7a) || trail >= 0x81) yield trail;
  }
}

/** The extension's code points: the other 8,822 syllables in Unicode's order, from 0x8141 on. */
function extension(decoder: TextDecoder): Map<number, string> {
  const common = commonSyllables(decoder);
  const table = new Map<number, string>();
  let syllable = firstSyllable;
  for (let lead = 0x81; lead <= 0xc6; lead++) {
    for (const trail of extensionTrails(lead)) {
      while (common.has(String.fromCharCode(syllable))) syllable++;
      if (syllable > lastSyllable) return table;
      table.set(lead * 256 + trail, String.fromCharCode(syllable++));
    }
  }
  return table;
}

/** Decodes cp949. Bytes that are none become U+FFFD or what the platform makes of them. */
export function decodeCp949(bytes: Uint8Array): string {
  const decoder = new TextDecoder("euc-kr");
  let table: Map<number, string> | undefined;
  let text = "";
  let done = 0;
  let at = 0;
  while (at < bytes.length) {
    const lead = bytes[at] ?? 0;
    const trail = bytes[at + 1] ?? 0;
    if (lead < 0x81) {
      at++;
      continue;
    }
    if (lead < 0xa1 || trail < 0xa1) {
      table ??= extension(decoder);
      const char = table.get(lead * 256 + trail);
      if (char !== undefined) {
        text += decoder.decode(bytes.subarray(done, at)) + char;
        done = at + 2;
      }
    }
    at += 2;
  }
  return text + decoder.decode(bytes.subarray(done));
}
