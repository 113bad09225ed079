/** Where links lead: a message in the archives, else on the servers, else the browser; commits and places in the tree. */
import * as vscode from "vscode";
import type { FoundRow } from "../../archive/remote.ts";
import { isUserError, sentence } from "../../base/report.ts";
import type { LinkKind } from "../../mail/link.ts";
import { loreLink } from "../../mail/loreLink.ts";
import type { Archive } from "../archives/archiveWorker.ts";
import { findMarc, type MarcFound, marcAddress } from "../archives/marc.ts";
import { asking, type Servers } from "../archives/servers.ts";
import { decodeMessage } from "../decoder.ts";
import { inLabel } from "../plainWords.ts";
import { type CommitMail, mailOfCommit } from "./commitMail.ts";
import type { CommitLine, KernelTrees } from "./kernelTrees.ts";
import { type CodeOpener, notInTrees } from "./openCode.ts";

/** A link as it was found; `from` is the message that it stands in. */
export interface FollowedLink {
  kind: LinkKind;
  target: string;
  url?: string;
  from?: string;
}

const KINDS: readonly unknown[] = ["url", "messageId", "commit", "place", "symbol", "bug"];

/** Whether the argument of a command is a link; commands can be called by anyone with anything. */
export function isFollowed(value: unknown): value is FollowedLink {
  if (typeof value !== "object" || value === null || !("kind" in value) || !("target" in value)) return false;
  const url = "url" in value ? value.url : undefined;
  return (
    KINDS.includes(value.kind) &&
    typeof value.target === "string" &&
    (url === undefined || typeof url === "string")
  );
}

export interface Follow {
  /** Follows a link that the person clicked or pasted: that is the permission to ask a server. */
  link(link: FollowedLink): Promise<void>;
  /** Shows a commit, or asks which of its mails is meant. */
  commit(id: string, url?: string): Promise<void>;
}

interface FollowParts {
  archive: Archive;
  servers: Servers;
  trees: KernelTrees;
  code: CodeOpener;
  /** Shows a message that an archive has. */
  show: (messageId: string) => Promise<void>;
}

/** The address of a link that may be opened outside: nothing but the web and mail. */
export function openable(target: string): vscode.Uri | undefined {
  if (!/^(?:https?:\/\/|mailto:)[^\s]/i.test(target)) return undefined;
  return vscode.Uri.parse(target, true);
}

const toBrowser = async (target: string): Promise<void> => {
  const uri = openable(target);
  if (uri !== undefined) await vscode.env.openExternal(uri);
};

const BROWSER = "Open in Browser";

/** Says that there is something that only the browser can show, and offers it. */
async function offerBrowser(text: string, address: string): Promise<void> {
  if ((await vscode.window.showWarningMessage(text, BROWSER)) === BROWSER) await toBrowser(address);
}

