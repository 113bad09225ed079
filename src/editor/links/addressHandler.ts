/** The address that scripts and pages can call: `vscode://kernel-mail.kernel-mail/open?id=MESSAGE-ID`. */
import * as vscode from "vscode";
import { UserError } from "../../base/report.ts";
import type { Archive } from "../archives/archiveWorker.ts";
import type { Servers } from "../archives/servers.ts";
import type { Commands } from "../commands.ts";
import { findReference } from "../messageReference.ts";
import type { Follow } from "./follow.ts";

interface AddressParts {
  commands: Commands;
  archive: Archive;
  follow: Follow;
  servers: Servers;
}

/** It opens; it never sends and never adds an archive; and it asks before it asks a server: any page can call it. */
export function registerAddress(parts: AddressParts): vscode.Disposable {
  const { commands, archive, follow, servers } = parts;
  return vscode.window.registerUriHandler({
    handleUri: (uri) =>
      commands.attempt("open the link", async () => {
        const id = new URLSearchParams(uri.query).get("id") ?? "";
        const [messageId] = findReference(id.slice(0, 998)).messageIds;
        if (uri.path !== "/open" || messageId === undefined) {
          throw new UserError("This address names no message.", "It has the form …/open?id=MESSAGE-ID.");
        }
        const [present] = await archive.request("has", { messageIds: [messageId] });
        if (!present && servers.mayAsk()) {
          const question = `No archive has the message <${messageId}>. Ask ${servers.names()} for it?`;
          if ((await vscode.window.showInformationMessage(question, { modal: true }, "Ask")) !== "Ask")
            return;
        }
        await follow.link({ kind: "messageId", target: messageId });
      }),
  });
}
