import assert from "node:assert/strict";
import { applyEdits } from "../../../src/compose/edit.ts";
import { dropBlock, trimDeep, trimToReplies } from "../../../src/compose/trim.ts";

const ATTRIBUTION = "On Mon, Nov 16, 2026 at 09:15:42 +0100, Bob B wrote:";
const NESTED = "> On Sun, Nov 15, 2026 at 08:00:00 +0100, Carol wrote:";

const trims =
  (
    body: string[],
    expected: string[],
    trim: (text: string) => ReturnType<typeof trimToReplies> = trimToReplies,
  ) =>
  () => {
    const text = body.join("\n");
    const once = applyEdits(text, trim(text));
    assert.equal(once, expected.join("\n"));
    assert.equal(applyEdits(once, trim(once)), once, "twice is once");
  };

const stays = (body: string[], trim = trimToReplies) => trims(body, body, trim);

/** Cited prose lines `> PREFIX1.` and so on, in one paragraph. */
const prose = (count: number, word = "line", marks = "> "): string[] =>
  Array.from({ length: count }, (_, at) => `${marks}${word} ${at + 1}.`);
const FILE = [
  "> diff --git a/mm/pond.c b/mm/pond.c",
  "> index 1111111..2222222 100644",
  "> --- a/mm/pond.c",
  "> +++ b/mm/pond.c",
];
const hunk = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, at) => `> +\tline ${from + at};`);
const HUNK = "> @@ -1,3 +1,43 @@ int pond(void)";

describe("trimToReplies", () => {
  it(
    "G50 keeps the heads of file and hunk, a mark, and the lines above the comment",
    trims(
      [ATTRIBUTION, ...FILE, HUNK, ...hunk(1, 30), "", "Why?", "", ...hunk(31, 40), ""],
      [ATTRIBUTION, ...FILE, HUNK, "> [...]", ...hunk(25, 30), "", "Why?", ""],
    ),
  );
  it(
    "G51 keeps a gap of three lines",
    trims(
      [ATTRIBUTION, ...FILE, HUNK, ...hunk(1, 9), "", "Why?", "", ...hunk(10, 40), ""],
      [ATTRIBUTION, ...FILE, HUNK, ...hunk(1, 9), "", "Why?", ""],
    ),
  );
  it(
    "G52 repeats nothing between two comments in a hunk",
    trims(
      [
        ATTRIBUTION,
        ...FILE,
        HUNK,
        ...hunk(1, 12),
        "",
        "One.",
        "",
        ...hunk(13, 15),
        "",
        "Two.",
        "",
        ...hunk(16, 40),
        "",
      ],
      [ATTRIBUTION, ...FILE, HUNK, ...hunk(1, 12), "", "One.", "", ...hunk(13, 15), "", "Two.", ""],
    ),
  );
  it(
    "G56 and R709: leaves no empty cited line at an end or twice",
    trims([">", "> a", ">", ">", "> b", ">", "", "Yes.", ""], ["> a", ">", "> b", "", "Yes.", ""]),
  );
  it(
    "R705 widens to the start of a paragraph",
    trims(
      [ATTRIBUTION, ...prose(12, "old"), ">", ...prose(9), "", "Yes.", ""],
      [ATTRIBUTION, "> [...]", ...prose(9), "", "Yes.", ""],
    ),
  );
  it(
    "R705 widens to twelve lines at most",
    trims(
      [ATTRIBUTION, ...prose(40), "", "Yes.", ""],
      [ATTRIBUTION, "> [...]", ...prose(40).slice(28), "", "Yes.", ""],
    ),
  );
  it(
    "R707 drops a block that nobody answers, with its attribution",
    trims(
      [
        ATTRIBUTION,
        "> a",
        "",
        "Yes.",
        "",
        "On Tue, Nov 17, 2026 at 10:00:00 +0100, Carol wrote:",
        "> b",
        "> c",
        "",
        "-- ",
        "Ada",
      ],
      [ATTRIBUTION, "> a", "", "Yes.", "", "-- ", "Ada"],
    ),
  );
  it(
    "R507 keeps the attribution of deeper lines that stay, and no other",
    trims(
      [
        ATTRIBUTION,
        NESTED,
        ...prose(3, "deep", "> > "),
        ">",
        ...prose(14, "mine"),
        ">",
        NESTED.replace("Carol", "Dan"),
        "> > last",
        "",
        "Yes.",
        "",
      ],
      [
        ATTRIBUTION,
        "> [...]",
        ...prose(14, "mine").slice(5),
        ">",
        NESTED.replace("Carol", "Dan"),
        "> > last",
        "",
        "Yes.",
        "",
      ],
    ),
  );
  it(
    "R507 keeps an attribution far above the deeper line that is answered",
    trims(
      [ATTRIBUTION, NESTED, ...prose(30, "deep", "> > "), "", "Yes.", ""],
      [ATTRIBUTION, NESTED, "> [...]", ...prose(30, "deep", "> > ").slice(18), "", "Yes.", ""],
    ),
  );
  it(
    "R710 keeps no trailers for company",
    trims(
      [
        ATTRIBUTION,
        "> text",
        ">",
        "> Signed-off-by: Bob B <bob@x.example>",
        "> ---",
        ...FILE,
        HUNK,
        ...hunk(1, 7),
        "",
        "Why?",
        "",
      ],
      [ATTRIBUTION, "> text", ">", "> ---", ...FILE, HUNK, ...hunk(1, 7), "", "Why?", ""],
    ),
  );
  it(
    "R710 keeps trailers that are answered",
    stays([
      ATTRIBUTION,
      ...prose(11),
      ">",
      "> Signed-off-by: Bob B <bob@x.example>",
      "> Reviewed-by: Eve <eve@x.example>",
      "",
      "Wrong address.",
      "",
    ]),
  );
  it(
    "does nothing while nothing is answered",
    trims(["Hi Bob,", "", ATTRIBUTION, ...prose(20), ""], ["Hi Bob,", "", ATTRIBUTION, ...prose(20), ""]),
  );
  it(
    "leaves a reply alone that has nothing to trim",
    trims([ATTRIBUTION, "> a", "", "Yes.", ""], [ATTRIBUTION, "> a", "", "Yes.", ""]),
  );
  it(
    "leaves own patches, lists and signatures alone",
    stays([
      ATTRIBUTION,
      "> a",
      "",
      "Try this:",
      "",
      "diff --git a/x b/x",
      "--- a/x",
      "+++ b/x",
      "@@ -1 +1 @@",
      "-a",
      "+b",
      "",
      "-- ",
      "Ada",
      "",
    ]),
  );
});

