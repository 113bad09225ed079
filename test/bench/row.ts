/** One comparison of a benchmark: what was measured on both sides, as a ratio, and the goal it stands against. */

export interface Row {
  /** Its number in the list of claims. */
  row: string;
  /** What is compared with what, in words. */
  claim: string;
  /** Of how many messages. */
  corpus: string;
  ours: string;
  theirs: string;
  /** Ours divided by theirs, or a figure with its unit where there is no peer. */
  measured: string;
  goal: string;
  /** Undefined where nothing was measured. */
  reached?: boolean;
}

/** A comparison that could not be made, and why. */
export interface Skipped {
  row: string;
  corpus: string;
  reason: string;
}

/** Seconds, milliseconds and ratios as a person reads them. */
export const seconds = (value: number): string => `${value.toFixed(value < 10 ? 2 : 1)} s`;
export const milliseconds = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`;
export const megabytes = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} MB`;
export const times = (value: number): string => `${value.toFixed(value < 0.1 ? 3 : value < 10 ? 2 : 0)} x`;

export const lineOf = ({ row, corpus, claim, ours, theirs, measured, goal, reached }: Row): string =>
  [
    row.padEnd(4),
    corpus.padEnd(6),
    (reached === undefined ? "" : reached ? "reached" : "missed").padEnd(8),
    measured.padEnd(26),
    `goal ${goal}`.padEnd(16),
    `${ours} against ${theirs}`.padEnd(34),
    claim,
  ].join(" ");
