/** Makes the pictures of docs/from-lore-to-reply.md anew, from the sample archive on a server of its own. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../fixtures.ts";
import { splitMbox, writeMirror } from "../mirror.ts";
import { hasPublicInbox, servePublicInbox } from "../publicInbox.ts";
import { openWorkbench, type Workbench } from "./workbench.ts";

const THREAD = "20261013080500.5107-1-ada@moreno.example";
const LINK = `https://lore.kernel.org/linux-pond/${THREAD}/`;

/** Small enough for a page, large enough to be read. */
const SIZE = { width: 1400, height: 860 };

async function picture(workbench: Workbench, name: string): Promise<void> {
  const folder = join(root(), "docs", "from-lore-to-reply");
  mkdirSync(folder, { recursive: true });
  // A row that the pointer rests on shows its buttons.
  await workbench.page.mouse.move(SIZE.width / 2, 2);
  await workbench.page.screenshot({ path: join(folder, `${name}.png`) });
}

async function takeAll(workbench: Workbench): Promise<void> {
  const { page } = workbench;
  await page.setViewportSize(SIZE);
  await workbench.openSideBar();
  await page.getByText("Activating Extensions").waitFor({ state: "detached" });

  await workbench.command("Kernel Mail: Open Message or Link...");
  const input = page.locator(".quick-input-widget input.input");
  await input.fill(LINK);
  await picture(workbench, "paste");

  await input.press("Enter");
  const reader = workbench.reader();
  await reader.locator(`main.done article.current[data-message="${THREAD}"]`).waitFor();
  await workbench.expand(workbench.row(/^Archive Opened/));
  await workbench.row(/^pond: take and give/).waitFor();
  await picture(workbench, "thread");

  // The tree has the focus; keys of the reader hold in the reader.
  await reader.locator("article.current .own").first().click();
  await page.keyboard.press("r");
  await workbench.until(() => workbench.drafts().size === 1, "a draft");
  const lines = page.locator(".view-line");
  await lines.filter({ hasText: "wrote:" }).first().waitFor();
  await workbench.row(/^Draft, Re: \[PATCH v2 0\/3\]/).waitFor();
  // Below the sentence that it answers.
  await lines
    .filter({ hasText: /half.of.the.time/ })
    .first()
    .click();
  await page.keyboard.press("Alt+Enter");
  await page.keyboard.type("Which machine is this, and how many sockets does it have?");
  await lines
    .filter({ hasText: /how.many.sockets/ })
    .first()
    .waitFor();
  // What follows the last own word.
  await page.locator('[class*="squiggly-"]').first().waitFor();
  await workbench.lens("Preview").first().waitFor();
  await picture(workbench, "draft");

  await workbench.command("View: Close Primary Side Bar");
  await workbench.command("Kernel Mail: Preview Message");
  await workbench.tab(/^Preview of/).waitFor();
  await lines
    .filter({ hasText: /MIME-Version/ })
    .first()
    .waitFor();
  await workbench.lens("Send This Message").waitFor();
  await picture(workbench, "preview");
}

if (!hasPublicInbox()) {
  console.log("The pictures need a server: apt-get install public-inbox, and try again.");
  process.exitCode = 1;
} else {
  const folder = mkdtempSync(join(tmpdir(), "kernel-mail-pictures-"));
  const mails = splitMbox(readFileSync(join(root(), "media", "sample", "sample.mbox")));
  writeMirror(mails, join(folder, "pond"));
  const served = { name: "pond", address: "linux-pond@lists.example", folder: join(folder, "pond") };
  const remote = await servePublicInbox(served);
  let workbench: Workbench | undefined;
  try {
    workbench = await openWorkbench({
      servers: [remote.base],
      // The folders of this run say nothing to a reader.
      settings: { "breadcrumbs.enabled": false },
    });
    await takeAll(workbench);
  } finally {
    await workbench?.close();
    await remote.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
