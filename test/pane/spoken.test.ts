/** What a screen reader is given, in its order: kept as text and compared. */
import assert from "node:assert/strict";
import type { Browser } from "playwright-core";
import { assertSpoken } from "../spoken.ts";
import { launch, type OpenPane, openPane } from "./page.ts";
import { REVIEW, reviewThread } from "./reviewThread.ts";

describe("the pane as it is spoken", function () {
  this.timeout(180_000);
  let browser: Browser | undefined;
  let pane: OpenPane | undefined;
  before(async function () {
    browser = await launch(this);
    pane = await openPane(browser, { now: "2026-11-23T12:00:00Z" });
    await pane.show(await reviewThread());
  });
  after(async () => {
    await pane?.close();
    await browser?.close();
  });

  const speaks = (name: string, ...selectors: string[]) =>
    it(`speaks the ${name} in its order`, async () => {
      assert.ok(pane);
      const spoken: string[] = [];
      for (const selector of selectors) spoken.push(await pane.page.locator(selector).ariaSnapshot());
      assertSpoken(name, spoken.join("\n"));
    });

  speaks("page", "header.top", "nav");
  for (const [name, messageId] of Object.entries(REVIEW))
    speaks(name, `article[data-message="${messageId}"]`);
});
