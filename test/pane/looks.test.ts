/** How the pane looks in every theme and width, and whether everyone can use it: photographs, and axe on each. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { root } from "../fixtures.ts";
import { onePaneEach } from "./page.ts";
import { REVIEW, reviewThread } from "./reviewThread.ts";
import { sample } from "./sampleThreads.ts";
import type { ThemeName } from "./themes.ts";

const axeSource = (): string =>
  readFileSync(createRequire(join(root(), "package.json")).resolve("axe-core/axe.min.js"), "utf8");

interface Violation {
  id: string;
  nodes: { html: string; failureSummary: string }[];
}

async function axe(page: Page): Promise<string[]> {
  await page.evaluate(axeSource());
  const violations = (await page.evaluate(
    "axe.run(document, { resultTypes: ['violations'] }).then((result) => result.violations)",
  )) as Violation[];
  return violations.map(
    ({ id, nodes }) =>
      `${id}: ${nodes
        .slice(0, 3)
        .map(({ html, failureSummary }) => `${html.slice(0, 160)} ${failureSummary}`)
        .join(" | ")}`,
  );
}

describe("the looks of the pane", function () {
  this.timeout(180_000);
  const open = onePaneEach();

  const looks: [name: string, theme: ThemeName, width: number][] = [
    ["light", "light", 1240],
    ["dark", "dark", 1240],
    ["high-contrast", "high-contrast", 1240],
    ["high-contrast-light", "high-contrast-light", 1240],
    ["narrow", "light", 500],
    ["wide", "dark", 1920],
  ];
  for (const [name, theme, width] of looks) {
    it(`has no fault of access and is photographed: ${name}`, async () => {
      const { page, show, screenshot } = await open({ theme, width, height: 900 });
      const { discussion, series } = await sample();
      await show(discussion, discussion.view.outline[4]?.messageId);
      await screenshot(`discussion-${name}`);
      assert.deepEqual(await axe(page), []);
      await show(series, series.view.outline[3]?.messageId);
      await screenshot(`patch-${name}`);
      await page.locator("article.current").press("j");
      await page.locator("article.current").press("j");
      await screenshot(`review-${name}`);
      assert.deepEqual(await axe(page), []);
      await show(await reviewThread(), REVIEW.patch);
      await page.waitForSelector(".code [class^='code-']");
      await screenshot(`remarks-${name}`);
      assert.deepEqual(await axe(page), []);
      await show(await reviewThread(), REVIEW.report);
      await screenshot(`report-${name}`);
      assert.deepEqual(await axe(page), []);
      await page.keyboard.press("?");
      await page.waitForSelector("dialog.keys[open]");
      await screenshot(`keys-${name}`);
      assert.deepEqual(await axe(page), []);
    });
  }

  it("stays inside a window of 500 px", async () => {
    const { page, show } = await open({ width: 500 });
    const { series } = await sample();
    await show(series);
    const wider = await page.evaluate<boolean>(
      "document.querySelector('main').scrollWidth > document.querySelector('main').clientWidth",
    );
    assert.equal(wider, false);
    assert.equal(await page.locator("nav").isVisible(), false);
    await page.getByRole("button", { name: /outline/ }).click();
    assert.equal(await page.locator("nav").isVisible(), true);
    await page.getByRole("treeitem").nth(2).click();
    assert.equal(await page.locator("nav").isVisible(), false);
  });
});
