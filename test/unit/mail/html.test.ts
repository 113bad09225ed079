/** HTML: markup in, readable text out. */
import assert from "node:assert/strict";
import { renderHtml } from "../../../src/mail/html.ts";

const check = (html: string, expected: string): void => assert.equal(renderHtml(html).text, expected);

describe("mail/html", () => {
  it("D211 paragraphs and line breaks", () => check("<p>one<br>two</p><p>three</p>", "one\ntwo\n\nthree"));
  it("D211 a paragraph without a margin is a line, as Outlook makes them", () => {
    check('<p style="margin:0px">-a</p><p style="margin: 0in; color: red">+b</p>', "-a\n+b");
    check(
      '<p class="MsoNormal">a</p><p class="MsoNormal"><o:p>&nbsp;</o:p></p><p class="MsoNormal">b</p>',
      "a\n\nb",
    );
  });
  it("D211 a break at the end of a block is no line; alone in it an empty one", () => {
    check("<div>a<br></div><div><span><br></span></div><div>b</div>", "a\n\nb");
    check("<div>a<br> <b>b</b></div>", "a\nb");
    check("a<br><br>b", "a\n\nb");
  });
  it("no word is wrapped", () => check(`<p>${"word ".repeat(60)}</p>`, "word ".repeat(60).trim()));
  it("links show where they lead, once", () => {
    check('<a href="https://x.example/a">here</a>', "here <https://x.example/a>");
    check('<a href="https://x.example/a">https://x.example/a</a>', "https://x.example/a");
  });
  it("pictures, scripts and styles leave nothing", () =>
    check('<style>p{}</style><script>x()</script><img src="https://x.example/p.png" alt="a">text', "text"));
  it("cited text keeps its marks", () => check("<blockquote>old</blockquote>new", "> old\n\nnew"));
  it("code keeps its lines", () => check("<pre>a\n  b</pre>", "a\n  b"));
  it("headings are not shouted", () => check("<h1>Title</h1>text", "Title\n\ntext"));
  it("entities and markup shown as text stay text", () => check("&lt;b&gt; &amp; &#233;", "<b> & é"));
  it("what was done is told", () => assert.equal(renderHtml("<p>a").defect.code, "html-as-text"));
  it("too long, too deep, too wide: cut and ended", () => {
    assert.equal(renderHtml("a ".repeat(150_000)).defect.code, "html-cut");
    for (const piece of [
      "<div>",
      "<p>a</p>",
      "<b",
      "<!--",
      "&",
      "<table><tr><td>",
      "<blockquote>",
      "<ul><li>",
    ]) {
      renderHtml(piece.repeat(10_000));
    }
  });
});