export function openFollow({ archive, servers, trees, code, show }: FollowParts): Follow {
  const message = async (messageId: string, url: string | undefined): Promise<void> => {
    const [present] = await archive.request("has", { messageIds: [messageId] });
    if (present) return await show(messageId);
    const address = url ?? loreLink(messageId);
    if (!servers.mayAsk()) {
      const why =
        "and the settings say that no server is asked (kernelMail.network.mode, kernelMail.servers).";
      return await offerBrowser(`No archive has the message <${messageId}>, ${why}`, address);
    }
    let found: boolean;
    try {
      found = await asking(`Asking ${servers.names()} for the thread`, (signal) =>
        servers.fetchThread(messageId, url, signal),
      );
    } catch (error) {
      if (!isUserError(error)) throw error;
      // What came of an answer that was cut may hold the message.
      const [came] = await archive.request("has", { messageIds: [messageId] });
      if (came) await show(messageId);
      return await offerBrowser(sentence(error), address);
    }
    const [came] = found ? await archive.request("has", { messageIds: [messageId] }) : [];
    if (came) return await show(messageId);
    await offerBrowser(`Neither an archive nor ${servers.names()} has the message <${messageId}>.`, address);
  };

  /** The commit that the series of a message builds on, when it says so itself or in its cover letter. */
  const baseOf = async (from: string | undefined): Promise<string | undefined> => {
    if (from === undefined) return undefined;
    const thread = await archive.request("thread", { messageId: from });
    const own = thread?.nodes.find(({ messageId }) => messageId === from);
    const ids = [from, own?.parent, thread?.row.thread].filter((id) => id !== undefined);
    for (const found of await archive.request("raw", { messageIds: [...new Set(ids)] })) {
      const { body } = await decodeMessage(found);
      const base = /^base-commit: ([0-9a-f]{40})\s*$/m.exec(body)?.[1];
      if (base !== undefined) return base;
    }
    return undefined;
  };

  const commit = async (id: string, url: string | undefined): Promise<void> => {
    const known = await trees.commit(id);
    if (known !== undefined) return await code.commit(known);
    if (url !== undefined) return await toBrowser(url);
    const why = sentence(notInTrees(`the commit ${id}`));
    await offerBrowser(why, `https://git.kernel.org/torvalds/c/${id}`);
  };

  /** A page of the web; one of marc.info is a message where the archives have it. */
  const page = async (address: string): Promise<void> => {
    const named = marcAddress(address);
    const { rows, isSure } = named === undefined ? NOTHING : await findMarc(archive, named);
    const [first] = rows;
    if (first === undefined) return await toBrowser(address);
    const chosen = isSure ? first.messageId : await chooseNear(rows);
    if (chosen === "browser") await toBrowser(address);
    else if (chosen !== undefined) await show(chosen);
  };

  const link = async ({ kind, target, url, from }: FollowedLink): Promise<void> => {
    switch (kind) {
      case "messageId":
        return await message(target, url);
      case "commit":
        return await commit(target, url);
      case "place":
        if (!(await code.place(target, await baseOf(from)))) throw notInTrees(`the file of ${target}`);
        return;
      case "symbol":
        if (!(await code.symbol(target))) throw notInTrees(`a function ${target}`);
        return;
      case "url":
        return await page(target);
      case "bug":
        return await toBrowser(target);
    }
  };

  return {
    link,
    commit: async (id, url) => {
      const known = await trees.commit(id);
      if (known === undefined) return await commit(id, url);
      const mails = await mailOfCommit(archive, trees, known);
      const choice = mails.length === 0 ? undefined : await chooseMail(known, mails);
      if (mails.length === 0 || choice === "commit") await code.commit(known);
      else if (choice !== undefined) await message(choice, undefined);
    },
  };
}

const NOTHING: MarcFound = { rows: [], isSure: false };

/** Several messages arrived at the time that an address names: which one is meant; undefined when the person gives up. */
async function chooseNear(rows: readonly FoundRow[]): Promise<string | undefined> {
  const items = [
    ...rows.map(({ messageId, subject, fromName, fromAddress, dateMs }) => ({
      label: inLabel(subject || "(no subject)"),
      description: `${inLabel(fromName || fromAddress)}, ${new Date(dateMs).toISOString().slice(0, 16).replace("T", " ")}`,
      target: messageId,
    })),
    { label: "$(link-external) Open in Browser", description: "", target: "browser" },
  ];
  const choice = await vscode.window.showQuickPick(items, {
    title: "Open Message",
    placeHolder: "These came at the time that the link names; which one is meant?",
    matchOnDescription: true,
  });
  return choice?.target;
}

/** The commit itself, or one of the mails that became it; undefined when the person gives up. */
async function chooseMail(commit: CommitLine, mails: readonly CommitMail[]): Promise<string | undefined> {
  const items = [
    {
      label: `$(git-commit) ${commit.id.slice(0, 12)} ${inLabel(commit.subject)}`,
      description: inLabel(commit.author),
      detail: "The commit and its diff",
      target: "commit",
    },
    ...mails.map(({ messageId, evidence, held, subject, from, dateMs }) => ({
      label: `$(mail) ${inLabel(subject ?? messageId)}`,
      description: [
        inLabel(from ?? ""),
        dateMs === undefined ? undefined : new Date(dateMs).toISOString().slice(0, 10),
      ]
        .filter(Boolean)
        .join(", "),
      detail: held
        ? `Found by ${evidence}`
        : `Found by ${evidence}; not in your archives: a server is asked for it`,
      target: messageId,
    })),
  ];
  const choice = await vscode.window.showQuickPick(items, {
    title: "Commit and Mail",
    placeHolder: "The commit, or the mail that became it",
    matchOnDescription: true,
  });
  return choice?.target;
}
