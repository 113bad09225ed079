/** A source made of texts, for tests of the archive: mails in memory, handed out in the batches asked for. */
import { recipientWords } from "../../../src/mail/recipientWords.ts";
import type { Skeleton } from "../../../src/mail/skeleton.ts";
import type { Found, Place } from "../../../src/sources/found.ts";
import { Sheaf } from "../../../src/sources/sheaf.ts";
import type { Batch, Source, SourceSpec } from "../../../src/sources/source.ts";

export interface Mail {
  id: string;
  references?: string[];
  subject?: string;
  from?: string;
  to?: string;
  /** Seconds since 1970; arrival is the same unless given, and null where it is not known. */
  date?: number;
  arrived?: number | null;
  list?: string;
  body?: string;
  flags?: string;
}

/** A found mail and its bytes from a short description. `place` defaults to its Message-ID. */
export function foundOf(mail: Mail, place: Place = { path: mail.id }): Found {
  const [name = "", address = ""] = (mail.from ?? "Ada <ada@kernel.example>").split(/ ?[<>]/);
  const skeleton: Skeleton = {
    messageId: mail.id,
    hasMessageId: true,
    references: mail.references ?? [],
    fromName: name,
    fromAddress: address,
    subject: mail.subject ?? `about ${mail.id}`,
    dateMs: mail.date === undefined ? undefined : mail.date * 1000,
    listId: mail.list ?? "",
  };
  const found: Found = { place, skeleton, size: rawOf(mail).length, prose: Buffer.from(mail.body ?? "") };
  if (mail.to !== undefined) found.recipients = recipientWords(mail.to);
  const arrived = mail.arrived === undefined ? mail.date : mail.arrived;
  if (typeof arrived === "number") found.arrivedMs = arrived * 1000;
  if (mail.flags !== undefined) found.flags = mail.flags;
  return found;
}

export const rawOf = (mail: Mail): Buffer =>
  Buffer.from(`Message-ID: <${mail.id}>\nSubject: ${mail.subject ?? ""}\n\n${mail.body ?? ""}\n`);

export interface Step {
  mails?: Mail[];
  removed?: string[];
  restart?: boolean;
  direction?: "older" | "newer";
}

/** A source that yields one batch for each step after the cursor, which is the number of the step. */
export class MemorySource implements Source {
  readonly spec: SourceSpec;
  readonly format = "mbox";
  readonly steps: Step[];
  closed = 0;
  /** Called before each batch is given out. */
  before: (step: number) => void | Promise<void> = () => undefined;

  constructor(named: string | SourceSpec, steps: Step[]) {
    this.spec = typeof named === "string" ? { path: named } : named;
    this.steps = steps;
  }

  async *read(cursor: string | undefined): AsyncGenerator<Batch> {
    for (let at = cursor === undefined ? 0 : Number(cursor); at < this.steps.length; at += 1) {
      await this.before(at);
      const { mails = [], removed = [], restart, direction = "newer" } = this.steps[at] as Step;
      yield {
        direction,
        found: Sheaf.of(
          mails.map((mail, index) => foundOf(mail, { path: this.spec.path, offset: at * 1000 + index })),
        ),
        removed: removed.map((id) => this.#placeOf(id)),
        ...(restart === undefined ? {} : { restart }),
        cursor: String(at + 1),
        done: at + 1,
        total: this.steps.length,
      };
    }
  }

  #placeOf(id: string): Place {
    for (const [at, { mails = [] }] of this.steps.entries()) {
      const index = mails.findIndex((mail) => mail.id === id);
      if (index >= 0) return { path: this.spec.path, offset: at * 1000 + index };
    }
    return { path: this.spec.path, offset: 999_999 };
  }

  async bytes(places: readonly Place[]): Promise<(Buffer | undefined)[]> {
    return places.map(({ offset = 0 }) => {
      const mail = this.steps[Math.floor(offset / 1000)]?.mails?.[offset % 1000];
      return mail === undefined ? undefined : rawOf(mail);
    });
  }

  close(): void {
    this.closed += 1;
  }
}
