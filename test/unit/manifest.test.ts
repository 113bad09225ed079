/** The manifest against the code and against its own rules: ids, titles, icons, conditions, menus, keys, settings. */
import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ANSWER_BELOW, SPLIT_CITED } from "../../src/editor/drafts/typingKeys.ts";
import { PAGE_KEYS } from "../../src/reader/pageKeys.ts";
import { root } from "../fixtures.ts";
import { equalities, exclude, parseWhen } from "./whenClause.ts";

interface Command {
  command: string;
  title: string;
  category?: string;
  icon?: string;
}
/** A command, or a menu of its own. */
interface MenuEntry {
  command?: string;
  submenu?: string;
  when?: string;
  group?: string;
}
interface Key {
  key: string;
  mac?: string;
  command: string;
  args?: unknown;
  when: string;
}
interface Setting {
  type: string;
  default?: unknown;
  scope?: string;
  markdownDescription?: string;
  order?: number;
}
interface Manifest {
  main: string;
  activationEvents: string[];
  contributes: {
    commands: Command[];
    menus: Record<string, MenuEntry[]>;
    submenus: { id: string; label: string }[];
    keybindings: Key[];
    views: Record<string, { id: string; when?: string }[]>;
    viewsContainers: { activitybar: { id: string; icon: string }[] };
    viewsWelcome: { view: string; when: string; contents: string }[];
    configuration: { title: string; properties: Record<string, Setting> }[];
    walkthroughs: {
      id: string;
      steps: { description: string; media: { markdown: string }; completionEvents: string[] }[];
    }[];
    languages: { id: string; configuration: string }[];
    grammars: { language: string; scopeName: string; path: string }[];
  };
}

const manifest = (): Manifest => JSON.parse(readFileSync(join(root(), "package.json"), "utf8")) as Manifest;

/** Path and text of every source file of the host side. */
const sources = (): [path: string, text: string][] =>
  globSync(["src/editor/**/*.ts", "src/extension.ts"], { cwd: root() })
    .sort()
    .map((path) => [path, readFileSync(join(root(), path), "utf8")]);

const allText = (): string =>
  sources()
    .map(([, text]) => text)
    .join("\n");

const matches = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map((match) => match[1] ?? "");

