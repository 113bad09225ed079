/** Which parts of a mail make its body, and which are attachments (D210-D214). */

import { isUtf8 } from "node:buffer";
import type { Defect } from "./defect.ts";
import type { Part } from "./mime.ts";

/** A part shown in the body; HTML is rendered to text first (D211). */
export interface InlinePart {
  part: Part;
  html: boolean;
}

export interface Choice {
  shown: InlinePart[];
  /** What is not in the body, or is there and can be saved by its name. In order. */
  attachments: Part[];
  badges: Set<string>;
  defects: Defect[];
}

/** Bytes of a part after its transfer encoding was undone. */
export type BytesOf = (part: Part) => Buffer;

// A part beyond this is not read as text on suspicion (D213); what is labelled as text always is.
const maxSuspected = 1_000_000;

const htmlTypes = new Set(["text/html", "text/xhtml", "application/xhtml+xml"]);
const notText = new Set([
  ...htmlTypes,
  "text/calendar",
  "text/vcard",
  "text/x-vcard",
  "text/directory",
  "text/css",
  "text/enriched",
  "text/richtext",
  "text/rtf",
  "text/rfc822-headers",
  "text/x-amp-html",
]);
const perhapsText = new Set(["", "application/octet-stream", "application/x-patch", "application/x-diff"]);
const signatures = new Set([
  "application/pgp-signature",
  "application/pkcs7-signature",
  "application/x-pkcs7-signature",
]);

function isText(type: string): boolean {
  return type.startsWith("text/") && !notText.has(type);
}

/** Printable UTF-8: a missing or vague type does not hide it (D213). */
function isPrintable(bytes: Buffer): boolean {
  if (bytes.length === 0 || bytes.length > maxSuspected || !isUtf8(bytes)) return false;
  return !/[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]/.test(bytes.toString("latin1"));
}

const diffStart = /^(?:diff --git |--- \S|@@ -\d)/m;

/** A part with a diff in it is never hidden (D210). */
function holdsDiff(bytes: Buffer): boolean {
  if (bytes.length > maxSuspected || bytes.includes(0)) return false;
  const text = bytes.toString("latin1");
  return diffStart.test(text) && (text.startsWith("+++ ") || text.includes("\n+++ "));
}

function isBlankText(bytes: Buffer): boolean {
  return bytes.length < 10_000 && bytes.toString("latin1").trim() === "";
}

class Chooser implements Choice {
  readonly shown: InlinePart[] = [];
  readonly attachments: Part[] = [];
  readonly badges = new Set<string>();
  readonly defects: Defect[] = [];
  readonly #root: Part;
  readonly #bytesOf: BytesOf;

  constructor(root: Part, bytesOf: BytesOf) {
    this.#root = root;
    this.#bytesOf = bytesOf;
    this.#visit(root);
  }

  /** Recursion is bounded by the depth of the tree (D105). */
  #visit(part: Part): void {
    if (part.children.length === 0) this.#visitLeaf(part);
    else if (part.type === "multipart/alternative") this.#visitAlternative(part);
    else if (part.type === "multipart/signed") this.#visitSigned(part);
    else if (part.type === "multipart/encrypted") this.#visitEncrypted(part);
    else for (const child of part.children) this.#visit(child);
  }

  /** Plain text unless it is empty, then HTML; what belongs to neither is attached (D211). */
  #visitAlternative(part: Part): void {
    const kinds = part.children.map((child) => ({ child, kind: this.#kindOf(child) }));
    const chosen =
      kinds.find(({ kind }) => kind === "plain") ?? kinds.findLast(({ kind }) => kind === "html");
    if (chosen === undefined) {
      for (const child of part.children) this.#visit(child);
      return;
    }
    for (const { child } of kinds) {
      if (child === chosen.child) this.#visit(child);
      else this.#attachExtras(child);
    }
  }

  /** What the first text below `part` is: an empty plain text is no text. */
  #kindOf(part: Part): "plain" | "html" | "none" {
    let html = false;
    for (const leaf of this.#leavesOf(part)) {
      if (this.#isTextual(leaf) && !isBlankText(this.#bytesOf(leaf))) return "plain";
      html ||= htmlTypes.has(leaf.type);
    }
    return html ? "html" : "none";
  }

  #leavesOf(part: Part): Part[] {
    return part.children.length === 0 ? [part] : part.children.flatMap((child) => this.#leavesOf(child));
  }

  /** Of an alternative not shown: everything but the text that says the same again. */
  #attachExtras(part: Part): void {
    const extras = this.#leavesOf(part).filter(({ type }) => !htmlTypes.has(type) && !isText(type));
    this.attachments.push(...extras);
  }

  #visitSigned(part: Part): void {
    this.badges.add("signed");
    for (const child of part.children) if (!signatures.has(child.type)) this.#visit(child);
  }

  #visitEncrypted(part: Part): void {
    this.badges.add("encrypted");
    this.defects.push({ code: "encrypted", text: "The mail is encrypted; its parts are attached." });
    this.attachments.push(...this.#leavesOf(part));
  }

  #visitLeaf(part: Part): void {
    const attached = part.disposition === "attachment" && part !== this.#root;
    if (htmlTypes.has(part.type) && !attached && this.shown.length === 0) {
      this.badges.add("html");
      this.shown.push({ part, html: true });
    } else if (this.#isInline(part, attached)) {
      this.shown.push({ part, html: false });
      if (attached || part.name !== "") this.attachments.push(part);
    } else this.attachments.push(part);
  }

  /** A text type, or no type at all and printable: then text/plain is meant (RFC 2045 section 5.2, D213). */
  #isTextual(part: Part): boolean {
    if (part.type !== "") return isText(part.type);
    return part === this.#root || isPrintable(this.#bytesOf(part));
  }

  #isInline(part: Part, attached: boolean): boolean {
    if (part.type.startsWith("multipart/")) return true; // without boundaries (D213)
    if (attached) return (isText(part.type) || perhapsText.has(part.type)) && holdsDiff(this.#bytesOf(part));
    return this.#isTextual(part) || (perhapsText.has(part.type) && isPrintable(this.#bytesOf(part)));
  }
}

/** Chooses what is shown, depth first. `root` as `readParts` gives it. */
export function chooseParts(root: Part, bytesOf: BytesOf): Choice {
  return new Chooser(root, bytesOf);
}
