/** The reader's page: its HTML shell and the one policy it runs under. */
import { randomBytes } from "node:crypto";
import * as vscode from "vscode";

/**
 * The policy, whole: nothing but our own script (by nonce), our own styles and fonts. No images, no inline styles,
 * no connections, no forms, no frames.
 */
function policy(cspSource: string, nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource}`,
    `font-src ${cspSource}`,
    "form-action 'none'",
    "base-uri 'none'",
  ].join("; ");
}

/** What a page may load: the built scripts and styles, and the icons. */
export function pageRoots(extensionUri: vscode.Uri): vscode.Uri[] {
  return [vscode.Uri.joinPath(extensionUri, "dist"), vscode.Uri.joinPath(extensionUri, "media")];
}

/** The shell that `dist/reader.js` fills. Nothing from any mail is in it. */
export function readerPage(webview: vscode.Webview, extensionUri: vscode.Uri): string {
  const nonce = randomBytes(16).toString("base64url");
  const address = (file: string) =>
    webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, "dist", file)).toString();
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(webview.cspSource, nonce)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Kernel Mail</title>
<link rel="stylesheet" href="${address("reader.css")}">
</head>
<body>
<script nonce="${nonce}" src="${address("reader.js")}"></script>
</body>
</html>
`;
}
