/** The second bundle: colours code by language. Loaded when the first diff is on the screen, the only door to lowlight. */
import bash from "highlight.js/lib/languages/bash";
import c from "highlight.js/lib/languages/c";
import cpp from "highlight.js/lib/languages/cpp";
import dts from "highlight.js/lib/languages/dts";
import ini from "highlight.js/lib/languages/ini";
import json from "highlight.js/lib/languages/json";
import makefile from "highlight.js/lib/languages/makefile";
import perl from "highlight.js/lib/languages/perl";
import python from "highlight.js/lib/languages/python";
import rust from "highlight.js/lib/languages/rust";
import yaml from "highlight.js/lib/languages/yaml";
import { createLowlight, type LanguageFn } from "lowlight";
import { languageOf } from "./language.ts";
import type { Highlight, Kind, Token } from "./syntax.ts";

/** Types of the kernel that C does not know; names in `_t` it knows by themselves. */
const KERNEL_TYPES = ["u", "s", "__u", "__s", "__le", "__be"]
  .flatMap((sign) => [8, 16, 32, 64].map((bits) => `${sign}${bits}`))
  .concat("uint", "ulong", "ushort", "__poll_t", "bool");

/** C as the kernel has it. */
const kernelC: LanguageFn = (hljs) => {
  const made = c(hljs);
  const { keywords } = made;
  if (typeof keywords === "object" && !Array.isArray(keywords) && Array.isArray(keywords["type"]))
    keywords["type"].push(...KERNEL_TYPES);
  return made;
};

/** Kconfig: what a line begins with is its keyword; help is prose. */
const kconfig: LanguageFn = (hljs) => ({
  name: "Kconfig",
  contains: [
    hljs.HASH_COMMENT_MODE,
    hljs.QUOTE_STRING_MODE,
    { begin: /^[ \t]*(?:---)?help(?:---)?[ \t]*$/, beginScope: "keyword", end: /^(?=\S)/ },
    {
      scope: "keyword",
      match:
        /^[ \t]*(?:(?:menu)?config|choice|endchoice|menu|endmenu|mainmenu|if|endif|source|comment|bool|tristate|string|hex|int|prompt|default|def_bool|def_tristate|depends on|visible if|select|imply|range|optional|modules)\b/,
    },
    { scope: "meta", match: /\$\([^)\n]{0,200}\)/ },
    { scope: "number", match: /\b(?:0x[0-9a-f]{1,16}|\d{1,20})\b/i },
    { scope: "literal", match: /\b[ynm]\b(?=[ \t]*(?:$|if\b))/ },
  ],
});

/** reStructuredText as the kernel's documentation has it. */
const rst: LanguageFn = () => ({
  name: "reStructuredText",
  contains: [
    { scope: "section", match: /^([=\-~^"*+#`.])\1{2,200}$/ },
    { scope: "keyword", match: /^[ \t]*\.\. [\w:-]{1,60}::/ },
    { scope: "comment", match: /^[ \t]*\.\. (?![_|[])[^\n]{0,400}$/ },
    { scope: "meta", match: /:[\w:-]{1,60}:(?=`)/ },
    { scope: "string", match: /``[^`\n]{1,400}``/ },
    { scope: "attr", match: /^[ \t]*:[\w ()-]{1,60}:/ },
  ],
});

/** Assembler as the kernel has it: GNU as behind the C preprocessor, for any machine. */
const gas: LanguageFn = (hljs) => ({
  name: "GNU as",
  contains: [
    hljs.C_BLOCK_COMMENT_MODE,
    hljs.C_LINE_COMMENT_MODE,
    {
      scope: "meta",
      begin: /^[ \t]*#[ \t]*(?:include|define|undef|ifdef|ifndef|if|elif|else|endif|error|warning)\b/,
      end: /$/,
      contains: [hljs.C_BLOCK_COMMENT_MODE],
    },
    hljs.QUOTE_STRING_MODE,
    { scope: "keyword", match: /^[ \t]*\.[a-z_]\w{0,40}/ },
    { scope: "title.function", match: /^[\w.$]{1,100}:/ },
    { scope: "variable", match: /%\w{1,10}|\b(?:[xwrvs]\d{1,2}|sp|lr|pc)\b/ },
    { scope: "number", match: /[#$]?-?\b(?:0x[0-9a-f]{1,16}|\d{1,20})\b/i },
  ],
});

const lowlight = createLowlight({
  bash,
  c: kernelC,
  cpp,
  dts,
  gas,
  ini,
  json,
  kconfig,
  makefile,
  perl,
  python,
  rst,
  rust,
  yaml,
});

/** The names of highlight.js by what the styles know. */
const KINDS: Readonly<Record<string, Kind>> = {
  keyword: "keyword",
  literal: "keyword",
  section: "keyword",
  type: "type",
  built_in: "function",
  title: "function",
  string: "string",
  regexp: "string",
  char: "string",
  link: "string",
  number: "number",
  comment: "comment",
  quote: "comment",
  doctag: "comment",
  meta: "meta",
  attr: "name",
  attribute: "name",
  symbol: "name",
  variable: "name",
  "template-variable": "name",
};

/** What lowlight's tree is made of. */
interface TreeNode {
  type: string;
  value?: string;
  children?: TreeNode[];
  properties?: { className?: unknown };
}

/** What the classes of an element say: `["hljs-title", "function_"]`. */
function kindOf({ properties }: TreeNode): Kind | undefined {
  const names = Array.isArray(properties?.className) ? properties.className.map(String) : [];
  if (names.includes("class_")) return "type";
  return KINDS[(names[0] ?? "").replace(/^hljs-/, "")];
}

/** The tree's texts as tokens of each line. */
function tokensOf(root: TreeNode, lines: number): Token[][] {
  const tokens: Token[][] = Array.from({ length: lines }, () => []);
  let line = 0;
  let column = 0;
  const stack: { node: TreeNode; kind: Kind | undefined }[] = [{ node: root, kind: undefined }];
  for (let top = stack.pop(); top; top = stack.pop()) {
    const { node, kind } = top;
    for (const child of [...(node.children ?? [])].reverse())
      stack.push({ node: child, kind: kindOf(child) ?? kind });
    if (node.value === undefined) continue;
    const pieces = node.value.split("\n");
    pieces.forEach((piece, index) => {
      if (index > 0) {
        line += 1;
        column = 0;
      }
      if (kind && piece.trim() !== "")
        tokens[line]?.push({ start: column, end: column + piece.length, kind });
      column += piece.length;
    });
  }
  return tokens;
}

/** True where these lines begin inside a block comment that was opened above them. */
function beginsInComment(lines: readonly string[], text: string): boolean {
  const first = lines.find((line) => line.trim() !== "");
  if (first !== undefined && /^\s{0,200}\*(?:\s|\/|$)/.test(first)) return true;
  const close = text.indexOf("*/");
  const open = text.indexOf("/*");
  return close >= 0 && (open < 0 || close < open);
}

const BLOCK_COMMENTS: readonly string[] = ["c", "cpp", "dts", "gas", "rust"];

const highlight: Highlight = (path, lines) => {
  const language = languageOf(path);
  if (language === undefined) return undefined;
  const text = lines.join("\n");
  if (!BLOCK_COMMENTS.includes(language) || !beginsInComment(lines, text))
    return tokensOf(lowlight.highlight(language, text), lines.length);
  return tokensOf(lowlight.highlight(language, `/*\n${text}`), lines.length + 1).slice(1);
};

Object.assign(globalThis, { kernelMailHighlight: highlight });
