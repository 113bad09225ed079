/** The types of install.mjs, which has to be plain JavaScript. */

/** The installed host: a Node 24, and the script that starts VS Code on it. Paths are absolute. */
export interface Host {
  folder: string;
  node: string;
  codeServer: string;
}

export declare const root: string;
export declare function cacheFolder(): string;
export declare function ensureDependencies(): Promise<void>;
export declare function ensureHost(): Promise<Host>;
export declare function ensureNode(): Promise<string>;
export declare function goOn(
  node: string,
  script: string,
  args: readonly string[],
  env?: Record<string, string>,
): void;
