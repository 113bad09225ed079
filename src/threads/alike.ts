/** Whether two lines are nearly the same: at least 85 % (V703). */

const LEAST = 0.85;

/**
 * True when the letters that must change (inserted, removed, replaced) are at most 15 % of the longer text. Looks only
 * at a band as wide as that, so the cost is the length times the letters that may change.
 */
export function isAlike(one: string, other: string): boolean {
  const longest = Math.max(one.length, other.length);
  const most = Math.floor(longest * (1 - LEAST));
  if (most === 0) return one === other;
  if (Math.abs(one.length - other.length) > most) return false;
  const far = most + 1;
  let above = Uint32Array.from({ length: other.length + 2 }, (_, at) => Math.min(at, far));
  let row = new Uint32Array(other.length + 2);
  for (let at = 1; at <= one.length; at++) {
    const from = Math.max(1, at - most);
    const to = Math.min(other.length, at + most);
    row[from - 1] = from === 1 ? Math.min(at, far) : far;
    row[to + 1] = far;
    let least = row[from - 1] ?? far;
    for (let column = from; column <= to; column++) {
      const replaced = (above[column - 1] ?? far) + (one[at - 1] === other[column - 1] ? 0 : 1);
      const value = Math.min(replaced, (above[column] ?? far) + 1, (row[column - 1] ?? far) + 1, far);
      row[column] = value;
      if (value < least) least = value;
    }
    if (least > most) return false;
    [above, row] = [row, above];
  }
  return (above[other.length] ?? far) <= most;
}
