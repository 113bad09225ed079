/** What the person does to the page: clicks, keys, the editor's commands, copying, and finds that open what is folded. */
import type { FoldLevel } from "../protocol.ts";
import type { Actions } from "./actions.ts";
import { Finding } from "./finding.ts";
import { isPressable, isTyping, keyName } from "./keys.ts";
import { rowAfterKey } from "./outline.ts";
import type { Pane } from "./pane.ts";
import { copiedText } from "./selection.ts";

const messageOf = (element: Element, pane: Pane): string =>
  element.closest("article[data-message]")?.getAttribute("data-message") ?? pane.travel.current;

function press(pane: Pane, actions: Actions, control: Element): void {
  const messageId = messageOf(control, pane);
  const act = control.getAttribute("data-act") ?? "";
  switch (act) {
    case "open":
      pane.root.classList.remove("outlineShown");
      pane.root.querySelector(".outlineButton")?.setAttribute("aria-expanded", "false");
      pane.goTo({ messageId: control.getAttribute("data-message") ?? "" }, true);
      return;
    case "level":
      actions.level(Number(control.getAttribute("data-level")) as FoldLevel);
      return;
    case "fold":
      pane.travel.keepPlace(() => pane.folding.fold(control));
      return;
    case "foldRun": {
      const run = control.closest(".run");
      if (run) pane.folding.toggleRun(run);
      return;
    }
    case "toggleFile":
      pane.folding.toggleFile(control);
      return;
    case "goToFile":
      actions.goToFile(control);
      return;
    case "origin":
    case "answer":
      actions.origin(control);
      return;
    case "follow":
      actions.follow(control);
      return;
    case "reply":
      actions.reply(messageId);
      return;
    case "showAll":
      actions.showAll(messageId);
      return;
    case "openAttachment":
    case "saveAttachment":
      actions.attachment(messageId, Number(control.getAttribute("data-index")), act === "saveAttachment");
      return;
    case "readAsUtf8":
    case "readAsQuotedPrintable":
      actions.readAs(act, messageId);
      return;
    case "toggleOutline":
      actions.toggleOutline();
      return;
    default:
      actions.run(act, messageId);
  }
}

/** Keys of a control itself: arrows in the outline and among the fold levels, Enter on links. */
function controlKey(pane: Pane, actions: Actions, event: KeyboardEvent, target: Element): boolean {
  const row = target.closest("[role='treeitem']");
  if (row) {
    if (event.key === "Enter" || event.key === " ") {
      press(pane, actions, row);
      pane.travel.article()?.focus({ preventScroll: true });
      return true;
    }
    if (event.key === "Escape") {
      pane.root.classList.remove("outlineShown");
      pane.travel.article()?.focus({ preventScroll: true });
      return true;
    }
    const next = rowAfterKey(row, event.key);
    if (next === undefined) return false;
    if (next instanceof HTMLElement) {
      row.setAttribute("tabindex", "-1");
      next.setAttribute("tabindex", "0");
      next.focus();
    }
    return true;
  }
  const radio = target.closest("[role='radio']");
  if (radio && /^Arrow(?:Left|Right|Up|Down)$/.test(event.key)) {
    const step = event.key === "ArrowRight" || event.key === "ArrowDown" ? 1 : 3;
    const level = ((Number(radio.getAttribute("data-level")) + step) % 4) as FoldLevel;
    actions.level(level);
    pane.root.querySelector<HTMLElement>(`[role='radio'][data-level="${level}"]`)?.focus();
    return true;
  }
  const link = target.closest("[role='link'][data-act]");
  if (link && event.key === "Enter") {
    press(pane, actions, link);
    return true;
  }
  return false;
}

function key(pane: Pane, actions: Actions, finding: Finding, event: KeyboardEvent): void {
  const target = event.target instanceof Element ? event.target : null;
  if (event.defaultPrevented || event.isComposing || isTyping(target) || target?.closest("dialog")) return;
  const name = keyName(event);
  const act = name !== undefined && Object.hasOwn(pane.keys, name) ? pane.keys[name] : undefined;
  if (finding.takes(event, act)) {
    event.preventDefault();
    return;
  }
  if (name === undefined) return;
  if (target && !event.shiftKey && controlKey(pane, actions, event, target)) {
    event.preventDefault();
    return;
  }
  if ((name === "Enter" || name === "Space") && isPressable(target)) return;
  if (act === undefined && name === "End") pane.travel.toEnd();
  else if (act === undefined || !actions.run(act)) return;
  event.preventDefault();
}

/** Joins the page's events to the pane; they live as long as the page. */
export function listen(pane: Pane, actions: Actions): void {
  const { root } = pane;
  const page = pane.drawing.document;
  pane.channel.on("act", ({ action }) => void actions.run(action));
  root.addEventListener("click", (event) => {
    const control = event.target instanceof Element ? event.target.closest("[data-act]") : null;
    if (control && root.contains(control)) press(pane, actions, control);
  });
  const pointed = (event: Event) => {
    const link = event.target instanceof Element ? event.target.closest("[data-act='follow']") : null;
    if (link) actions.preview(link);
  };
  root.addEventListener("pointerover", pointed);
  root.addEventListener("focusin", pointed);
  // A press on a button would end the selection that the button is to act on.
  root.addEventListener("mousedown", (event) => {
    if (event.target instanceof Element && event.target.closest(".act, .hint")) event.preventDefault();
  });
  const finding = new Finding(pane);
  page.defaultView?.addEventListener("blur", () => finding.left());
  page.addEventListener("selectionchange", () => finding.selectionMoved());
  // What was drawn while the page was without the focus could not take it.
  page.defaultView?.addEventListener("focus", () => {
    finding.cameBack();
    if (page.activeElement === page.body) pane.focus(pane.travel.article());
  });
  page.addEventListener("contextmenu", (event) => {
    pane.folding.point(event.target instanceof Element ? event.target : null);
  });
  page.addEventListener("pointerdown", ({ button }) => {
    if (button === 0) pane.folding.point(null);
  });
  page.addEventListener("keydown", (event) => {
    pane.folding.point(null);
    key(pane, actions, finding, event);
  });
  page.addEventListener("copy", (event) => {
    if (isTyping(page.activeElement)) return;
    const text = copiedText(page.getSelection(), pane.main, (messageId) => pane.views.get(messageId));
    if (text === undefined) return;
    event.clipboardData?.setData("text/plain", text);
    event.preventDefault();
  });
  root.addEventListener("beforematch", (event) => {
    if (event.target instanceof Element) pane.folding.openAround(event.target);
  });
}
