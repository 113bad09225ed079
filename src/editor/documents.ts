/** Read-only documents that are files of bytes: a message as received, an attachment, a preview, a diagnosis. */
import * as vscode from "vscode";

/** Gives the bytes of a document; undefined when there is nothing (any more). */
export type ReadBytes = (uri: vscode.Uri) => Promise<Uint8Array | undefined>;

export interface ByteDocuments extends vscode.Disposable {
  /** Says that the bytes of an open document are others now. */
  changed(uri: vscode.Uri): void;
}

/**
 * Serves a scheme read-only. As files instead of as text, so that the bytes stay what they are: they can be
 * saved, compared and shown in another encoding.
 */
export function serveBytes(scheme: string, read: ReadBytes): ByteDocuments {
  const changes = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  const times = new Map<string, number>();
  const bytesOf = async (uri: vscode.Uri): Promise<Uint8Array> => {
    const bytes = await read(uri);
    if (bytes === undefined) throw vscode.FileSystemError.FileNotFound(uri);
    return bytes;
  };
  const refuse = (): never => {
    throw vscode.FileSystemError.NoPermissions("Documents of Kernel Mail are read-only.");
  };
  const provider: vscode.FileSystemProvider = {
    onDidChangeFile: changes.event,
    watch: () => new vscode.Disposable(() => undefined),
    stat: async (uri) => ({
      type: vscode.FileType.File,
      ctime: 0,
      mtime: times.get(uri.toString()) ?? 0,
      size: (await bytesOf(uri)).byteLength,
      permissions: vscode.FilePermission.Readonly,
    }),
    readFile: bytesOf,
    readDirectory: () => [],
    createDirectory: refuse,
    writeFile: refuse,
    delete: refuse,
    rename: refuse,
  };
  const registration = vscode.workspace.registerFileSystemProvider(scheme, provider, {
    isCaseSensitive: true,
    isReadonly: new vscode.MarkdownString(
      "Kernel Mail shows these bytes as they are; they cannot be edited.",
    ),
  });
  return {
    changed: (uri) => {
      // Larger each time, also within one millisecond: the editor reads again only what is newer.
      times.set(uri.toString(), Math.max(Date.now(), (times.get(uri.toString()) ?? 0) + 1));
      changes.fire([{ type: vscode.FileChangeType.Changed, uri }]);
    },
    dispose: () => vscode.Disposable.from(registration, changes).dispose(),
  };
}

/** The kind of documents that hold a thread as text; the editor knows their language by it too. */
export const THREAD_TEXT = "kernel-mail-thread";

/** The documents of the scheme `kernel-mail`, told apart by the first part of their path. */
export interface Documents extends vscode.Disposable {
  /** Serves `kernel-mail:/KIND/NAME?query`. */
  serve(kind: string, read: ReadBytes): void;
  /** Says that the bytes of an open document are others now. */
  changed(uri: vscode.Uri): void;
}

/** The address of a document; `name` is what its tab says, `query` what it is found by. */
export const documentUri = (kind: string, name: string, query = ""): vscode.Uri =>
  vscode.Uri.from({ scheme: "kernel-mail", path: `/${kind}/${name.replace(/[/\\]/g, "-")}`, query });

export function openDocuments(): Documents {
  const kinds = new Map<string, ReadBytes>();
  const documents = serveBytes("kernel-mail", async (uri) => {
    const [, kind = ""] = uri.path.split("/");
    return await kinds.get(kind)?.(uri);
  });
  return {
    serve: (kind, read) => kinds.set(kind, read),
    changed: documents.changed,
    dispose: () => documents.dispose(),
  };
}

/** Opens a document of bytes in a tab that the next one replaces. */
export async function showBytes(uri: vscode.Uri): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.window.showTextDocument(document, { preview: true });
}
