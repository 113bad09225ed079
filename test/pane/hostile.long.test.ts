/** Hostile mail in the built pane, in a real browser under the real policy: nothing runs, nothing is loaded. */
import assert from "node:assert/strict";
import type { Browser } from "playwright-core";
import { hostileMails } from "../hostileMails.ts";
import { viewMails } from "../threadViews.ts";
import { launch, openPane } from "./page.ts";

describe("hostile mail in the pane", function () {
  this.timeout(240_000);
  let browser: Browser | undefined;
  before(async function () {
    browser = await launch(this);
  });
  after(async () => {
    await browser?.close();
  });

  it("runs nothing, loads nothing and stays alive", async () => {
    assert.ok(browser);
    const { page, show, asked, troubles, close } = await openPane(browser);
    try {
      for (const [name, bytes] of hostileMails(0.02)) {
        const [thread] = await viewMails([bytes()]);
        assert.ok(thread, name);
        await show(thread);
        await page.keyboard.press("h");
        await page.keyboard.press("0");
        assert.equal(await page.title(), thread.view.subject, name);
        const made = page.locator(
          "img, iframe, svg, style, object, embed, article script, meta[http-equiv=refresh]",
        );
        assert.equal(await made.count(), 0, name);
      }
      assert.deepEqual(troubles, [], "no policy report, no console error, no request");
      const words = new Set(asked.map(({ name }) => name));
      for (const asks of ["follow", "reply", "attachment", "raw"]) assert.ok(!words.has(asks), asks);
    } finally {
      await close();
    }
  });
});
