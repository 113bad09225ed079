/** A draft as other programs take it: the arguments of git send-email, and a mailto: link (R1301 to R1305, RFC 6068). */
import { formatMailbox } from "../mail/address.ts";
import type { Draft } from "./draft.ts";
import { oneLine } from "./headerFields.ts";

/** Links longer than this are cut off by the programs that open them. */
const LONGEST_LINK = 8000;

/** What the git at hand can do about mail. */
export interface GitMail {
  /** R1309: send-email is a package of its own on many systems. */
  hasSendEmail: boolean;
  /** R1305: from 2.41 on git has `sendemail.headerCmd`, and the option that overrides it. */
  takesNoHeaderCmd: boolean;
}

/** Reads what `git version` and `git --list-cmds=main,others` print; a git too old for the list is believed to have all. */
export function readGitMail(version: string, commands: string): GitMail {
  const [, major = 0, minor = 0] = (/(\d+)\.(\d+)/.exec(version) ?? []).map(Number);
  return {
    hasSendEmail: commands.trim() === "" || commands.split(/\s+/).includes("send-email"),
    takesNoHeaderCmd: major > 2 || (major === 2 && minor >= 41),
  };
}

/**
 * The arguments for git that send the message in `file` to the draft's recipients and to nobody else, whatever the
 * person's configuration adds (R1302, R1303, R1305). git asks before it sends.
 */
export function gitArguments(draft: Draft, file: string, git: GitMail): string[] {
  const addresses = (name: string, list: Draft["to"]) =>
    list.map(({ address }) => `--${name}=${oneLine(address)}`);
  return [
    "send-email",
    `--from=${oneLine(formatMailbox(draft.from))}`,
    "--suppress-cc=all",
    "--to-cmd=true",
    ...(git.takesNoHeaderCmd ? ["--no-header-cmd"] : []),
    ...(draft.bcc.length === 0 ? ["--no-bcc"] : []),
    ...(draft.cc.length === 0 ? ["--no-cc"] : []),
    ...addresses("to", draft.to),
    ...addresses("cc", draft.cc),
    ...addresses("bcc", draft.bcc),
    "--confirm=always",
    file,
  ];
}

/** The draft as a mailto: link; undefined when it is too long for one. */
export function mailtoLink(draft: Draft): string | undefined {
  const list = (all: Draft["to"]) => all.map(({ address }) => encodeURIComponent(address)).join(",");
  const fields = [
    ["cc", list(draft.cc)],
    ["bcc", list(draft.bcc)],
    ["subject", encodeURIComponent(oneLine(draft.subject))],
    ["in-reply-to", draft.inReplyTo === undefined ? "" : encodeURIComponent(`<${draft.inReplyTo}>`)],
    ["body", encodeURIComponent(draft.body.replaceAll("\n", "\r\n"))],
  ].flatMap(([name, value]) => (value === "" ? [] : [`${name}=${value}`]));
  const link = `mailto:${list(draft.to)}?${fields.join("&")}`;
  return link.length > LONGEST_LINK ? undefined : link;
}
