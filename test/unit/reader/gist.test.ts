import assert from "node:assert/strict";
import { gistOf, isApplied, isTrailersOnly, patchWord, subjectGist } from "../../../src/reader/gist.ts";

const own = (...lines: string[]) => ({ kind: "text", depth: 0, lines });
const cited = (...lines: string[]) => ({ kind: "cited", depth: 1, lines });
const trailers = (...lines: string[]) => ({ kind: "trailers", depth: 0, lines });

describe("reader/gist", () => {
  const words: [subject: string, word: string | undefined][] = [
    ["[PATCH v3 2/4] mm: cache the folio order", "v3 2/4"],
    ["[PATCH 0/3] pond", "0/3"],
    ["[PATCH v2] one", "v2"],
    ["[PATCH] one", "patch"],
    ["Re: [PATCH v3 2/4] mm: cache the folio order", undefined],
    ["a discussion", undefined],
  ];
  for (const [subject, word] of words) {
    it(`the patch word of "${subject}"`, () => assert.equal(patchWord(subject), word));
  }

  const gists: [subject: string, gist: string][] = [
    ["[PATCH 0/4] mm: walks", "cover letter"],
    ["[PATCH v3 0/4] mm: walks", "v3 cover letter"],
    ["[PATCH v3 2/4] mm: cache the folio order", "2/4 mm: cache the folio order"],
    ["[PATCH] mm: fix", "mm: fix"],
    ["[GIT PULL] tide: fixes", "tide: fixes"],
    ["Re: [PATCH v3 0/4] mm: walks", ""],
    ["what now?", ""],
  ];
  for (const [subject, gist] of gists) {
    it(`the gist of the subject "${subject}"`, () => assert.equal(subjectGist(subject), gist));
  }

  it("a reply of trailers says which and who", () => {
    const blocks = [cited("x"), trailers("Reviewed-by: Bo Lind <bo@kernel.example>")];
    assert.equal(gistOf("Re: [PATCH] x", blocks), "Reviewed-by Bo Lind");
    assert.equal(isTrailersOnly(blocks), true);
  });
  it("marks for what was left out and commands to robots are told apart from prose", () => {
    assert.equal(gistOf("Re: x", [own("<snip>", "It does not boot here.")]), "It does not boot here");
    assert.equal(
      gistOf("Re: x", [own("#syz test: upstream 0123", "From 4567 Mon")]),
      "#syz test: upstream 0123",
    );
  });
  it("two trailers are both named", () => {
    const blocks = [trailers("Reviewed-by: Bo <bo@kernel.example>", "Tested-by: Bo <bo@kernel.example>")];
    assert.equal(gistOf("Re: x", blocks), "Reviewed-by, Tested-by Bo");
  });
  it("few words beside a trailer leave it the news, but do not condense the message", () => {
    const blocks = [own("Looks good."), trailers("Acked-by: Bo <bo@kernel.example>")];
    assert.equal(gistOf("Re: x", blocks), "Acked-by Bo");
    assert.equal(isTrailersOnly(blocks), false);
  });
  const applied: [text: string, isApplied: boolean][] = [
    ["Applied, thanks.", true],
    ["Hi Ada,\n\nPatch applied to the next branch.\n\nThanks,\nBo", true],
    ["Applied, thanks!\n\n[1/2] pond: take\n      commit: 0123456789abcdef\n\nBest regards,", true],
    ["Queued for v6.99, thank you.", true],
    ["Has this been applied?", false],
    ["I applied it and it breaks the pond.\nSee below.", false],
    ["This should be applied after the merge window.", false],
    ["Applied, but I dropped the second hunk.", false],
  ];
  for (const [text, expected] of applied) {
    it(`${expected ? "takes" : "does not take"} for news of applying alone: ${text.replaceAll("\n", " ")}`, () =>
      assert.equal(isApplied([cited("x"), own(...text.split("\n"))]), expected));
  }
  it("else the first sentence of the sender's own words, without greeting", () => {
    const blocks = [own("Hi Ada,", ""), cited("old"), own("Does this race with the shrinker? It may split.")];
    assert.equal(gistOf("Re: x", blocks), "Does this race with the shrinker?");
  });
  it("long words are cut between words", () => {
    const gist = gistOf("Re: x", [own(`${"word ".repeat(40)}`)]);
    assert.match(gist, /^(?:word ){13}word…$/);
  });
  it("a message without own words has no gist", () => assert.equal(gistOf("Re: x", [cited("a")]), ""));
});
