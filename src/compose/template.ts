/** Canned paragraphs: what stands for names of the message answered is filled in. */
import type { Message } from "../mail/message.ts";
import { readPatchPrefix } from "../mail/subject.ts";
import { authorsOf } from "./recipients.ts";

/** What a template may name; `commits` and `branch` are given where patches were applied. */
export interface TemplateValues {
  firstName: string;
  subject: string;
  series: string;
  commits?: string;
  branch?: string;
}

/** Jane of `Jane Doe` and of `Doe, Jane`; the part before the @ where there is no name. */
export function firstName(name: string, address: string): string {
  const turned = name.includes(",") ? (name.split(",")[1] ?? "") : name;
  return turned.trim().split(/\s+/)[0] || (address.split("@")[0] ?? "");
}

/** The values that a message gives; empty ones where nothing is answered. */
export function templateValues(parent: Message | undefined): TemplateValues {
  if (parent === undefined) return { firstName: "", subject: "", series: "" };
  const [author = { name: "", address: "" }] = authorsOf(parent);
  const { bare, version, n, of, isPatch } = readPatchPrefix(parent.subject);
  const words = [
    ...(version > 1 ? [`v${version}`] : []),
    of === undefined ? "patch" : n === 0 ? "series" : `patch ${n}/${of}`,
  ];
  return {
    firstName: firstName(author.name || (parent.from[0]?.name ?? ""), author.address),
    subject: bare,
    series: isPatch ? words.join(" ") : "",
  };
}

/** The text with its `${names}` filled in; names that are not known stay as they are written. */
export function fillTemplate(text: string, values: TemplateValues): string {
  const known: Record<string, string | undefined> = { ...values };
  return text.replace(/\$\{(\w{1,40})\}/g, (written, name: string) => known[name] ?? written);
}
