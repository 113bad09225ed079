import assert from "node:assert/strict";
import { type ArticleState, renderArticle, sizeWords } from "../../src/reader/client/article.ts";
import type { MessageView, OutlineEntry } from "../../src/reader/protocol.ts";
import { blocksOf, bodyState, drawingOf, messageView, NOW } from "./views.ts";

const entry: OutlineEntry = {
  messageId: "m@kernel.example",
  depth: 1,
  missing: false,
  from: "Ada Moreno",
  gist: "good catch",
  dateMs: NOW,
};

function article(
  more: Partial<MessageView> | undefined,
  state: Partial<ArticleState> = {},
  place: Partial<OutlineEntry> = {},
): HTMLElement {
  const view = more && messageView(blocksOf({ text: "own" }), more);
  return renderArticle(
    drawingOf(),
    { ...entry, ...place },
    view,
    { ...bodyState(), collapsed: false, headers: false, ...state },
    "m0",
  );
}

const text = (element: Element, selector: string): string =>
  element.querySelector(selector)?.textContent ?? "";
const person = (name: string) => ({ name, address: `${name.toLowerCase()}@kernel.example` });

describe("client/article", () => {
  it("tells the editor's context menu which message it is, and a missing one apart", () => {
    const context = (made: HTMLElement): unknown =>
      JSON.parse(made.getAttribute("data-vscode-context") ?? "null");
    const { messageId } = entry;
    assert.deepEqual(context(article({})), { webviewSection: "message", messageId });
    assert.deepEqual(context(article(undefined, {}, { missing: true })), {
      webviewSection: "ghost",
      messageId,
    });
  });
  it("D212 draws messages inside with their own cited text, out of reach of the outer body's acts", () => {
    const inner = messageView(blocksOf({ text: "> said", depth: 1 }, { text: "own words" }), {
      subject: "inner",
    });
    const made = article({ inside: [{ ...inner, inside: [messageView(blocksOf({ text: "deepest" }))] }] });
    const section = made.querySelector("section.inside");
    assert.match(section?.getAttribute("aria-label") ?? "", /^Message inside, of /);
    assert.match(text(made, "section.inside .insideHead"), /^inner/);
    assert.match(text(made, "section.inside section.inside"), /deepest/);
    assert.equal(section?.querySelectorAll("[data-line]").length, 0);
  });
  it("says that a message has no text, unless something else came with it", () => {
    const nothing = { blocks: blocksOf({ text: "" }) };
    const file = { index: 0, name: "a.patch", type: "text/x-patch", size: 1 };
    assert.match(text(article(nothing), ".content"), /This message has no text\./);
    assert.doesNotMatch(text(article({ ...nothing, attachments: [file] }), ".content"), /no text/);
    assert.doesNotMatch(text(article({}), ".content"), /no text/);
  });
  it("D234 offers to read a text otherwise beside what is doubtful in it", () => {
    const doubt = { text: "It may be UTF-8.", action: "readAsUtf8" as const, label: "Read as UTF-8" };
    const made = article({ defects: ["No date."], doubts: [doubt] });
    assert.equal(text(made, ".defects"), "No date.It may be UTF-8. Read as UTF-8");
    assert.equal(text(made, ".defects [data-act='readAsUtf8']"), "Read as UTF-8");
  });
  it("is named by its heading of level 2", () => {
    const made = article({ answers: "Bo Lind" });
    assert.equal(made.getAttribute("aria-labelledby"), made.querySelector("h2")?.id);
    assert.equal(text(made, "h2"), "Ada Moreno answers Bo Lind");
  });
  it("says aloud who, whom and how deep, in three steps", () => {
    const said = (spoken: "brief" | "normal" | "full") =>
      renderArticle(
        drawingOf({ spoken }),
        entry,
        messageView(blocksOf({ text: "own" }), { answers: "Bo Lind", to: [person("Bo")], citedPercent: 61 }),
        { ...bodyState(), collapsed: false, headers: false },
        "m0",
      )
        .querySelector("h2")
        ?.getAttribute("aria-label");
    assert.equal(said("brief"), "Ada Moreno");
    assert.equal(said("normal"), "Ada Moreno, answers Bo Lind, depth 1");
    assert.equal(said("full"), "Ada Moreno, answers Bo Lind, depth 1, 1 recipient, 61 percent quoted");
  });
  it("warns of a list that is not addressed any more", () => {
    const lists = [{ name: "", address: "list@kernel.example" }];
    assert.equal(
      text(article({ changed: { added: [], dropped: lists, lists } }), ".defects"),
      "Not sent to list@kernel.example any more, where the message it answers went.",
    );
  });
  it("a message of one's own shows the address, a patch its place", () => {
    const made = article({ patch: "v3 2/4", answers: "Ada Moreno" });
    assert.equal(text(made, ".who"), "ada@kernel.example");
    assert.equal(text(made, ".patch"), "v3 2/4");
  });
  it("F808 over-quoting is a number", () =>
    assert.equal(text(article({ citedPercent: 61 }), ".number"), "61 % quoted"));
  it("F808 the lines that nobody answers are a number beside it", () => {
    const pill = article({ citedPercent: 91, unanswered: 64 }).querySelector(".number");
    assert.equal(pill?.textContent, "91 % quoted, 64 lines unanswered");
    assert.equal(pill?.getAttribute("title"), "91 % quoted, 64 lines unanswered");
  });
  it("recipients in full where the parent is not known", () => {
    const made = article({
      to: [{ name: "", address: "list@kernel.example" }],
      cc: [person("Bo"), person("Chen")],
    });
    assert.equal(text(made, ".recipients"), "To list · Cc Bo, Chen");
  });
  it("recipients as what changed where it is", () => {
    const made = article({
      to: [person("Bo")],
      cc: [person("Chen"), person("Dana")],
      changed: { added: [person("Dana")], dropped: [person("Elif")] },
    });
    assert.equal(text(made, ".recipients"), "To Bo · Cc as before + Dana without Elif");
  });
  it("many recipients are counted", () => {
    const cc = Array.from({ length: 9 }, (_, index) => person(`P${index}`));
    assert.equal(text(article({ cc }), ".recipients"), "Cc P0, P1, P2, P3, P4, P5 and 3 more");
  });
  it("a collapsed message is one line with its gist; the text stays findable", () => {
    const made = article({ gist: "Reviewed-by Bo" }, { collapsed: true });
    assert.equal(text(made, ".gist"), "Reviewed-by Bo");
    assert.equal(made.querySelector(".content")?.getAttribute("hidden"), "until-found");
    assert.equal(made.querySelector(".name")?.getAttribute("aria-expanded"), "false");
  });
  it("a message that has not come yet has its heading", () => {
    const made = article(undefined);
    assert.equal(made.getAttribute("aria-busy"), "true");
    assert.match(made.textContent ?? "", /Ada Moreno.*good catch/);
  });
  it("a missing message says so, with its id", () => {
    const made = article(undefined, {}, { missing: true });
    assert.match(made.textContent ?? "", /Message not in the archive.*m@kernel\.example/);
    assert.equal(made.querySelector(".acts"), null);
  });
  it("every button of the heading says in words what it does", () => {
    const labels = [...article({}).querySelectorAll(".acts button")].map((button) =>
      button.getAttribute("aria-label"),
    );
    assert.deepEqual(labels, [
      "Reply to Ada Moreno",
      "Copy the link to this message",
      "Copy the Message-ID",
      "All headers",
      "Show the raw message",
    ]);
  });
  it("all headers, when asked for", () => {
    const headers: [string, string][] = [
      ["From", "Ada"],
      ["X-Mailer", "<b>git</b>"],
    ];
    assert.equal(article({ headers }).querySelector(".headers"), null);
    assert.equal(text(article({ headers }, { headers: true }), ".headers"), "FromAdaX-Mailer<b>git</b>");
  });
  it("attachments with type, size and what can be done", () => {
    const made = article({
      attachments: [{ index: 2, name: "config.gz", type: "application/gzip", size: 48_200 }],
    });
    assert.equal(text(made, ".attachments li"), "config.gzapplication/gzip, 48 kBOpenSave");
    assert.equal(made.querySelector("[data-act='saveAttachment']")?.getAttribute("data-index"), "2");
  });
  it("defects are sentences", () =>
    assert.equal(text(article({ defects: ["The mail has no date."] }), ".defects"), "The mail has no date."));
  it("the date in full, with the sender's zone, is in the tooltip", () => {
    const time = article({ dateMs: Date.UTC(2026, 10, 16, 9, 4, 11), zoneMinutes: 60 }).querySelector("time");
    assert.equal(time?.getAttribute("title"), "Mon, 16 Nov 2026 10:04:11 +0100");
  });
  it("the date, how long ago it was, or both", () => {
    const said = (dates: "both" | "relative" | "absolute") =>
      renderArticle(
        drawingOf({ dates }),
        entry,
        messageView([], { dateMs: NOW - 2 * 3_600_000 }),
        { ...bodyState(), collapsed: false, headers: false },
        "m0",
      ).querySelector("time")?.textContent;
    assert.equal(said("both"), "today 10:00 · 2 h ago");
    assert.equal(said("relative"), "2 h ago");
    assert.equal(said("absolute"), "today 10:00");
  });
  it("sizes in words", () =>
    assert.deepEqual([12, 1500, 2_400_000].map(sizeWords), ["12 bytes", "1.5 kB", "2.4 MB"]));
});
