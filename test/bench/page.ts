/** Writes docs/PERFORMANCE.md: what was measured, how, on what, and what larger archives would take. */
import { cpus, release, totalmem } from "node:os";
import { REAL } from "./corpora.ts";
import type { Size } from "./indexing.ts";
import { megabytes, type Row, type Skipped, seconds } from "./row.ts";

/** What was measured of one corpus. */
export interface Findings {
  rows: Row[];
  skipped: Skipped[];
  size: Size;
  /** Programs and libraries, by name. */
  versions: [name: string, version: string][];
  day: string;
  /** The load average of the machine, a few times while it was measured. */
  load: number[];
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");

/** Where the line through the two largest corpora leads. Undefined with fewer than two. */
function extrapolated(sizes: readonly Size[], messages: number): string[][] {
  const [small, large] = sizes.filter(({ made }) => made).slice(-2);
  if (small === undefined || large === undefined) return [];
  return large.runs.flatMap((run) => {
    const before = small.runs.find(({ name }) => name === run.name);
    if (before === undefined) return [];
    const at = (value: (of: typeof run) => number): number => {
      const slope = (value(run) - value(before)) / (large.messages - small.messages);
      return value(run) + slope * (messages - large.messages);
    };
    return [
      [
        run.name,
        `${Math.round(at(({ cpuSeconds }) => cpuSeconds))} s`,
        `${Math.round(at(({ wallSeconds }) => wallSeconds))} s`,
        megabytes(at(({ rssMb }) => rssMb)),
        megabytes(at(({ indexMb }) => indexMb)),
      ],
    ];
  });
}

function sizeRows(sizes: readonly Size[]): string[][] {
  return sizes.flatMap(({ corpus, messages, runs }) =>
    runs.map(({ name, wallSeconds, cpuSeconds, rssMb, indexMb }) => [
      corpus,
      name,
      seconds(wallSeconds),
      `${Math.round(messages / wallSeconds)}`,
      seconds(cpuSeconds),
      megabytes(rssMb),
      megabytes(indexMb),
    ]),
  );
}

/** Where the time of the missed rows goes, by the profiler; to be looked at again when the rows change. */
const IN_THE_WAY = `By the profiler of Node.js and the clocks of single statements, 100k, on 2026-11-26:

- Rows 1 and 1b: on two cores a run of headers keeps both busy to its end, so that its wall time is half of its CPU
  seconds. git takes 4.2 s of those: 0.7 to list the mails, 3.2 to inflate them, 0.3 to write them down. Of ours SQLite
  takes 1.0 s (0.5 for the index of words), the headers 1.0, the system 0.7 (reading what git wrote, and the start of each
  git, which copies the page tables of this process), garbage 0.6, compiling 0.45, and what is left is spread thin. Garbage
  was 1.1 when mails on their way were objects; now it is what each mail needs while it is read, and neither more nor less
  room for young objects changes it. Larger batches and shares of git gain nothing any more.
  With prose the one thread that reads and stores is busy to the end while git waits for it: words take it 2 s more. A
  second thread that reads was tried and cost more (14.3 instead of 12.8 CPU seconds with prose), when mails crossed as
  objects.
- Rows 1 to 4b on 10k, and on linux-sh: the program, its worker and git take 0.2 s to start, a fifth of such a run.
- Row 5: neomutt keeps nothing of what it reads. One thread reads and one stores. Of its CPU seconds SQLite takes 0.8, the
  search for separators and ends of lines 0.4, garbage 0.6, the headers 1.0, compiling 0.4, the system 0.4. Batches are
  given from thread to thread without a copy. A person does not wait for the end of it: row 5b.
- Row 7: git alone needs 4 of the 7 ms to inflate the 110 mails (841 kB), asked by a program that does nothing else. Two
  of it at once, half the mails each, were not faster.
- Row 10: a worker that has just started has no code compiled yet: two fifths of the time go into reading the hundred
  mails; listing them takes git a sixth, storing them and the rows of their threads a third. Row 10b: where it runs. Node.js could
  keep the compiled code in a file, which saves some 6 ms of an opening.
- Row 11: of 41 MB the rows of messages take 21 (Message-ID, subject, ancestors and blob: 190 bytes each), their three
  indexes 4.5, and the words of subject, author and recipients 14.5, which public-inbox has not at this level; without
  them it would be 0.27 x. The recipients alone are 5 MB.
- Row 12: program and worker hold 90 MB before they have read a mail, 54 of them Node.js itself, mapped from its file.
  A thread that reads and SQLite's caches, of 16 MB each, are most of the rest: caches of 8 MB save 8 MB and cost 2 to 4 %
  more processor time. What grows with the archive are 12 to 24 bytes for each Message-ID.
- Row 13b: SQLite does some things in one piece: writing a part of the index of words takes 15 to 20 ms, bringing the log
  into the file 13 ms and as long again for the disk.`;

/** What names a corpus on the command line: a number of messages, the list that the corpora have, or a mirror by its path. */
const wordFor = ({ made, corpus, messages }: Size): string =>
  made ? String(messages) : corpus === REAL ? corpus : `PATH/${corpus}`;

/** The page as Markdown, of all that was measured, small corpora first. */
export function pageOf(findings: readonly Findings[]): string {
  const machine = `${cpus().length} cores (${cpus()[0]?.model.trim() ?? "unknown"}), ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform} ${release().split(".", 2).join(".")}`;
  const rows = findings.flatMap((one) => one.rows);
  const skipped = findings.flatMap((one) => one.skipped);
  const sizes = findings.map(({ size }) => size);
  const versions = findings.at(-1)?.versions ?? [];
  const load = findings.flatMap((one) => one.load).sort((a, b) => a - b);
  const days = [...new Set(findings.map(({ day }) => day))].sort();
  const measured = days.map((day) => {
    const corpora = findings.filter((one) => one.day === day).map(({ size }) => size.corpus);
    return days.length === 1 ? day : `${day} (${corpora.join(", ")})`;
  });
  const results = rows.map(({ row, corpus, claim, ours, theirs, measured, goal, reached }) => [
    row,
    corpus,
    claim,
    ours,
    theirs,
    `**${measured}**`,
    goal,
    reached === undefined ? "" : reached ? "reached" : "missed",
  ]);
  const five = extrapolated(sizes, 5_000_000);
  const parts = [
    "# Performance",
    `Made by \`npm run bench -- ${sizes.map(wordFor).join(" ")} --write\`, measured on ${measured.join(" and ")}; do not edit by hand.`,
    "## Method",
    `Machine: ${machine}. Load average while it was measured: ${load[0]?.toFixed(1)} to ${load.at(-1)?.toFixed(1)}; on a machine
that has other things to do, ratios hold better than times, and those of CPU seconds best. Everything is in the page cache. What is measured is the product as it ships: its worker behind
its wall, started by its client in a process of its own. Ratios are of pairs run in turn, the median and the range;
CPU seconds are user and system time with all children, git's among them. Peers that index for minutes were run once;
the day stands beside their figure; they use one core, and where the machine let them wait longer than their
CPU seconds, those stand for their wall time. "Headers" compares with peers that index headers, "whole bodies" with those that
index bodies; "prose", what we do unless told otherwise, is the author's own words and the names of changed files. The
corpora are made by a tool from patches of a real history (threads, re-rolls, reviews, bots; mails of 8.4 kB with
headers of 5.4 kB); their words are fewer than those of real lists, so real indexes of words are larger. Corpora with a name are real lists, whole or one epoch.`,
    table(["program", "version"], versions),
    "## Against git and the peers",
    table(["row", "corpus", "what", "ours", "theirs", "measured", "goal", ""], results),
    ...(skipped.length === 0
      ? []
      : [
          "Left out:",
          skipped.map(({ row, corpus, reason }) => `- row ${row}, ${corpus}: ${reason}`).join("\n"),
        ]),
    "## What stands in the way of what was missed",
    IN_THE_WAY,
    "## Cost by size",
    table(["corpus", "run", "wall", "messages/s", "CPU", "resident set", "index"], sizeRows(sizes)),
    ...(five.length === 0
      ? []
      : [
          "What five million messages would take, by the line through the two largest corpora:",
          table(["run", "CPU", "wall", "resident set", "index"], five),
        ]),
  ];
  return `${parts.join("\n\n")}\n`;
}
