/** How the terms of a query hang together: OR, NOT and brackets; what stands side by side must hold together. */

/** One term of a query as typed. `field` is "" for plain words. */
export interface Term {
  field: string;
  text: string;
  /** It joins terms instead of being one: OR, NOT or a bracket, unquoted. */
  operator?: true;
}

export type Expression =
  | { kind: "term"; term: Term }
  | { kind: "not"; of: Expression }
  | { kind: "and" | "or"; of: Expression[] };

/** What must hold, all of it. An operator without what it joins is a word like any other. Bounded by the terms of a query, so it may recurse. */
export function readExpression(terms: readonly Term[]): Expression[] {
  let at = 0;
  const isAt = (text: string): boolean => terms[at]?.operator === true && terms[at]?.text === text;
  const one = (): Expression | undefined => {
    const token = terms[at];
    if (token === undefined || isAt(")")) return undefined;
    at += 1;
    if (token.operator && token.text === "(") {
      const of = either();
      if (isAt(")")) at += 1;
      return of;
    }
    const of = token.operator && token.text === "NOT" ? one() : undefined;
    return of === undefined ? { kind: "term", term: token } : { kind: "not", of };
  };
  const both = (): Expression[] => {
    const parts: Expression[] = [];
    while (at < terms.length && !isAt(")") && (!isAt("OR") || parts.length === 0)) {
      const part = one();
      if (part !== undefined) parts.push(part);
    }
    return parts;
  };
  const either = (): Expression => {
    const parts: Expression[] = [];
    for (;;) {
      const some = both();
      if (some.length > 0) parts.push(some.length === 1 && some[0] ? some[0] : { kind: "and", of: some });
      if (!isAt("OR")) break;
      at += 1;
    }
    return parts.length === 1 && parts[0] ? parts[0] : { kind: "or", of: parts };
  };
  const all: Expression[] = [];
  while (at < terms.length) {
    const whole = either();
    if (whole.kind === "and") all.push(...whole.of);
    else all.push(whole);
    // A query that was cut off for its length may close what it has not opened.
    if (isAt(")")) at += 1;
  }
  return all;
}
