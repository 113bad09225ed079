/** Links of mail wherever they stand: drafts, source files, commit messages, Markdown, the terminal; with hovers. */

import * as vscode from "vscode";
import type { Link } from "../../mail/link.ts";
import { findLinks, findTextLinks } from "../../mail/links.ts";
import { marcAddress } from "../archives/marc.ts";
import type { Commands } from "../commands.ts";
import { markdownText } from "../markdownText.ts";
import type { Settings } from "../settings.ts";
import type { Follow, FollowedLink } from "./follow.ts";
import type { LinkPreview, Preview } from "./linkPreview.ts";

interface JumpParts {
  commands: Commands;
  settings: Settings;
  follow: Follow;
  preview: Preview;
}

/** Follows a link of a document when its only argument is the link. */
const FOLLOW = "kernelMail.openMessage";

/** Larger documents are data. */
const LARGEST = 500_000;

/** Links of one line of a terminal that are offered. */
const LINE_LINKS = 10;

/**
 * Drafts, threads as text, commits; files of a tree, commit messages among them, and the box for the next one. One
 * selector: a draft is a file, too.
 */
const DOCUMENTS: vscode.DocumentSelector = [
  { language: "kernel-mail" },
  ...["kernel-mail", "file", "git", "untitled", "vscode-scm"].map((scheme) => ({ scheme })),
];

/** What the editor does not follow by itself as well; a page of marc.info may be a message. */
const isOurs = ({ kind, target }: Link): boolean => kind !== "url" || marcAddress(target) !== undefined;

/** What is a link in a file that is no mail. */
const inSources = (link: Link): boolean => isOurs(link) && link.kind !== "place" && link.kind !== "symbol";

const isMail = (document: vscode.TextDocument): boolean =>
  document.languageId === "kernel-mail" || document.uri.scheme === "kernel-mail";

const rangeOf = ({ line, column, endColumn }: Link): vscode.Range =>
  new vscode.Range(line - 1, column - 1, line - 1, endColumn - 1);

const followed = ({ kind, target, url }: Link): FollowedLink =>
  url === undefined ? { kind, target } : { kind, target, url };

/** A preview in a hover: all of it is text, nothing of it is Markdown. */
function hoverText({ heading, title, lines }: LinkPreview): vscode.MarkdownString {
  const text = new vscode.MarkdownString(markdownText(heading));
  if (title !== undefined) text.appendMarkdown(`\n\n**${markdownText(title)}**`);
  if (lines.length > 0) text.appendCodeblock(lines.join("\n"), "plaintext");
  return text;
}

class TerminalLink extends vscode.TerminalLink {
  readonly link: FollowedLink;

  constructor(start: number, length: number, tooltip: string, link: FollowedLink) {
    super(start, length, tooltip);
    this.link = link;
  }
}

export function registerLinkJumps({ commands, settings, follow, preview }: JumpParts): vscode.Disposable {
  /** Of documents as they are: a hover asks again and again. */
  let found = new WeakMap<vscode.TextDocument, { version: number; links: Link[] }>();

  const findIn = (document: vscode.TextDocument): Link[] => {
    const text = document.getText();
    if (text.length > LARGEST) return [];
    const { sourceFiles, trackers } = settings.links();
    // Columns stay as they are.
    const lines = text.replaceAll("\r", " ");
    // A draft's own Message-ID leads nowhere yet.
    const isOwn = ({ line }: Link): boolean =>
      document.languageId === "kernel-mail" && /^Message-ID:/i.test(document.lineAt(line - 1).text);
    if (isMail(document)) return findLinks(lines, undefined, trackers).filter((link) => !isOwn(link));
    return sourceFiles ? findTextLinks(lines, trackers).filter(inSources) : [];
  };

  const linksOf = (document: vscode.TextDocument): Link[] => {
    const known = found.get(document);
    if (known?.version === document.version) return known.links;
    const links = findIn(document);
    found.set(document, { version: document.version, links });
    return links;
  };

  /** For the menu of an editor: its file has something to follow. */
  const tellLinks = (editor: vscode.TextEditor | undefined): void => {
    const document = editor?.document;
    const hasLinks =
      document !== undefined &&
      vscode.languages.match(DOCUMENTS, document) > 0 &&
      !isMail(document) &&
      linksOf(document).length > 0;
    void vscode.commands.executeCommand("setContext", "kernelMail.hasLinks", hasLinks);
  };

  const links: vscode.DocumentLinkProvider = {
    provideDocumentLinks: (document) => {
      // The text document of a thread brings its own: it knows where each message begins.
      if (document.languageId === "kernel-mail-thread") return [];
      const editor = vscode.window.activeTextEditor;
      if (editor?.document === document) tellLinks(editor);
      return linksOf(document)
        .filter(isOurs)
        .map((link) => {
          const query = encodeURIComponent(JSON.stringify([followed(link)]));
          const jump = new vscode.DocumentLink(rangeOf(link), vscode.Uri.parse(`command:${FOLLOW}?${query}`));
          jump.tooltip = link.kind === "bug" ? link.target : "Open in Kernel Mail";
          return jump;
        });
    },
  };

  const hovers: vscode.HoverProvider = {
    provideHover: async (document, position) => {
      const link = linksOf(document).find((one) => rangeOf(one).contains(position));
      const told = link === undefined ? undefined : await preview(followed(link));
      return link === undefined || told === undefined
        ? undefined
        : new vscode.Hover(hoverText(told), rangeOf(link));
    },
  };

  const terminal: vscode.TerminalLinkProvider<TerminalLink> = {
    provideTerminalLinks: async ({ line }) => {
      const { terminal: isOn, trackers } = settings.links();
      if (!isOn) return [];
      const links = findTextLinks(line, trackers).filter(inSources).slice(0, LINE_LINKS);
      return await Promise.all(
        links.map(async (link) => {
          const told = await preview(followed(link));
          const tooltip = [told?.title, told?.heading].filter(Boolean).join(", ") || "Open in Kernel Mail";
          const { column, endColumn } = link;
          return new TerminalLink(column - 1, endColumn - column, tooltip, followed(link));
        }),
      );
    },
    handleTerminalLink: ({ link }) => commands.attempt("follow the link", () => follow.link(link)),
  };

  const { languages, window } = vscode;
  return vscode.Disposable.from(
    languages.registerDocumentLinkProvider(DOCUMENTS, links),
    languages.registerHoverProvider(DOCUMENTS, hovers),
    window.registerTerminalLinkProvider(terminal),
    window.onDidChangeActiveTextEditor(tellLinks),
    settings.onDidChange(["links.sourceFiles", "links.trackers"], () => {
      found = new WeakMap();
    }),
  );
}
