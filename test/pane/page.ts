/** The built pane in a real Chromium, under the real policy, with a wall to the test instead of to the editor. */
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { Channel, type Handlers, type Port } from "../../src/base/channel.ts";
import { PAGE_KEYS } from "../../src/reader/pageKeys.ts";
import type { HostContract, PaneContract, PaneState } from "../../src/reader/protocol.ts";
import { root } from "../fixtures.ts";
import { browserPath, noBrowser, openBrowser } from "../host/browser.ts";
import type { ViewedMails } from "../threadViews.ts";
import { type ThemeName, themeSheet } from "./themes.ts";

const ORIGIN = "http://pane.example";
const NONCE = "bm9uY2Ugb2YgdGhlIHRlc3Q";
/** As the editor's page has it (src/editor/reading/readerPage.ts). */
const POLICY = [
  "default-src 'none'",
  `script-src 'nonce-${NONCE}'`,
  `style-src ${ORIGIN}`,
  `font-src ${ORIGIN}`,
  "form-action 'none'",
  "base-uri 'none'",
].join("; ");

/** What the page has and Node's types do not. */
interface PageGlobals {
  dispatchEvent(event: object): void;
  MessageEvent: new (name: string, values: { data: unknown }) => object;
  paneKept(): PaneState | undefined;
}

export interface Asked {
  name: string;
  params: unknown;
}

export interface OpenPane {
  page: Page;
  channel: Channel<PaneContract, HostContract>;
  /** What the page asked of the editor, in order. */
  asked: Asked[];
  /** What the page kept for a reload, last. */
  kept(): Promise<PaneState | undefined>;
  /** Policy reports, console errors, uncaught errors and requests to anywhere else. Empty when all is well. */
  troubles: string[];
  /** Sends a thread and all its messages, in chunks, and waits until they are drawn. */
  show(mails: ViewedMails, goTo?: string, chunk?: number): Promise<void>;
  screenshot(name: string): Promise<void>;
  close(): Promise<void>;
}

export interface PaneOptions {
  theme?: ThemeName;
  width?: number;
  height?: number;
  state?: PaneState;
  /** What the page's clock says, in UTC then; the real time in the machine's zone when left out. */
  now?: string;
}

/** The browser, or undefined where there is none; the running test is then skipped with the reason. */
export async function launch(test: Mocha.Context): Promise<Browser> {
  if (browserPath() === undefined) {
    console.log(`      skipped: there is ${noBrowser}`);
    return test.skip();
  }
  return await openBrowser();
}

const distFolder = (): string => process.env["KERNEL_MAIL_DIST"] ?? join(root(), "dist");

function shell(theme: ThemeName): string {
  return `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Kernel Mail</title>
<link rel="stylesheet" href="${ORIGIN}/theme.css"><link rel="stylesheet" href="${ORIGIN}/reader.css">
</head><body class="vscode-${theme}"><script nonce="${NONCE}" src="${ORIGIN}/reader.js"></script></body></html>`;
}

async function serveFiles(page: Page, theme: ThemeName, troubles: string[]): Promise<void> {
  const files: Record<string, () => { contentType: string; body: string }> = {
    "/": () => ({ contentType: "text/html", body: shell(theme) }),
    "/theme.css": () => ({ contentType: "text/css", body: themeSheet(theme) }),
    "/reader.js": () => ({
      contentType: "text/javascript",
      body: readFileSync(join(distFolder(), "reader.js"), "utf8"),
    }),
    "/highlight.js": () => ({
      contentType: "text/javascript",
      body: readFileSync(join(distFolder(), "highlight.js"), "utf8"),
    }),
    "/reader.css": () => ({
      contentType: "text/css",
      body: readFileSync(join(distFolder(), "reader.css"), "utf8"),
    }),
  };
  await page.route("**/*", async (route) => {
    const url = new URL(route.request().url());
    const file = url.origin === ORIGIN ? files[url.pathname] : undefined;
    if (file) return await route.fulfill(file());
    if (url.pathname !== "/favicon.ico") troubles.push(`request: ${url.href}`);
    return await route.abort();
  });
}