/** Ids that code registers: by name, and the table of what the reader's page does. */
const registered = (): string[] => [
  ...matches(allText(), /\bregister\(\s*"(kernelMail\.[\w.]+)"/g),
  ...matches(allText(), /^ {2}"(kernelMail\.\w+)": "\w+",$/gm),
];

const declared = (): string[] => manifest().contributes.commands.map(({ command }) => command);

const settingsOf = (): [string, Setting][] =>
  manifest().contributes.configuration.flatMap(({ properties }) => Object.entries(properties));

const viewIds = (): string[] =>
  Object.values(manifest().contributes.views)
    .flat()
    .map(({ id }) => id);

/** Every condition of the manifest, with where it stands. */
function conditions(): [where: string, when: string][] {
  const { menus, keybindings, views, viewsWelcome } = manifest().contributes;
  return [
    ...Object.entries(menus).flatMap(([menu, entries]) =>
      entries.flatMap(({ command, when }): [string, string][] =>
        when === undefined ? [] : [[`${menu} ${command}`, when]],
      ),
    ),
    ...keybindings.map(({ key, command, when }): [string, string] => [`${key} ${command}`, when]),
    ...Object.values(views)
      .flat()
      .flatMap(({ id, when }): [string, string][] => (when === undefined ? [] : [[id, when]])),
    ...viewsWelcome.map(({ view, when }): [string, string] => [`welcome ${view}`, when]),
  ];
}

/** Names from VS Code's icon font that are used here. */
const ICONS = [
  ...["add", "book", "refresh", "link", "code", "arrow-left", "arrow-right", "fold", "unfold", "list-tree"],
  ...["keyboard", "reply", "open-preview", "trash", "pulse", "output", "gear", "archive", "list-unordered"],
  ...["git-pull-request", "comment-discussion", "question", "mail", "chevron-down", "warning", "info"],
  ...["split-horizontal", "loading", "debug-pause", "debug-continue", "edit", "folder", "file"],
  ...["arrow-up", "arrow-down", "check", "check-all", "star", "star-full", "eye", "mute", "note"],
  ...["filter", "clear-all", "save", "hubot", "mention", "link-external"],
  ...["file-text", "preview", "organization", "account", "cloud-download", "history", "cloud"],
  ...["send", "pass", "discard", "search", "diff", "clock", "watch", "sync", "error", "check"],
  ...["checklist", "comment", "verified"],
];

const SMALL_WORDS = [
  ...["a", "and", "as", "up", "in", "on", "or", "of", "to", "for", "by", "the", "with", "from", "into"],
  ...["mbox", ".eml", ">", "[...]"],
];

describe("manifest", () => {
  it("registers every declared command, and declares every registered one", () => {
    assert.deepEqual([...registered()].sort(), [...declared()].sort());
  });

  it("declares an id once", () => {
    assert.equal(new Set(declared()).size, declared().length);
  });

  it("names in code only what is declared", () => {
    const settings = settingsOf().map(([name]) => name);
    const containers = manifest().contributes.viewsContainers.activitybar.map(({ id }) => id);
    const known = new Set([
      ...declared(),
      ...settings,
      ...containers,
      ...manifest().contributes.submenus.map(({ id }) => id),
      ...viewIds(),
      ...viewIds().map((id) => `${id}.focus`),
      ...matches(allText(), /"setContext",\s*"(kernelMail\.\w+)"/g),
      ...manifest().contributes.walkthroughs.map(({ id }) => id),
      ...manifest().activationEvents.flatMap((event) => /^onWebviewPanel:(.+)$/.exec(event)?.[1] ?? []),
    ]);
    const named = matches(allText(), /"(kernelMail\.[\w.]+)"/g);
    assert.deepEqual(
      named.filter((name) => !known.has(name)),
      [],
    );
  });

  it("starts with the editor: what waits in the outbox leaves though no view of it is open", () =>
    assert.ok(manifest().activationEvents.includes("onStartupFinished")));

  it("makes every declared view", () => {
    const made = matches(allText(), /createTreeView(?:<\w+>)?\(\s*"([\w.]+)"/g);
    assert.deepEqual(made.sort(), viewIds().sort());
  });

  it("titles commands in title case, without a full stop, in one category", () => {
    for (const { command, title, category } of manifest().contributes.commands) {
      assert.equal(category, "Kernel Mail", command);
      assert.match(title, /^[A-Z]/, command);
      assert.doesNotMatch(title, /[^.]\.$|…/, command);
      for (const word of title.replace(/\.\.\.$/, "").split(" ")) {
        assert.ok(/^[A-Z]/.test(word) || SMALL_WORDS.includes(word), `${command}: "${word}"`);
      }
    }
  });

  it("uses icons that exist", () => {
    const inCode = matches(allText(), /(?:ThemeIcon\(|icon: )"([\w-]+)(?:~spin)?"/g);
    const inManifest = manifest().contributes.commands.flatMap(({ icon }) =>
      icon ? [icon.slice(2, -1)] : [],
    );
    for (const icon of [...inCode, ...inManifest]) assert.ok(ICONS.includes(icon), icon);
  });

  it("has conditions that parse", () => {
    for (const [where, when] of conditions()) assert.doesNotThrow(() => parseWhen(when), `${where}: ${when}`);
  });

  it("has conditions over context keys that code sets and settings that exist", () => {
    const set = new Set(matches(allText(), /"setContext",\s*"(kernelMail\.\w+)"/g));
    const settings = new Set(settingsOf().map(([name]) => `config.${name}`));
    for (const [where, when] of conditions()) {
      for (const name of parseWhen(when)) {
        if (name.startsWith("kernelMail.")) assert.ok(set.has(name), `${where}: ${name}`);
        if (name.startsWith("config.")) assert.ok(settings.has(name), `${where}: ${name}`);
      }
    }
  });

  it("uses every context key that code sets", () => {
    const used = new Set(conditions().flatMap(([, when]) => parseWhen(when)));
    for (const name of matches(allText(), /"setContext",\s*"(kernelMail\.\w+)"/g))
      assert.ok(used.has(name), name);
  });

  it("puts declared commands alone into menus", () => {
    for (const [menu, entries] of Object.entries(manifest().contributes.menus)) {
      for (const { command, submenu } of entries) {
        if (submenu === undefined) assert.ok(declared().includes(command ?? ""), `${menu}: ${command}`);
      }
    }
  });

  it("opens every menu of its own from a menu, and has entries in it", () => {
    const { menus, submenus } = manifest().contributes;
    const opened = Object.values(menus).flatMap((entries) => entries.flatMap(({ submenu }) => submenu ?? []));
    assert.deepEqual(
      submenus.map(({ id }) => id),
      opened,
    );
    for (const { id } of submenus) assert.ok((menus[id] ?? []).length > 0, id);
  });

  it("tells apart in menus only rows and parts of the page that there are", () => {
    const rows = readFileSync(join(root(), "src/editor/tree/treeItem.ts"), "utf8");
    const drafts = ["draftsTree", "outboxItem"]
      .map((name) => readFileSync(join(root(), `src/editor/sending/${name}.ts`), "utf8"))
      .join("\n");
    const phases = readFileSync(join(root(), "src/editor/archives/sync.ts"), "utf8");
    const page = ["article", "cites", "fileCards"]
      .map((name) => readFileSync(join(root(), `src/reader/client/${name}.ts`), "utf8"))
      .join("\n");
    for (const [where, when] of conditions()) {
      const words = matches(when, /viewItem =~ \/([^/]+)\//g).flatMap((text) =>
        matches(text.replaceAll("\\b", " "), /(\w+)/g),
      );
      for (const word of words) {
        assert.match(
          `${rows}${drafts}${phases}`,
          new RegExp(`"(?:[a-z]+ )*${word}(?: [a-z]+)*"`),
          `${where}: ${word}`,
        );
      }
      const sections = matches(when, /webviewSection (?:== '|=~ \/\^\()([\w|]+)/g).flatMap((text) =>
        text.split("|"),
      );
      for (const section of sections) assert.ok(page.includes(`"${section}"`), `${where}: ${section}`);
    }
  });

  it("names views that exist in menus and welcomes", () => {
    for (const [where, when] of conditions()) {
      const view = equalities(when).get("view") ?? equalities(when).get("focusedView");
      if (view !== undefined) assert.ok(viewIds().includes(view), `${where}: ${view}`);
    }
    for (const { view, contents } of manifest().contributes.viewsWelcome) {
      assert.ok(viewIds().includes(view));
      const buttons = matches(contents, /\(command:([\w.]+)\)/g);
      for (const command of buttons) assert.ok(declared().includes(command), command);
    }
  });

  it("lets every command be started from the palette or a menu", () => {
    const { menus } = manifest().contributes;
    const hidden = new Set(
      (menus["commandPalette"] ?? []).filter(({ when }) => when === "false").map((e) => e.command),
    );
    const elsewhere = new Set(
      Object.entries(menus)
        .filter(([menu]) => menu !== "commandPalette")
        .flatMap(([, entries]) => entries.map(({ command }) => command)),
    );
    for (const command of declared()) assert.ok(!hidden.has(command) || elsewhere.has(command), command);
  });

  it("says the title of a button as the command says it", () => {
    const titles = new Map(manifest().contributes.commands.map(({ command, title }) => [command, title]));
    for (const { contents } of manifest().contributes.viewsWelcome) {
      for (const [, title, command] of contents.matchAll(/\[([^\]]+)\]\(command:([\w.]+)\)/g)) {
        assert.equal(title, titles.get(command ?? ""));
      }
    }
  });

  it("leads a newcomer by commands that exist, called by their titles, beside texts that exist", () => {
    const titles = new Map(manifest().contributes.commands.map(({ command, title }) => [command, title]));
    const steps = manifest().contributes.walkthroughs.flatMap((walkthrough) => walkthrough.steps);
    assert.ok(steps.length > 0);
    for (const { description, media, completionEvents } of steps) {
      for (const [, title, command] of description.matchAll(/\[([^\]]+)\]\(command:([\w.]+)\)/g)) {
        assert.equal(title, titles.get(command ?? ""));
      }
      for (const event of completionEvents) {
        const [kind, name = ""] = event.split(":");
        const known =
          kind === "onCommand" ? declared() : matches(allText(), /"setContext",\s*"(kernelMail\.\w+)"/g);
        assert.ok(known.includes(name), event);
      }
      assert.ok(existsSync(join(root(), media.markdown)), media.markdown);
    }
  });

  it("binds keys to commands of its own, its views, or the editor's", () => {
    const own = new Set([...declared(), ...viewIds().map((id) => `${id}.focus`)]);
    for (const { key, command, args } of manifest().contributes.keybindings) {
      const commands =
        command === "runCommands"
          ? (args as { commands: (string | { command: string })[] }).commands.map((one) =>
              typeof one === "string" ? one : one.command,
            )
          : [command];
      for (const one of commands) {
        if (one.startsWith("kernelMail.")) assert.ok(own.has(one), `${key}: ${one}`);
      }
    }
  });

  it("has a picture for everything that stands in a row or a title: what has none is written out there", () => {
    const { commands, menus } = manifest().contributes;
    const pictured = new Set(commands.filter(({ icon }) => icon !== undefined).map(({ command }) => command));
    for (const entry of ["view/item/context", "view/title", "editor/title"].flatMap(
      (menu) => menus[menu] ?? [],
    )) {
      if (!/^(?:inline|navigation)\b/.test(entry.group ?? "")) continue;
      assert.ok(pictured.has(entry.command ?? ""), entry.command);
    }
  });

  it("has no two equal keys that can hold together", () => {
    const { keybindings } = manifest().contributes;
    keybindings.forEach((a, index) => {
      for (const b of keybindings.slice(index + 1)) {
        const same = a.key === b.key || (a.mac ?? a.key) === (b.mac ?? b.key);
        assert.ok(!same || exclude(a.when, b.when), `${a.key}: ${a.command} and ${b.command}`);
      }
    });
  });

  it("binds single letters only where a list has the focus and no screen reader is in use", () => {
    for (const { key, when } of manifest().contributes.keybindings) {
      if (!/^(?:shift\+)?[a-z/]$/.test(key)) continue;
      for (const term of ["listFocus", "!inputFocus", "!accessibilityModeEnabled", "singleKeys"]) {
        assert.ok(when.includes(term), `${key}: ${term}`);
      }
    }
  });

  it("leaves its prefix to the terminal, and uses no Ctrl+Alt but on macOS", () => {
    for (const { key, mac, when } of manifest().contributes.keybindings) {
      assert.doesNotMatch(key, /ctrl\+alt|alt\+ctrl/);
      if (!key.startsWith("alt+m")) continue;
      assert.match(mac ?? "", /^ctrl\+alt\+m/);
      assert.match(when, /!terminalFocus|editorTextFocus/);
    }
  });

  it("answers below a line and splits it without asking the extension host", () => {
    const { keybindings } = manifest().contributes;
    const argsOf = (wanted: string) => keybindings.find(({ key }) => key === wanted)?.args;
    assert.deepEqual(argsOf("alt+enter"), { commands: ANSWER_BELOW });
    assert.deepEqual(argsOf("shift+alt+enter"), { commands: SPLIT_CITED });
    const names = [...ANSWER_BELOW, ...SPLIT_CITED].map((one) =>
      typeof one === "string" ? one : one.command,
    );
    for (const name of names) assert.match(name, /^(?:cursor\w+|editor\.action\.insertSnippet)$/);
  });

  it("has a command for every act of a page key, but for scrolling, folding by number, and what the editor has itself", () => {
    const pageOnly = /^(?:page(?:Up|Down)|fold(?:All|Replies|Brief|Own)|collapse(?:All)?|find|focusThreads)$/;
    for (const action of Object.values(PAGE_KEYS)) {
      if (!pageOnly.test(action)) assert.ok(declared().includes(`kernelMail.${action}`), action);
    }
  });

  it("has no setting below another one: the editor would know neither", () => {
    const names = settingsOf().map(([name]) => name);
    for (const name of names) assert.ok(!names.some((other) => other.startsWith(`${name}.`)), name);
  });

  it("describes every setting, with scope and default", () => {
    for (const [name, setting] of settingsOf()) {
      assert.match(name, /^kernelMail\./);
      assert.ok("default" in setting, `${name}: default`);
      assert.ok(
        ["machine", "application", "window", "resource", "language-overridable"].includes(
          setting.scope ?? "",
        ),
        name,
      );
      assert.match(setting.markdownDescription ?? "", /^[A-Z].*\.$/s, name);
    }
  });

  it("lets nothing but the machine name files, programs and identities", () => {
    for (const [name, { scope }] of settingsOf()) {
      if (
        /archives|Path$|identities|index\.|send\.(?:method|smtp|program|token|oauth|copyTo|only)/.test(name)
      )
        assert.equal(scope, "machine", name);
    }
  });

  it("reads the configuration in one file", () => {
    const readers = sources().filter(([, text]) => text.includes("getConfiguration("));
    assert.deepEqual(
      readers.map(([path]) => path),
      ["src/editor/settings.ts"],
    );
  });

  it("reads every declared setting, and declares every read one", () => {
    const text = readFileSync(join(root(), "src/editor/settingName.ts"), "utf8");
    const [, names = ""] = /export type SettingName =([^;]+);/.exec(text) ?? [];
    const typed = matches(names, /"([\w.]+)"/g).map((name) => `kernelMail.${name}`);
    const inConditions = conditions().flatMap(([, when]) => matches(when, /config\.(kernelMail\.[\w.]+)/g));
    assert.deepEqual(
      [...new Set([...typed, ...inConditions])].sort(),
      settingsOf()
        .map(([name]) => name)
        .sort(),
    );
  });

  it("names files that exist", () => {
    const { viewsContainers, languages, grammars } = manifest().contributes;
    const files = [
      ...viewsContainers.activitybar.map(({ icon }) => icon),
      ...languages.map(({ configuration }) => configuration),
      ...grammars.map(({ path }) => path),
    ];
    for (const file of files) assert.ok(existsSync(join(root(), file)), file);
  });

  it("draws its icon in one colour, the theme's", () => {
    const icon = readFileSync(join(root(), "media/kernel-mail.svg"), "utf8");
    assert.deepEqual([...new Set(matches(icon, /(?:stroke|fill)="([^"]+)"/g))].sort(), [
      "currentColor",
      "none",
    ]);
  });

  it("has a grammar whose patterns compile and whose scope is the declared one", () => {
    for (const { path, scopeName } of manifest().contributes.grammars) {
      const text = readFileSync(join(root(), path), "utf8");
      assert.equal((JSON.parse(text) as { scopeName: string }).scopeName, scopeName);
    }
  });
});
