/** The conditions of the manifest: VS Code's grammar of "when", and which of them never hold together. */
import assert from "node:assert/strict";

/** The words of a condition; throws where VS Code's grammar has no such sentence. Regular expressions are compiled. */
export function parseWhen(when: string): string[] {
  const names: string[] = [];
  let rest = when.trim();
  const take = (pattern: RegExp): string | undefined => {
    const found = pattern.exec(rest);
    if (found === null || found.index !== 0) return undefined;
    rest = rest.slice(found[0].length).trimStart();
    return found[1] ?? found[0];
  };
  const term = (): void => {
    while (take(/^!/) !== undefined);
    if (take(/^\(/) !== undefined) {
      either();
      assert.ok(take(/^\)/) !== undefined, `a bracket is open at "${rest}"`);
      return;
    }
    const name = take(/^[A-Za-z][\w.]*/);
    assert.ok(name !== undefined, `a name is missing at "${rest}"`);
    if (name !== "false" && name !== "true") names.push(name);
    if (take(/^(?:==|!=)/) !== undefined) {
      assert.ok(take(/^'([^']+)'/) ?? take(/^[\w.-]+/), `a value is missing at "${rest}"`);
    } else if (take(/^=~/) !== undefined) {
      const found = /^\/((?:[^/\\]|\\.)+)\/([i]?)/.exec(rest);
      assert.ok(found !== null, `a pattern is missing at "${rest}"`);
      new RegExp(found[1] ?? "", found[2]);
      rest = rest.slice(found[0].length).trimStart();
    }
  };
  const both = (): void => {
    do term();
    while (take(/^&&/) !== undefined);
  };
  const either = (): void => {
    do both();
    while (take(/^\|\|/) !== undefined);
  };
  either();
  assert.equal(rest, "", `what follows is no condition: "${rest}"`);
  return names;
}

/** `name == value` terms of a condition: two conditions that give one name two values never hold together. */
export const equalities = (when: string): Map<string, string> =>
  new Map([...when.matchAll(/([\w.]+) == '?([\w.-]+)'?/g)].map((match) => [match[1] ?? "", match[2] ?? ""]));

/** Whether one says what the other denies: that a name has a value and that it has another one or not this one, or a name. */
export const exclude = (a: string, b: string): boolean =>
  [a, b].some((one, index, both) => {
    const other = both[1 - index] ?? "";
    const terms = one.split(" && ");
    if (other.split(" && ").some((term) => terms.includes(`!${term}`))) return true;
    return [...equalities(one)].some(([name, value]) => {
      const given = equalities(other).get(name);
      return (given !== undefined && given !== value) || other.includes(`${name} != '${value}'`);
    });
  });