export async function openPane(browser: Browser, options: PaneOptions = {}): Promise<OpenPane> {
  const { theme = "light", width = 1240, height = 820 } = options;
  const viewport = { width, height };
  const zone = options.now === undefined ? {} : { timezoneId: "UTC" };
  const context = await browser.newContext({ viewport, reducedMotion: "reduce", ...zone });
  // A busy machine may take its time for a page.
  context.setDefaultTimeout(90_000);
  const page = await context.newPage();
  if (options.now !== undefined) await page.clock.setFixedTime(options.now);
  const troubles: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning")
      troubles.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => troubles.push(`error: ${error.message}`));
  page.on("dialog", async (dialog) => {
    troubles.push(`dialog: ${dialog.message()}`);
    await dialog.dismiss();
  });
  await serveFiles(page, theme, troubles);
  let receive: (message: unknown) => void = () => undefined;
  await page.exposeFunction("paneSays", (message: unknown) => receive(message));
  await page.addInitScript((state) => {
    const window = globalThis as unknown as Record<string, unknown>;
    let kept: unknown = state ?? undefined;
    window["paneKept"] = () => kept;
    window["acquireVsCodeApi"] = () => ({
      postMessage: (message: unknown) =>
        void (window["paneSays"] as (said: unknown) => Promise<void>)(message),
      getState: () => kept,
      setState: (next: unknown) => {
        kept = next;
      },
    });
  }, options.state ?? null);
  const asked: Asked[] = [];
  const port: Port = {
    post: (message) => {
      // As text: what drives the browser takes its time for each value of an object.
      page
        .evaluate((said) => {
          const { dispatchEvent, MessageEvent } = globalThis as unknown as PageGlobals;
          dispatchEvent(new MessageEvent("message", { data: JSON.parse(said) as unknown }));
        }, JSON.stringify(message))
        .catch((error: Error) => {
          if (!page.isClosed()) troubles.push(`post: ${error.message}`);
        });
    },
    listen: (hear) => {
      receive = hear;
      return () => {
        receive = () => undefined;
      };
    },
  };
  const channel = new Channel<PaneContract, HostContract>(port);
  const { promise: ready, resolve } = Promise.withResolvers<void>();
  const note = (name: string) => (params: unknown) => {
    asked.push({ name, params });
    if (name === "ready") resolve();
    return null;
  };
  const names = ["ready", "reply", "act", "keepCites", "follow", "copy", "raw", "attachment"] as const;
  const handlers = Object.fromEntries(names.map((name) => [name, note(name)]));
  channel.serve(handlers as unknown as Handlers<HostContract["requests"]>);
  await page.goto(`${ORIGIN}/`);
  await ready;
  channel.emit("settings", { width: 84, cites: "bars" });
  channel.emit("keys", { keys: { ...PAGE_KEYS } });
  return {
    page,
    channel,
    asked,
    troubles,
    kept: async () =>
      (await page.evaluate(() => (globalThis as unknown as { paneKept(): unknown }).paneKept())) as
        | PaneState
        | undefined,
    show: async ({ view, messages }, goTo, chunk = 30) => {
      channel.emit("thread", goTo === undefined ? { view } : { view, goTo });
      for (let at = 0; at < messages.length || at === 0; at += chunk) {
        const done = at + chunk >= messages.length;
        channel.emit("messages", { thread: view.thread, messages: messages.slice(at, at + chunk), done });
      }
      await page.waitForSelector("main.done", { timeout: 30_000 });
    },
    screenshot: async (name) => {
      const folder = join(root(), ".screenshots");
      mkdirSync(folder, { recursive: true });
      await page.screenshot({ path: join(folder, `pane-${name}.png`) });
    },
    close: async () => {
      channel.close();
      await context.close();
    },
  };
}

/**
 * Sets up a suite whose tests open one pane each: a browser for all of them, and after each test no policy report, no
 * console error and no request. Returns what opens the pane.
 */
export function onePaneEach(): (options?: PaneOptions) => Promise<OpenPane> {
  let browser: Browser | undefined;
  let pane: OpenPane | undefined;
  before(async function () {
    browser = await launch(this);
  });
  after(async () => {
    await browser?.close();
  });
  afterEach(async () => {
    const troubles = pane?.troubles ?? [];
    await pane?.close();
    pane = undefined;
    assert.deepEqual(troubles, [], "no policy report, no console error, no request");
  });
  return async (options) => {
    assert.ok(browser);
    pane = await openPane(browser, options);
    return pane;
  };
}
