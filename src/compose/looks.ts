/** What a line is by its look alone, pasted or written: logs, traces, commands, code and what is no prose else (R803). */
import { readTrailer } from "../mail/trailers.ts";

/** Longer lines are known by their beginning, in UTF-16 units. */
const LONGEST = 600;

const LOOKS: readonly (readonly [look: string, pattern: RegExp])[] = [
  ["a diff", /^(?:diff --|@@ |\+\+\+ |--- \S|index [0-9a-f]{7,}\.\.|[+-]\t)/],
  // What git says of a change.
  [
    "a diffstat",
    /^ ?\S.*? \| +(?:\d+ ?[+-]*|Bin\b.*)$|^ \d+ files? changed, |^ (?:create|delete) mode \d{6} |^ (?:rename|copy) .* \(\d+%\)$/,
  ],
  [
    "a commit",
    /^commit [0-9a-f]{12,40}\b|^From [0-9a-f]{40} |^[0-9a-f]{12,40} \S.*\d{4}-\d\d-\d\d|^\[ Upstream commit [0-9a-f]{12,40} \]$/,
  ],
  ["a header field", /^(?:From|Author|AuthorDate|Commit|CommitDate|Date|Subject|Sent|To|Message-ID): +\S/],
  // Times of the kernel, of syslog, of dmesg -T, of ISO 8601; levels in brackets.
  [
    "a log",
    /^\s*\[\s*\d+\.\d{3,6}\]|^<\d>|^\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d|^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d |^\[[A-Z][a-z]{2} [A-Z][a-z]{2} +\d{1,2} \d\d:\d\d:\d\d /,
  ],
  ["a log", /^\[(?:INFO|NOTE|WARN|WARNING|ERR|ERROR|DEBUG|TRACE|FAIL|FAILED)\]/],
  // What the kernel says when it dies.
  [
    "a log",
    /^\s*(?:BUG|WARNING|ERROR|Oops|Call [Tt]race|RIP|Code|CPU|PID|Tainted|Hardware name|Modules linked in|Workqueue|pstate|pc|lr|sp|Internal error|Kernel panic - not syncing|Unable to handle kernel [^:]{1,60}|INFO: (?:task|rcu)[^:]{0,60}) ?:/,
  ],
  [
    "a log",
    /^-{3,}\[ |^general protection fault|^\s*\w{2,6} ?: ?(?:[0-9a-f]{4}:)?(?:0x)?[0-9a-f]{8,16}(?![\w-])/,
  ],
  [
    "a stack trace",
    /^\s*(?:\? )?\(?[\w.]+\+0x[0-9a-f]+\/0x[0-9a-f]+|^\s*\(?\[<[0-9a-f]{8,16}>\]|^\s*#\d+:? +(?:0x|[0-9a-f]{8,16} |\S+ \()|^\s*at \S+:\d+|^\s*[\w.]+ [\w./-]+:\d+(?: \[inline\])?$/,
  ],
  // What compilers, linkers and sparse say.
  [
    "a build log",
    /^(?:>> )?[\w.+/-]+:\d+(?::\d+)?: |^\S*\b(?:ld|ar|gcc|clang)(?:\.\w+)?: \S+:|^(?:In file included from|\s+from) \S+:\d+|^g?make(?:\[\d+\])?: |^(?:error|warning|fatal): /,
  ],
  ["a memory dump", /^\s*(?:(?:0x)?[0-9a-f]{4,16} |[0-9a-f]{1,16}:)\s*(?:[0-9a-f]{2,8} ){3}/],
  [
    "a command",
    /^\s*(?:\$|#|%|~#|>>>) |^[\w.-]+@[\w.-]+[:~ ][^ ]*[$#](?: |$)|^\[[\w.-]+@[\w.-]+ [^\]]{1,80}\][$#]|^(?:\(gdb\)|(?:\[\d+\])?kdb>|crash>|=>) /,
  ],
  [
    "a command",
    /^git (?:bisect (?:start|good|bad|skip|run)|checkout|clone|fetch|remote add)(?: \S+){1,4}$|\s\\$/,
  ],
  ["code", /^#\s?(?:define|include|if|ifdef|ifndef|elif|else|endif|undef|pragma|error)\b|^[{}]|^\d{1,5}\t/],
  [
    "code",
    /^(?:static|struct|union|enum|int|void|unsigned|const|extern|if|for|while|switch|else|do)\b[^,.?!]{0,80}(?:[({=*].*[;{)]|\{)$|^(?:return|goto)\b[^,]{0,60};$|^[\w*&.>[\]-]+ ?(?:\(.*\)|[-+|&]?= .*);$/,
  ],
  ["a scissors line", /^[-= ]*(?:8<|>8|✂)/],
  ["a footnote", /^\s*\[\d{1,3}\]:? +<?https?:\/\/\S+$/],
  ["a command to a robot", /^(?:#syz|#regzbot|pw-bot:)/],
  ["a separator", /^-- ?$|^---$|^-----(?:BEGIN|END) /],
];

/** An option of a program. Prose may name two of them, but hardly after its first word. */
const OPTION = / --?[a-zA-Z][\w-]*(?==|\s|$)/g;
const OPTION_FIRST = /^\s*(?:sudo )?[\w./-]+ +--?[a-zA-Z]/;

function isCommand(line: string): boolean {
  const options = line.match(OPTION)?.length ?? 0;
  return options > 2 || (options === 2 && OPTION_FIRST.test(line));
}

/** R803: what a line is by its look; undefined when it may be prose. */
export function fixedLook(line: string): string | undefined {
  const start = line.slice(0, LONGEST);
  for (const [look, pattern] of LOOKS) if (pattern.test(start)) return look;
  if (isCommand(start)) return "a command";
  return readTrailer(line) === undefined ? undefined : "a trailer";
}

/** Machines wrote it: what stands between two such lines they wrote too. */
export const isOutput = (look: string | undefined): boolean =>
  look === "a log" || look === "a stack trace" || look === "a build log" || look === "a memory dump";
