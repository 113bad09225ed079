/** The browser the tests look through: Debian's chromium, or the one named by KERNEL_MAIL_CHROMIUM. */
import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

/** The path of a chromium, or undefined where there is none. */
export function browserPath(): string | undefined {
  const named = process.env["KERNEL_MAIL_CHROMIUM"];
  const candidates =
    named === undefined
      ? ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
      : [named];
  return candidates.find((path) => existsSync(path));
}

/** Why there is no browser, for a person. */
export const noBrowser = "no chromium (install it, or name one in KERNEL_MAIL_CHROMIUM)";

/**
 * Starts the browser without a window and without anything that speaks to the network by itself. It knows no host but
 * this machine, whatever is clicked: said here, that costs a page nothing, while each request of a page that is
 * intercepted goes by way of the test.
 */
export async function openBrowser(): Promise<Browser> {
  const executablePath = browserPath();
  if (executablePath === undefined) throw new Error(`There is ${noBrowser}.`);
  return await chromium.launch({
    executablePath,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    ],
  });
}
