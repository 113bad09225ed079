/** The marks of cited text, as they stand before a line. */

const GT = 62;
const isBlank = (code: number): boolean => code === 32 || code === 9;

/** The marks a line begins with, by their look alone (Q301, Q302). `length` is that of the prefix. */
export function readMarks(line: string): { depth: number; length: number } {
  let at = 0;
  let depth = 0;
  while (line.charCodeAt(at) === GT) {
    depth++;
    at++;
    if (isBlank(line.charCodeAt(at))) at++;
  }
  return { depth, length: at };
}
