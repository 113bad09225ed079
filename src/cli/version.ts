/** The program's name and version, as the command line and User-Agent say it. */
import manifest from "../../package.json" with { type: "json" };

export const version = (): string => manifest.version;

/** R404: what User-Agent says. */
export const userAgent = (): string => `Kernel Mail/${manifest.version}`;
