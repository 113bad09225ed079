import assert from "node:assert/strict";
import { applyEdits } from "../../../src/compose/edit.ts";
import { replyTo } from "../../../src/compose/reply.ts";
import { insertTrailer, offersFor, trailerLine } from "../../../src/compose/trailer.ts";
import { ada, messageOf } from "../../mails.ts";

const wrote = "On Mon, Nov 16, 2026 at 09:15:42 +0100, Bob B wrote:\n";
const acked = trailerLine("Acked-by", ada.identity);

/** The parent's body in; the body of a reply that only gives a trailer out. */
async function gives(text: string, expected: string, cites: "firstParagraph" | "nothing" = "firstParagraph") {
  assert.equal(replyTo(await messageOf({}, text), ada, { cites, ownText: acked }).draft.body, expected);
}

describe("a reply of a trailer", () => {
  it("G54 R711 cites the first paragraph", () =>
    gives("Fix it.\nReally.\n\nMore.\n", `${wrote}> Fix it.\n> Really.\n\n${acked}\n`));
  it("G54 R711 six lines of it", () =>
    gives("1\n2\n3\n4\n5\n6\n7\n", `${wrote}> 1\n> 2\n> 3\n> 4\n> 5\n> 6\n> [...]\n\n${acked}\n`));
  it("G55 R711 greetings are passed over", () =>
    gives("Hi all,\n\nFix it.\n", `${wrote}> Fix it.\n\n${acked}\n`));
  it("R711 and so is whom git says a patch is from", () =>
    gives("From: Carol <carol@x.example>\n\nFix it.\n", `${wrote}> Fix it.\n\n${acked}\n`));
  it("or nothing, and then there is no attribution", () => gives("Fix it.\n", `${acked}\n`, "nothing"));
  it("R1201 names the person who gives it", () =>
    assert.equal(acked, "Acked-by: Ada Reviewer <ada@example.org>"));
  it("R1205 offers a review for a patch", async () =>
    assert.equal(offersFor(await messageOf())[0]?.name, "Reviewed-by"));
  it("R1205 offers no review first where there is no patch", async () =>
    assert.equal(offersFor(await messageOf({ Subject: "clk is broken" }))[0]?.name, "Tested-by"));
  it("has one letter for each", async () => {
    const letters = offersFor(await messageOf()).map(({ letter }) => letter);
    assert.deepEqual(letters, ["r", "a", "t", "p", "n"]);
  });
});

describe("a trailer put into a reply", () => {
  const puts = (body: string, expected: string, at?: number) =>
    assert.equal(applyEdits(body, insertTrailer(body, "Acked-by: A <a@x>", at)), expected);
  it("R754 stands below the last own line after a blank one", () =>
    puts(`${wrote}> a\n\nYes.\n`, `${wrote}> a\n\nYes.\n\nAcked-by: A <a@x>\n`));
  it("R754 right below another trailer", () =>
    puts("Tested-by: A <a@x.example>\n", "Tested-by: A <a@x.example>\nAcked-by: A <a@x>\n"));
  it("R754 above the signature", () => puts("Yes.\n\n-- \nAda\n", "Yes.\n\nAcked-by: A <a@x>\n\n-- \nAda\n"));
  it("on the empty line that the cursor is on", () =>
    puts("Yes.\n\n\n\nNo.\n", "Yes.\n\nAcked-by: A <a@x>\n\nNo.\n", 3));
  it("below what is cited", () => puts(`${wrote}> a\n\n`, `${wrote}> a\n\nAcked-by: A <a@x>\n\n`));
});
