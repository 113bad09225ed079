/** The language of a file of the kernel, by its path. */

const BY_NAME: readonly (readonly [name: RegExp, language: string])[] = [
  [/^(?:GNU)?[Mm]akefile|^Kbuild|\.mk$/, "makefile"],
  [/^Kconfig/, "kconfig"],
  [/^\.?(?:clang-format|clippy\.toml|rustfmt\.toml)$|\.(?:toml|ini|cfg|conf)$|config$/, "ini"],
];

const BY_EXTENSION: Readonly<Record<string, string>> = {
  c: "c",
  h: "c",
  cocci: "c",
  lds: "c",
  y: "c",
  l: "c",
  cc: "cpp",
  cpp: "cpp",
  cxx: "cpp",
  hpp: "cpp",
  S: "gas",
  s: "gas",
  dts: "dts",
  dtsi: "dts",
  dtso: "dts",
  json: "json",
  pl: "perl",
  pm: "perl",
  py: "python",
  rs: "rust",
  rst: "rst",
  sh: "bash",
  yaml: "yaml",
  yml: "yaml",
};

/** What `highlight.ts` calls the language of the file; undefined when it has none. */
export function languageOf(path: string): string | undefined {
  // Templates are of the language they make: `vmlinux.lds.S` is one, `unistd.c.in` too.
  const name = path.slice(path.lastIndexOf("/") + 1).replace(/\.(?:in|shipped)$/, "");
  const extension = name.slice(name.lastIndexOf(".") + 1);
  return (
    BY_NAME.find(([pattern]) => pattern.test(name))?.[1] ??
    (Object.hasOwn(BY_EXTENSION, extension) ? BY_EXTENSION[extension] : undefined)
  );
}
