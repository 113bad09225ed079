import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { openArchive } from "../../../src/archive/archive.ts";
import { type FirstReading, readingIn } from "../../../src/archive/reading.ts";
import { isAbort } from "../../../src/base/channel.ts";
import { isUserError } from "../../../src/base/report.ts";
import { useArchives, workerFile } from "./archives.ts";
import { portrait } from "./portrait.ts";

const mail = (at: number): string =>
  `From mboxrd@z Thu Jan  1 00:00:00 1970
Message-ID: <${at}@kernel.example>
In-Reply-To: <${at - (at % 9) - 1}@kernel.example>
Date: Mon, 1 Jan 2024 10:00:00 +0000
From: Ada Kernel <ada@kernel.example>
To: list@kernel.example
Subject: part ${at}

Text of ${at}.

`;

describe("archive/reading", function () {
  this.timeout(30_000);
  const { folder } = useArchives();
  const path = (name: string): string => join(folder(), name);
  const mbox = (mails: number): string => {
    const file = path("some.mbox");
    writeFileSync(file, Array.from({ length: mails }, (_, at) => mail(at)).join(""));
    return file;
  };
  /** Reads to the end or until `signal`, which `each` may give. */
  const read = async (
    source: string,
    signal: AbortSignal,
    each = (): void => undefined,
    worker = workerFile(),
  ) => {
    const batches = readingIn(worker)({ path: source }, { bodies: "prose", git: "git", signal });
    for await (const _ of batches) each();
  };
  const never = new AbortController().signal;

  /** What an index holds after a first reading, in this thread or in another. */
  const indexed = async (source: string, readFirst?: FirstReading) => {
    const db = path(readFirst === undefined ? "here.sqlite" : "there.sqlite");
    const archive = openArchive(
      { db, git: "git", bodies: "prose" },
      readFirst === undefined ? {} : { readFirst },
    );
    await archive.index({ archive: { path: source } });
    archive.close();
    return await portrait(db, "text");
  };

  it("a source read in another thread is stored as one read in this", async () => {
    const source = mbox(1300);
    assert.deepEqual(await indexed(source, readingIn(workerFile())), await indexed(source));
  });

  it("a cancel ends the reading", async () => {
    const stop = new AbortController();
    await assert.rejects(
      read(mbox(1300), stop.signal, () => stop.abort()),
      isAbort,
    );
  });

  it("what cannot be read is said with a next step", async () => {
    await assert.rejects(read(mbox(0), never), isUserError);
  });

  it("a thread that dies says why", async () => {
    const worker = path("broken.mjs");
    writeFileSync(worker, "throw new Error('broken on purpose')");
    await assert.rejects(read(mbox(3), never, undefined, worker), /broken on purpose/);
  });
});
