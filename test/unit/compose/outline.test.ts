import assert from "node:assert/strict";
import { draftFolds, draftOutline, type Part } from "../../../src/compose/outline.ts";

const DRAFT = `From: Ada <ada@x.example>
To: Bob <bob@x.example>,
    carol@x.example
Cc: list@lists.kernel.example
Subject: Re: [PATCH] pond

On Mon, Nov 16, 2026 at 09:15:42 +0100, Bob B wrote:
> Text of Bob.
>
> > diff --git a/mm/pond.c b/mm/pond.c
> > --- a/mm/pond.c
> > +++ b/mm/pond.c
> > @@ -1,2 +1,2 @@
> >  a
> > -b
> > +c

This looks right.

> > @@ -9,2 +9,2 @@
> >  x
> > -y
> > +z

And this too.

Reviewed-by: Ada <ada@x.example>

-- 
Ada
`;

describe("draftFolds", () => {
  it("folds long fields, cited runs, files and hunks at any depth, and the signature", () => {
    assert.deepEqual(
      draftFolds(DRAFT).map(({ kind, firstLine, lastLine }) => `${kind} ${firstLine}-${lastLine}`),
      ["long 2-3", "cited 8-16", "file 10-16", "hunk 13-16", "cited 20-23", "hunk 20-23", "signature 29-30"],
    );
  });
  it("folds an ancestry of many ids away with the recipients, not one of three", () => {
    const folds = (ids: number) =>
      draftFolds(`To: b@x.example\nReferences: <1@x>${"\n <n@x>".repeat(ids - 1)}\n\nYes.\n`).map(
        ({ kind }) => kind,
      );
    assert.deepEqual([folds(1), folds(3), folds(4)], [[], ["field"], ["long"]]);
  });
  it("folds nothing in a short draft", () => {
    assert.deepEqual(draftFolds("From: a@x.example\nTo: b@x.example\n\n> a\n\nYes.\n"), []);
  });
  it("takes any text", () => {
    for (const text of ["", "\n", "no header", "> ", "-- "]) assert.deepEqual(draftFolds(text), []);
  });
});

describe("draftOutline", () => {
  const tree = (parts: readonly Part[], indent = ""): string[] =>
    parts.flatMap(({ kind, name, detail, firstLine, lastLine, parts: below }) => [
      `${indent}${kind} ${firstLine}-${lastLine} ${name}${detail && ` (${detail})`}`,
      ...tree(below, `${indent}  `),
    ]);
  it("lists header, cited text with its files, own passages, trailers, signature", () => {
    assert.deepEqual(tree(draftOutline(DRAFT)), [
      "header 1-5 Re: [PATCH] pond (3 recipients)",
      "cited 7-16 Bob B (9 cited lines)",
      "  file 10-16 mm/pond.c",
      "own 18-18 This looks right.",
      "cited 20-23 @@ -9,2 +9,2 @@ (4 cited lines)",
      "own 25-25 And this too.",
      "trailers 27-27 Reviewed-by: Ada <ada@x.example>",
      "signature 29-30 Signature",
    ]);
  });
});
