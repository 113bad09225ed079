/** Where the repository's own fixtures are: mails written for the tests, as bytes. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The repository's root: the runner says it, since a bundle inside the editor cannot know. */
export const root = (): string => process.env["KERNEL_MAIL_ROOT"] ?? process.cwd();

/** The path of a fixture below `test/fixtures`. */
export const fixturePath = (...path: string[]): string => join(root(), "test", "fixtures", ...path);

/** The bytes of a fixture. */
export const fixture = (...path: string[]): Buffer => readFileSync(fixturePath(...path));
