/** The signature at the end of a text (R1101). */

/** The custom, in lines. */
const MOST_LINES = 4;

/** The lines that stand below a text: an empty one, the mark, the signature; none where there is no signature. */
export function signatureLines(signature = ""): string[] {
  // The mark is ours: a person may have written it into the setting all the same.
  const bare = signature.replace(/\r\n?/g, "\n").replace(/^\n*(?:-- ?\n)?\n*|\n+$/g, "");
  return bare === "" ? [] : ["", "-- ", ...bare.split("\n").slice(0, MOST_LINES)];
}
