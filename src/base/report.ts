/** How failures are told: the error a person can act on, the log, and one sentence for anything else. */

/**
 * Something the person should know and can act on. `message` is one clear sentence, `nextStep` one more that
 * says what to do. Anything thrown that is not a UserError (or an abort) is a bug. It keeps its name across a
 * wall, so test with `isUserError`, not with `instanceof`.
 */
export class UserError extends Error {
  readonly nextStep: string;

  constructor(message: string, nextStep: string) {
    super(message);
    this.name = "UserError";
    this.nextStep = nextStep;
  }
}

export function isUserError(error: unknown): error is UserError {
  return error instanceof Error && error.name === "UserError" && "nextStep" in error;
}

/** Where the program says what it does. `bug` keeps the stack. */
export interface Log {
  info(message: string): void;
  warn(message: string): void;
  bug(error: unknown, doing: string): void;
}

/** One or two sentences for a person: what happened and, where known, what to do next. No stack. */
export function sentence(error: unknown): string {
  if (isUserError(error)) return `${error.message} ${error.nextStep}`;
  if (error instanceof Error) return error.message;
  return String(error);
}
