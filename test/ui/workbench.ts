/** A real VS Code with the packaged extension, used as a person uses it: through the page. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext, FrameLocator, Locator, Page } from "playwright-core";
import { root } from "../fixtures.ts";
import { openBrowser } from "../host/browser.ts";
import { ensureHost, type Host } from "../host/install.mjs";
import { installExtension, type Server, startServer, testSettings } from "../host/server.ts";
import { packageExtension } from "./vsix.ts";

/** How long one act of the workbench may take on a busy machine, in milliseconds. */
const ACT_MS = 60_000;

/** The name shown in the theme list, and the class that the workbench has then. */
export const themes = {
  light: ["Light Modern", "vs"],
  dark: ["Dark Modern", "vs-dark"],
  "high-contrast": ["Dark High Contrast", "hc-black"],
  "high-contrast-light": ["Light High Contrast", "hc-light"],
} as const;

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
const exactly = (text: string): RegExp => new RegExp(`^${escaped(text)}$`);

export type ThemeName = keyof typeof themes;

export interface WorkbenchOptions {
  /** The archives of the settings; none by default. */
  archives?: { path: string; name?: string }[];
  /** The public-inbox servers of the settings; none by default. */
  servers?: string[];
  /** Further settings of the machine. */
  machine?: Record<string, unknown>;
  /** The PATH that programs are looked for on; the person's login shell sets it too. */
  searchPath?: string;
  /** Further settings, of the person and of the machine. */
  settings?: Record<string, unknown>;
  /** Further variables for the server and all it starts. */
  env?: Record<string, string>;
}

/** The driver. What a method waits for is a state of the page, never a span of time. */
export class Workbench {
  page: Page;
  server: Server;
  /** Everything of this workbench on disk: `home`, `workspace`, and the server's own `data`. */
  readonly folder: string;
  readonly host: Host;
  readonly #browser: Browser;
  readonly #context: BrowserContext;
  readonly #options: WorkbenchOptions;

  constructor(
    at: { folder: string; host: Host; server: Server; page: Page; browser: Browser; context: BrowserContext },
    options: WorkbenchOptions,
  ) {
    this.folder = at.folder;
    this.host = at.host;
    this.server = at.server;
    this.page = at.page;
    this.#browser = at.browser;
    this.#context = at.context;
    this.#options = options;
  }

  /** Where the extension keeps what is its own. */
  get storage(): string {
    return join(this.folder, "data", "User", "globalStorage", "kernel-mail.kernel-mail");
  }

  get workspace(): string {
    return join(this.folder, "workspace");
  }

  /** Waits until a look at the disk or the page finds what it should. */
  async until(holds: () => boolean | Promise<boolean>, what: string, ms = ACT_MS): Promise<void> {
    const deadline = Date.now() + ms;
    while (!(await holds())) {
      if (Date.now() > deadline) throw new Error(`Not within ${ms / 1000} s: ${what}`);
      await this.page.waitForTimeout(50);
    }
  }

  /** The drafts on disk, by file name. */
  drafts(): Map<string, string> {
    const folder = join(this.storage, "drafts");
    const names = readdirSync(folder).filter((name) => name.endsWith(".eml"));
    return new Map(names.map((name) => [name, readFileSync(join(folder, name), "utf8")]));
  }

  /** Goes to the page and waits for the workbench. */
  async load(): Promise<void> {
    await this.page.goto(`${this.server.url}?${new URLSearchParams({ folder: this.workspace })}`);
    await this.#untilLoaded();
  }

