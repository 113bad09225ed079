/** Who writes: from the settings and git's configuration, and asked for once where neither knows. */
import * as vscode from "vscode";
import { readGitConfig } from "../base/gitConfig.ts";
import type { Self } from "../compose/draft.ts";
import { chooseSelf, excludedRecipients } from "../compose/identity.ts";
import { trustedFolder } from "./openFolder.ts";
import type { Settings } from "./settings.ts";

export interface Writer {
  self: Self;
  /** Globs of addresses that are never taken over as recipients. */
  exclude: string[];
}

/** Asks for name and address; undefined when the person gives up. The answer is kept in the settings. */
async function askIdentity(settings: Settings): Promise<boolean> {
  const address = await vscode.window.showInputBox({
    title: "Your Mail Address",
    prompt:
      "Git names no address to write from. It will stand in every message you send to a list, for everyone to see.",
    placeHolder: "you@example.org",
    ignoreFocusOut: true,
    validateInput: (value) =>
      /^[^\s@<>,;]+@[^\s@<>,;]+$/.test(value.trim()) ? undefined : "A mail address, such as you@example.org",
  });
  if (address === undefined) return false;
  const name = await vscode.window.showInputBox({
    title: "Your Name",
    prompt: "The name beside your address, as it stands in your Signed-off-by.",
    ignoreFocusOut: true,
    validateInput: (value) => (value.trim() === "" ? "Your full name" : undefined),
  });
  if (name === undefined) return false;
  await settings.setIdentity({ name: name.trim(), address: address.trim() });
  return true;
}

/** The person who writes, as far as settings and git know; nobody is asked. */
export async function knownWriter(settings: Settings): Promise<Writer | undefined> {
  const config = await readGitConfig(settings.git(), trustedFolder());
  const self = chooseSelf(config, { identities: settings.identities(), addresses: settings.myAddresses() });
  return self && { self, exclude: [...excludedRecipients(config), ...settings.excludedRecipients()] };
}

/** What is shown while one types asks with every pause: git is asked again after this time, in milliseconds. */
const RECENT_MS = 10_000;
const recent = new WeakMap<Settings, { at: number; said: string; writer: Promise<Writer | undefined> }>();

/** As `knownWriter`, with what git said a moment ago; what the settings say counts at once. */
export function recentWriter(settings: Settings): Promise<Writer | undefined> {
  const said = JSON.stringify([settings.identities(), settings.myAddresses(), settings.git()]);
  const known = recent.get(settings);
  if (known?.said === said && Date.now() - known.at < RECENT_MS) return known.writer;
  const writer = knownWriter(settings);
  recent.set(settings, { at: Date.now(), said, writer });
  return writer;
}

/** The person who writes; undefined when there is no address and the person did not give one. */
export async function findWriter(settings: Settings): Promise<Writer | undefined> {
  const known = await knownWriter(settings);
  if (known !== undefined) return known;
  return (await askIdentity(settings)) ? await knownWriter(settings) : undefined;
}
