/** Numbers as they stand in sentences. */

/**
 * A whole number with its thousands apart: "12,345". Not by the locale's own means, whose first use takes longer than
 * a window may wait.
 */
export const grouped = (n: number): string => String(n).replace(/(?<=\d)(?=(?:\d{3})+$)/g, ",");

/** "1 message", "12,345 messages". */
export const count = (n: number, one: string, many = `${one}s`): string =>
  `${grouped(n)} ${n === 1 ? one : many}`;