  async #untilLoaded(): Promise<void> {
    await this.page.locator(".monaco-workbench").waitFor({ timeout: 60_000 });
    await this.page.getByRole("tab", { name: "Kernel Mail" }).first().waitFor({ timeout: 60_000 });
  }

  /** Reloads the window by its command, which lets the workbench keep its state first. */
  async reload(): Promise<void> {
    await this.page.evaluate("globalThis.isBeforeReload = true");
    await this.command("Developer: Reload Window");
    await this.page.waitForFunction("globalThis.isBeforeReload === undefined", undefined, {
      timeout: 60_000,
    });
    await this.#untilLoaded();
  }

  /**
   * Opens the side bar of the extension, where it is not open. A window that comes back opens it by itself: a click at
   * that moment closes it, and is given again.
   */
  async openSideBar(): Promise<void> {
    const tab = this.page.getByRole("tab", { name: "Kernel Mail" }).first();
    const shown = this.page
      .getByRole("tree", { name: /Threads/ })
      .or(this.welcome())
      .first();
    for (let attempt = 1; ; attempt += 1) {
      if ((await tab.getAttribute("aria-selected")) !== "true") await tab.click();
      try {
        await shown.waitFor({ timeout: ACT_MS / 4 });
        return;
      } catch (error) {
        if (attempt === 4) throw error;
      }
    }
  }

  /** The welcome text of the empty Threads view. */
  welcome(): Locator {
    return this.page.locator(".welcome-view-content").filter({ visible: true });
  }

  /**
   * Runs a command by its exact title, as from the palette. An editor that opens at that moment takes the focus and
   * with it the palette away; then the palette is opened again, as a person would.
   */
  async command(title: string): Promise<void> {
    const palette = this.page.locator(".quick-input-widget");
    const label = palette.locator(".monaco-list-row .label-name").filter({ hasText: exactly(title) });
    for (let attempt = 1; ; attempt += 1) {
      await this.page.keyboard.press("F1");
      try {
        await palette.locator("input.input").fill(`>${title}`, { timeout: 5000 });
        await label.first().click({ timeout: 10_000 });
        return;
      } catch (error) {
        if (attempt === 4) throw error;
        // What the palette showed before the extension was there may lack the command.
        if (await palette.isVisible()) await this.page.keyboard.press("Escape");
      }
    }
  }

  /** True when the palette offers a command of exactly this title now. */
  async offers(title: string): Promise<boolean> {
    await this.page.keyboard.press("F1");
    await this.page.locator(".quick-input-widget input.input").fill(`>${title}`);
    const rows = this.page.locator(".quick-input-widget .monaco-list-row");
    await rows.first().waitFor();
    const labels = await rows.locator(".label-name").allInnerTexts();
    await this.page.keyboard.press("Escape");
    return labels.includes(title);
  }

  /**
   * Runs a command that asks, and answers it: a pattern chooses from a list, a text is typed. What opens at that moment
   * takes the focus, and with it the question away; then the command is run again, as a person would.
   */
  async ask(title: string, ...answers: (RegExp | string)[]): Promise<void> {
    const give = (answer: RegExp | string, ms?: number): Promise<void> =>
      typeof answer === "string" ? this.answer(answer, undefined, ms) : this.pick(answer, ms);
    const [first = "", ...more] = answers;
    for (let attempt = 1; ; attempt += 1) {
      await this.command(title);
      try {
        await give(first, ACT_MS / 4);
        break;
      } catch (error) {
        if (attempt === 4) throw error;
      }
    }
    for (const answer of more) await give(answer);
  }

  /** Chooses in an open pick list. */
  async pick(label: RegExp, ms = ACT_MS): Promise<void> {
    const options = this.page.locator(".quick-input-widget").getByRole("option", { name: label });
    await options.first().click({ timeout: ms });
  }

  /**
   * Types into an open input box and confirms it, once it holds what it proposes: the palette that opened it has the
   * same field, with a ">", and a dialog for files writes its proposal over what was typed too early.
   */
  async answer(text: string, proposed = /^(?!>)/, ms = ACT_MS): Promise<void> {
    const input = this.page.locator(".quick-input-widget input.input");
    await this.until(
      async () => (await input.isVisible()) && proposed.test(await input.inputValue()),
      "an input box",
      ms,
    );
    await input.fill(text);
    await input.press("Enter");
  }

  /** A row of a tree in the side bar, by a part of its accessible name. */
  row(name: string | RegExp): Locator {
    return this.page.locator(".sidebar").getByRole("treeitem", { name });
  }

  /** Chooses from the context menu of a row. */
  async menu(row: Locator, name: string): Promise<void> {
    await row.click({ button: "right" });
    await this.#choose(name);
  }

  /** Chooses from the menu of the view in the side bar. */
  async viewMenu(name: string): Promise<void> {
    await this.page
      .locator(".sidebar")
      .getByRole("button", { name: /More Actions/ })
      .first()
      .click();
    await this.#choose(name);
  }

  /** Chooses from the open menu. By key: a menu that has just opened takes no click, lest it be a slip. */
  async #choose(name: string): Promise<void> {
    // The accessible name goes on with the key, where there is one.
    const item = this.page.getByRole("menuitem", { name: new RegExp(`^${escaped(name)}`) });
    await item.hover();
    await this.page.keyboard.press("Enter");
    await item.waitFor({ state: "detached" });
  }

  /** Opens a row that is closed, and waits until it says so. */
  async expand(row: Locator): Promise<void> {
    if ((await row.getAttribute("aria-expanded")) !== "true") await row.locator(".monaco-tl-twistie").click();
    await row.and(this.page.locator('[aria-expanded="true"]')).waitFor();
  }

  /** A message of the workbench, by its text. */
  toast(text: string | RegExp): Locator {
    return this.page.locator(".notification-toast").filter({ hasText: text });
  }

  async dismissToasts(): Promise<void> {
    await this.command("Notifications: Clear All Notifications");
    await this.page.locator(".notification-toast").first().waitFor({ state: "detached" });
  }

  /** The page of the reader, inside its two frames. */
  reader(): FrameLocator {
    return this.page
      .locator("iframe.webview.ready:visible")
      .last()
      .contentFrame()
      .locator("iframe#active-frame")
      .contentFrame();
  }

  /** The tab of an editor, by a part of its name. */
  tab(name: string | RegExp): Locator {
    return this.page.locator(".tabs-container").getByRole("tab", { name });
  }

  /** What a draft or preview offers above its lines; there even while its line is scrolled out of view. */
  lens(text: string | RegExp): Locator {
    return this.page.locator(".codelens-decoration").getByText(text);
  }

  /**
   * Clicks into the text editor of the group that has the focus. Its frame, not its lines: their middle may lie below
   * what is in view, and a browser that is told to click there scrolls to it.
   */
  async intoText(): Promise<void> {
    const frame = this.page.locator(".editor-group-container.active .monaco-editor .overflow-guard");
    await frame.filter({ visible: true }).last().click();
  }

  /** The whole text of the editor that has the focus; a text editor shows the page only what is in view. */
  async editorText(): Promise<string> {
    await this.page.evaluate("navigator.clipboard.writeText('')");
    await this.page.keyboard.press("Control+a");
    await this.page.keyboard.press("Control+c");
    const text = await this.page.waitForFunction("navigator.clipboard.readText()");
    return String(await text.jsonValue());
  }

  /** Switches the colour theme, as from the palette. */
  async theme(name: ThemeName): Promise<void> {
    const [label, className] = themes[name];
    await this.command("Preferences: Color Theme");
    await this.page.locator(".quick-input-widget input.input").fill(label);
    await this.page
      .locator(".quick-input-widget .monaco-list-row .label-name")
      .filter({ hasText: exactly(label) })
      .first()
      .click();
    await this.page.locator(`.monaco-workbench.${className}`).waitFor();
  }

  /** Writes `.screenshots/NAME.png`. */
  async screenshot(name: string): Promise<void> {
    const folder = join(root(), ".screenshots");
    mkdirSync(folder, { recursive: true });
    await this.page.screenshot({ path: join(folder, `${name}.png`) });
  }

  /** The power cut: kills the server and all it started, then starts it again in a new page. */
  async killAndRestart(): Promise<void> {
    const { port } = this.server;
    await this.server.stop("SIGKILL");
    await this.page.close();
    this.server = await startServer({ host: this.host, folder: this.folder, port, ...env(this.#options) });
    this.page = await this.#context.newPage();
    await this.load();
  }

  /** Acts in another window of the same person on the same folder, which is closed afterwards. */
  async inSecondWindow(act: () => Promise<void>): Promise<void> {
    const first = this.page;
    this.page = await this.#context.newPage();
    try {
      await this.load();
      await act();
    } finally {
      await this.page.close();
      this.page = first;
      await first.bringToFront();
    }
  }

  /** Ends everything and removes the folders. */
  async close(): Promise<void> {
    await this.#context.close();
    await this.#browser.close();
    await this.server.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const env = ({ searchPath, env: more = {} }: WorkbenchOptions): { env: Record<string, string> } => ({
  env: { ...more, ...(searchPath === undefined ? {} : { PATH: searchPath, SHELL: "/bin/bash" }) },
});

/** Starts a workbench of its own with the packaged extension installed. Close it in an `after` hook. */
export async function openWorkbench(options: WorkbenchOptions = {}): Promise<Workbench> {
  const host = await ensureHost();
  const folder = mkdtempSync(join(tmpdir(), "kernel-mail-ui-"));
  for (const name of ["home", "workspace"]) mkdirSync(join(folder, name));
  writeFileSync(
    join(folder, "home", ".gitconfig"),
    "[user]\n\tname = Test Reader\n\temail = reader@kernel.example\n",
  );
  if (options.searchPath !== undefined) {
    writeFileSync(join(folder, "home", ".bash_profile"), `export PATH=${options.searchPath}\n`);
  }
  const vsix = process.env["KERNEL_MAIL_VSIX"] ?? (await packageExtension(join(folder, "kernel-mail.vsix")));
  await installExtension(host, folder, vsix);
  const server = await startServer({
    host,
    folder,
    settings: { ...testSettings, ...options.settings },
    machineSettings: {
      ...options.settings,
      "kernelMail.archives": options.archives ?? [],
      // No test asks a server that it has not started.
      "kernelMail.servers": options.servers ?? [],
      ...options.machine,
    },
    ...env(options),
  });
  const browser = await openBrowser();
  const context = await browser.newContext({
    viewport: { width: 1400, height: 900 },
    permissions: ["clipboard-read", "clipboard-write"],
  });
  context.setDefaultTimeout(ACT_MS);
  const page = await context.newPage();
  const workbench = new Workbench({ folder, host, server, page, browser, context }, options);
  await workbench.load();
  return workbench;
}
