/** Places in the source: `file.c:123`, and the functions of a stack trace. */
import { type LinkSpan, matchesOf } from "./link.ts";

const PLACE =
  /(?<![\w/.:@<=~-])((?:\.{0,3}\/)?(?:[\w.+-]{1,80}\/){0,20}(?:[\w.+-]{1,80}\.(?:[chSs]|cc|cpp|cxx|hpp|rs|py|pl|sh|dts|dtsi|dtso|yaml|rst|txt|lds|y|l|awk|go|json|cocci)|Makefile|Kconfig|MAINTAINERS)):(\d{1,7})(?::\d{1,5})?(?![\w/])/g;

/** Longer lines are no output of a compiler; what is looked at is bounded. */
const LONGEST_LINE = 400;

/** `path/file.c:123`, as compilers, stack traces and people write it. */
export function placesIn(line: string): LinkSpan[] {
  if (!/:\d/.test(line)) return [];
  const spans: LinkSpan[] = [];
  for (const found of matchesOf(PLACE, line.slice(0, LONGEST_LINE))) {
    // What a compiler made for a while.
    if (found[1]?.startsWith("/tmp/")) continue;
    const path = (found[1] ?? "").replace(/^\.{0,3}\//, "");
    const text = found[0];
    spans.push({
      kind: "place",
      start: found.index,
      end: found.index + text.length,
      text,
      target: `${path}:${found[2] ?? ""}`,
    });
  }
  return spans;
}

const SYMBOL = /(?<![\w.+])([A-Za-z_]\w{0,120}(?:\.\w{1,20}){0,4})\+0x[0-9a-f]{1,8}\/0x[0-9a-f]{1,8}(?!\w)/g;

/** `function+0x12/0x34`, as kernels print it; the target is the function without what the compiler added. */
export function symbolsIn(line: string): LinkSpan[] {
  if (!line.includes("+0x")) return [];
  const spans: LinkSpan[] = [];
  for (const found of matchesOf(SYMBOL, line.slice(0, LONGEST_LINE))) {
    const text = found[0];
    const target = (found[1] ?? "").replace(/\..*$/, "");
    spans.push({ kind: "symbol", start: found.index, end: found.index + text.length, text, target });
  }
  return spans;
}
