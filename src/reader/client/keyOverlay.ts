/** The overlay of keys: a dialog that takes the focus and gives it back. */
import { element } from "./element.ts";
import { ACTIONS, isAction } from "./keys.ts";

/** Rows of the overlay by group: what an action is called and the keys that do it. */
export function keyRows(
  keys: Readonly<Record<string, string>>,
): Map<string, { title: string; keys: string[] }[]> {
  const byAction = new Map<string, string[]>();
  for (const [key, action] of Object.entries(keys)) {
    if (isAction(action)) byAction.set(action, [...(byAction.get(action) ?? []), key]);
  }
  const groups = new Map<string, { title: string; keys: string[] }[]>();
  for (const [action, { group, title }] of Object.entries(ACTIONS)) {
    const pressed = byAction.get(action);
    if (!pressed) continue;
    groups.set(group, [...(groups.get(group) ?? []), { title, keys: pressed }]);
  }
  return groups;
}

/** Makes the dialog anew from the keys that hold, and shows it. */
export function showKeyOverlay(document: Document, keys: Readonly<Record<string, string>>): void {
  document.querySelector("dialog.keys")?.remove();
  const before = document.activeElement;
  const dialog = element(document, "dialog", { class: "keys", "aria-labelledby": "keys-title" });
  const close = element(document, "button", { type: "button", class: "act", autofocus: true }, "Close");
  close.addEventListener("click", () => dialog.close());
  dialog.append(
    element(
      document,
      "div",
      { class: "keysHead" },
      element(document, "h2", { id: "keys-title" }, "Keys of the reader"),
      close,
    ),
  );
  const groups = keyRows(keys);
  if (groups.size === 0)
    dialog.append(element(document, "p", {}, "Single keys are turned off in the settings."));
  const columns = element(document, "div", { class: "keysGroups" });
  for (const [group, rows] of groups) {
    const list = element(document, "dl", {});
    for (const row of rows) {
      const names = element(document, "dt", {});
      for (const key of row.keys) names.append(element(document, "kbd", {}, key));
      list.append(names, element(document, "dd", {}, row.title));
    }
    columns.append(element(document, "section", {}, element(document, "h3", {}, group), list));
  }
  dialog.append(columns);
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (before instanceof HTMLElement) before.focus();
  });
  dialog.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "?") dialog.close();
  });
  document.body.append(dialog);
  dialog.showModal();
}