describe("trimDeep", () => {
  it(
    "R708 drops what is three deep, and its attribution",
    trims(
      [
        ATTRIBUTION,
        NESTED,
        "> > On Sat, Nov 14, 2026 at 08:00:00 +0100, Dan wrote:",
        "> > > old",
        "> > yes",
        ...prose(6, "no"),
        "",
        "Hm.",
        "",
        "> rest",
        "",
      ],
      [ATTRIBUTION, NESTED, "> > yes", ...prose(6, "no"), "", "Hm.", "", "> rest", ""],
      trimDeep,
    ),
  );
  it("R708 keeps what an answer needs", stays([ATTRIBUTION, "> > > old", "", "Hm.", ""], trimDeep));
  it(
    "marks ten lines and more",
    trims(
      [ATTRIBUTION, "> a", ...prose(10, "deep", "> > > "), "> b", ""],
      [ATTRIBUTION, "> a", "> [...]", "> b", ""],
      trimDeep,
    ),
  );
});

describe("dropBlock", () => {
  const drops = (body: string[], line: number, expected: string[]) => () =>
    assert.equal(applyEdits(body.join("\n"), dropBlock(body.join("\n"), line)), expected.join("\n"));
  it(
    "drops the block at the line",
    drops([ATTRIBUTION, "> a", "", "Yes.", "", "> b", "> c", "", "No.", ""], 6, [
      ATTRIBUTION,
      "> a",
      "",
      "Yes.",
      "",
      "No.",
      "",
    ]),
  );
  it(
    "R506 drops the attribution with the last of it",
    drops([ATTRIBUTION, "> a", "> b", "", "Yes.", ""], 2, ["Yes.", ""]),
  );
  it(
    "keeps the attribution while a block is left",
    drops([ATTRIBUTION, "> a", "", "Yes.", "", "> b", ""], 2, [ATTRIBUTION, "", "Yes.", "", "> b", ""]),
  );
  it(
    "does nothing in own text",
    drops([ATTRIBUTION, "> a", "", "Yes.", ""], 4, [ATTRIBUTION, "> a", "", "Yes.", ""]),
  );
});
