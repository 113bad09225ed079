/** What is told of mail that just came in: why it concerns the person, and what is no news. */
import assert from "node:assert/strict";
import type { Archive } from "../../../src/archive/archive.ts";
import { useArchives } from "./archives.ts";
import type { Mail } from "./memorySource.ts";

const DAY = 86_400;
const NOW = 1_700_000_000;
const me = "Ada <ada@kernel.example>";
const robot = "test robot <lkp@robots.example>";

/** A mail of some days ago. */
const mail = (id: string, daysAgo: number, more: Partial<Mail> = {}): Mail => ({
  id,
  date: NOW - daysAgo * DAY,
  from: "Bob <bob@kernel.example>",
  list: "maps.kernel.example",
  ...more,
});

describe("archive/news", () => {
  const archives = useArchives();
  const open = async (...mails: Mail[]): Promise<Archive> => {
    const archive = archives.openHere(() => NOW * 1000);
    await archive.setPeople({
      me: ["ada@kernel.example"],
      name: ["Ada Moreno"],
      bot: ["*@robots.example"],
      file: [],
    });
    await archives.index(archive, "/list", { mails });
    return archive;
  };
  const told = async (...mails: Mail[]): Promise<string[]> => {
    const archive = await open(
      mail("mine", 4, { from: me, subject: "[PATCH 0/2] lakes" }),
      mail("theirs", 4, { subject: "[PATCH 0/2] ponds" }),
      mail("remark", 3, { from: me, references: ["theirs"], subject: "Re: [PATCH 0/2] ponds" }),
      mail("other", 3),
    );
    const news: string[] = [];
    archive.on("news", (rows) => {
      for (const { messageId, thread, reasons } of rows) {
        news.push(`${messageId} in ${thread}: ${reasons.join(", ")}`);
      }
    });
    await archives.index(archive, "/list", { mails });
    return news;
  };
  const tells = (what: string, mails: Mail[], ...expected: string[]) =>
    it(what, async () => assert.deepEqual(await told(...mails), expected));

  tells(
    "an answer to the person's patch is an answer, about a series, in a followed thread",
    [mail("a", 1, { references: ["mine"] })],
    "a in mine: answersToMe, mySeries, followed",
  );
  tells(
    "a new version of what the person answered",
    [mail("v2", 1, { subject: "[PATCH v2 0/2] ponds" })],
    "v2 in v2: newVersionOfReviewed",
  );
  tells(
    "a later word in a thread where the person has written, not what others write to each other elsewhere",
    [mail("b", 1, { references: ["theirs"] }), mail("c", 1, { references: ["other"] }), mail("d", 1)],
    "b in theirs: followed",
  );
  tells("own mail and robots are no news", [
    mail("own", 1, { from: me, references: ["mine"] }),
    mail("built", 1, { from: robot, references: ["mine"] }),
  ]);
  tells("what its Maildir calls seen is no news", [mail("seen", 1, { references: ["mine"], flags: "S" })]);
  it("a first reading brings no news, nor does a thread that a link fetched until it goes on", async () => {
    const archive = await open(mail("mine", 4, { from: me }));
    const news: string[] = [];
    archive.on("news", (rows) => news.push(...rows.map(({ messageId }) => messageId)));
    await archives.index(archive, "/second", { mails: [mail("first", 1, { references: ["mine"] })] });
    const passing = { path: "/opened", passing: true as const };
    await archives.index(archive, passing, { mails: [mail("begun", 1)] });
    await archives.index(archive, passing, {
      mails: [mail("fetched", 2), mail("with", 1, { from: me, references: ["fetched"] })],
    });
    await archives.index(archive, passing, {
      mails: [mail("more", 0.5, { references: ["fetched", "with"] })],
    });
    assert.deepEqual(news, ["more"]);
  });
});
