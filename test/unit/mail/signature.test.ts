/** Tails of bodies: text in, signatures and footers out. */
import assert from "node:assert/strict";
import { readCites } from "../../../src/mail/cite.ts";
import { findTails } from "../../../src/mail/signature.ts";
import { Wordings } from "../../../src/mail/wording.ts";

/** Each tail as `kind first-last`, lines from 0. */
const check = (text: string, ...expected: string[]): void =>
  assert.deepEqual(
    findTails(readCites(new Wordings().read(text.replaceAll("⏎", "\n"))), () => false).map(
      ({ kind, first, last }) => `${kind} ${first}-${last}`,
    ),
    expected,
  );
const RULE = "_".repeat(47);

describe("mail/signature", () => {
  it("B601 with the blank", () => check("a⏎-- ⏎Ada", "signature 1-2"));
  it("B601 without the blank", () => check("a⏎--⏎Ada", "signature 1-2"));
  it("B601 the last one counts", () => check("a⏎-- ⏎b⏎-- ⏎Ada", "signature 3-4"));
  it("B601 not above cited text", () => check("a⏎-- ⏎Ada⏎> b", ...[]));
  it("F13 B601 not 20 lines from the end", () => check(`a⏎--⏎${"b⏎".repeat(19)}c`));
  it("B603 three dashes and underscores are none", () => check("a⏎---⏎b⏎____⏎c"));
  it("D212 an OpenPGP signature below the own one", () => {
    const armor = "-----BEGIN PGP SIGNATURE-----⏎⏎iQIzBAEBCAAdFiEE⏎=abcd⏎-----END PGP SIGNATURE-----";
    check(`a⏎- -- ⏎Ada⏎${armor}`, "signature 3-7", "signature 1-2");
    check(`a⏎${armor}⏎b`, ...[]);
  });
  it("D212 what OpenPGP sets above a text", () => {
    check("-----BEGIN PGP SIGNED MESSAGE-----⏎Hash: SHA512⏎⏎a", "signature 0-2");
    check("-----BEGIN PGP SIGNED MESSAGE-----⏎a", ...[]);
    check("a⏎-----BEGIN PGP SIGNED MESSAGE-----⏎⏎b", ...[]);
  });
  it("B601 Q310 not above a robot's findings", () => check("a⏎--⏎>> a.c:1:2: error: b⏎⏎---⏎0-DAY CI"));
  it("B641 a report's rule above a list server's lines", () =>
    check(
      `${RULE.replaceAll("_", "-")}⏎x_defconfig: PASS⏎-- ⏎You received this message because you are subscribed to⏎https://x.example/unsubscribe`,
      "footer 2-4",
    ));
  it("B602 below cites", () => check("> a⏎> --⏎> Ada⏎b", "signature 1-2"));
  it("B602 ends where the depth changes", () => check("> > a⏎> > -- ⏎> > Ada⏎> b⏎c", "signature 1-2"));
  it("B602 not with pages below it", () => check(`> a⏎> --⏎${"> b⏎".repeat(20)}c`));
  it("B603 below a cited patch git's version line ends it", () =>
    check("> -- ⏎> 2.47.0⏎>⏎> a⏎b", "signature 0-1"));
  it("B603 in own text a version line ends a patch and nothing else", () =>
    check("a⏎-- ⏎2.17.1⏎⏎Regards⏎⏎-- ⏎Ada", "signature 6-7", "signature 1-2"));
  it("B604 a telephone's line", () => check("Yes.⏎⏎Sent from my phone", "footer 2-2"));
  it("B640 a banner near the start of cited text", () =>
    check("> [EXTERNAL] Be careful⏎>⏎> a⏎b", "footer 0-0"));
  it("B640 one that is written another way", () => check("> External E-Mail⏎>⏎>⏎> a⏎b", "footer 0-0"));
  it("B640 not in the middle", () => check(`${"> a⏎".repeat(9)}> [EXTERNAL] Be careful⏎b`));
  it("B641 a list footer", () =>
    check(`a⏎-- ⏎Ada⏎${RULE}⏎foo mailing list⏎https://lists.example/foo`, "footer 3-5", "signature 1-2"));
  it("B641 one that is left by mail, and one below the other", () =>
    check(
      `a⏎${RULE}⏎foo mailing list -- foo@x.example⏎To unsubscribe send an email to foo-leave@x.example⏎⏎${RULE}⏎bar mailing list⏎https://lists.example/bar`,
      "footer 1-7",
    ));
  it("B641 only those at the end", () =>
    check(
      `a⏎${RULE}⏎foo mailing list⏎https://lists.example/foo⏎${"b ".repeat(120)}⏎${RULE}⏎foo mailing list⏎https://lists.example/foo`,
      "footer 5-7",
    ));
  it("B641 a rule in the text is no footer", () => check(`a⏎${RULE}⏎b⏎https://x.example`));
  it("B641 below cites", () =>
    check(`> a⏎> ${RULE}⏎> foo mailing list⏎> https://lists.example/foo⏎b`, "footer 1-3"));
  it("a list server's lines below a separator", () =>
    check("a⏎--⏎To unsubscribe from this list: send the line", "footer 1-2"));
  it("and the sender's own signature above them", () =>
    check("a⏎-- ⏎Ada⏎⏎-- ⏎Mailing list info: https://lists.example/foo", "footer 4-5", "signature 1-2"));
  it("a footer that came as a part of its own", () => {
    const tails = findTails(readCites(new Wordings().read("a\n\nx\ny")), () => false, 2);
    assert.deepEqual(tails, [{ kind: "footer", first: 2, last: 3 }]);
  });
});
