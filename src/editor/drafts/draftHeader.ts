/** The header of a draft by commands: who gets it, as whom one writes, and where it hangs. */
import * as vscode from "vscode";
import { UserError } from "../../base/report.ts";
import { readDraft } from "../../compose/draftText.ts";
import type { Edit } from "../../compose/edit.ts";
import { compareRecipients, dropFields, type Recipient, setMailboxes } from "../../compose/headerEdit.ts";
import { replyRecipients } from "../../compose/recipients.ts";
import { type Mailbox, parseAddresses } from "../../mail/address.ts";
import type { Archive } from "../archives/archiveWorker.ts";
import type { Commands } from "../commands.ts";
import { count } from "../counts.ts";
import { findWriter, recentWriter } from "../identity.ts";
import { inLabel } from "../plainWords.ts";
import type { Settings } from "../settings.ts";
import type { Bounces } from "./bounces.ts";
import { activeDraftEditor, changeBody, textOf } from "./draftDocument.ts";
import type { DraftParents } from "./draftParent.ts";

interface HeaderParts {
  archive: Archive;
  bounces: Bounces;
  commands: Commands;
  settings: Settings;
  parents: DraftParents;
}

/** People found that are offered while one types. */
const OFFERED = 12;

interface RecipientItem extends vscode.QuickPickItem {
  recipient: Recipient;
}

const leftOut = (why: Recipient["why"]): string => {
  if (why === undefined) return "Left out by you";
  return why === "bounced"
    ? "Left out: mail to this address came back"
    : "Left out: a mail can not carry the letters of this address";
};

const itemOf = (recipient: Recipient): RecipientItem => {
  const { mailbox, field, difference, why } = recipient;
  return {
    label: inLabel(mailbox.name || mailbox.address),
    description: [mailbox.name === "" ? "" : mailbox.address, field]
      .filter((part) => part !== "")
      .join(" · "),
    ...(difference === "none" ? {} : { detail: difference === "added" ? "Added by you" : leftOut(why) }),
    picked: difference !== "left out",
    // What is typed is an address as often as a name.
    alwaysShow: false,
    recipient,
  };
};

/** The recipients of a draft against those of a reply to its parent. */
export async function recipientsOf(
  document: vscode.TextDocument,
  { bounces, parents, settings }: Pick<HeaderParts, "bounces" | "parents" | "settings">,
): Promise<Recipient[]> {
  const { draft } = readDraft(textOf(document));
  const [parent, writer] = await Promise.all([parents.find(document), recentWriter(settings)]);
  if (parent === undefined || writer === undefined) return compareRecipients(draft, undefined);
  const expected = replyRecipients(parent, writer.self, {
    from: draft.from,
    toSender: false,
    exclude: writer.exclude,
    lists: [],
    bounced: await bounces.known(writer.self),
  });
  return compareRecipients(draft, expected);
}

/** Makes edits over the whole text of a draft, as one undo step. */
const editHeader = (editor: vscode.TextEditor, edits: readonly (Edit | undefined)[]): Promise<void> =>
  changeBody(
    editor,
    1,
    edits.flatMap((edit) => edit ?? []),
  );

export function registerDraftHeader(parts: HeaderParts): void {
  const { archive, commands, settings } = parts;

  /** The list with a box to tick for each, which also finds people; undefined when the person gives up. */
  const chooseRecipients = (recipients: readonly Recipient[]): Promise<Recipient[] | undefined> =>
    new Promise((resolve) => {
      const list = vscode.window.createQuickPick<RecipientItem>();
      const known = recipients.map(itemOf);
      const leftOut = recipients.filter(({ difference }) => difference === "left out").length;
      const added = recipients.filter(({ difference }) => difference === "added").length;
      list.title =
        leftOut + added === 0
          ? "Recipients"
          : `Recipients: ${count(added, "added one", "added ones")}, ${leftOut} left out`;
      list.placeholder = "Type a name or an address to add somebody";
      list.canSelectMany = true;
      list.matchOnDescription = true;
      list.items = known;
      list.selectedItems = known.filter(({ picked }) => picked === true);
      let chosen = new Map(known.filter(({ picked }) => picked === true).map((item) => [keyOf(item), item]));
      let asked = 0;
      /** Whole addresses in what is typed: Enter takes them, ticked or not. */
      let typed: RecipientItem[] = [];
      const offer = (mailboxes: readonly Mailbox[]) => {
        const held = new Set([...known.map(keyOf), ...chosen.keys()]);
        const fresh = mailboxes
          .map((mailbox) => itemOf({ mailbox, field: "Cc", difference: "added" }))
          .filter((item) => !held.has(keyOf(item)));
        const more = [...chosen.values()].filter((item) => !known.some((one) => keyOf(one) === keyOf(item)));
        const items = [
          ...known,
          ...more,
          ...fresh.map((item) => ({ ...item, detail: "Add to Cc", alwaysShow: true })),
        ];
        list.items = items;
        list.selectedItems = items.filter((item) => chosen.has(keyOf(item)));
      };
      list.onDidChangeSelection((items) => {
        chosen = new Map(items.map((item) => [keyOf(item), item]));
      });
      list.onDidChangeValue((value) => {
        const turn = ++asked;
        const addresses = parseAddresses(value).filter(({ address }) =>
          /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(address),
        );
        typed = addresses.map((mailbox) => itemOf({ mailbox, field: "Cc", difference: "added" }));
        if (value.trim().length < 2) {
          offer([]);
          return;
        }
        commands.attempt("find people", async () => {
          const found = await archive.request("people", { text: value, limit: OFFERED });
          if (turn === asked) offer([...addresses, ...found]);
        });
      });
      list.onDidAccept(() => {
        const more = typed.filter((item) => !chosen.has(keyOf(item)));
        resolve([...chosen.values(), ...more].map(({ recipient }) => recipient));
        list.hide();
      });
      list.onDidHide(() => {
        resolve(undefined);
        list.dispose();
      });
      list.show();
    });

  commands.register("kernelMail.draft.editRecipients", async () => {
    const editor = activeDraftEditor();
    const before = await recipientsOf(editor.document, parts);
    const chosen = await chooseRecipients(before);
    if (chosen === undefined) return;
    const text = textOf(editor.document);
    const inField = (field: Recipient["field"]): Mailbox[] =>
      chosen.filter((one) => one.field === field).map(({ mailbox }) => mailbox);
    await editHeader(editor, [
      setMailboxes(text, "To", inField("To")),
      setMailboxes(text, "Cc", inField("Cc")),
      setMailboxes(text, "Bcc", inField("Bcc")),
    ]);
  });

  commands.register("kernelMail.draft.chooseIdentity", async () => {
    const editor = activeDraftEditor();
    const writer = await findWriter(settings);
    if (writer === undefined) return;
    const { identity, identities } = writer.self;
    const all = [identity, ...identities.filter(({ address }) => address !== identity.address)];
    const now = readDraft(textOf(editor.document)).draft.from.address;
    const items = all.map((mailbox) => ({
      label: mailbox.name || mailbox.address,
      description: mailbox.address,
      ...(mailbox.address === now ? { detail: "Writes this draft" } : {}),
      mailbox,
    }));
    const chosen = await vscode.window.showQuickPick(items, {
      title: "Choose Identity",
      placeHolder: "As whom to write this message",
      matchOnDescription: true,
    });
    if (chosen === undefined) return;
    await editHeader(editor, [setMailboxes(textOf(editor.document), "From", [chosen.mailbox])]);
  });

  commands.register("kernelMail.draft.newThread", async () => {
    const editor = activeDraftEditor();
    const edits = dropFields(textOf(editor.document), "In-Reply-To", "References");
    if (edits.length === 0) {
      throw new UserError("This draft answers no message.", "It starts a thread of its own when it is sent.");
    }
    await editHeader(editor, edits);
    vscode.window.setStatusBarMessage(`${inLabel(formatSubject(editor))} starts a thread of its own`, 5000);
  });
}

const keyOf = ({ recipient }: RecipientItem): string => recipient.mailbox.address.toLowerCase();

const formatSubject = ({ document }: vscode.TextEditor): string =>
  readDraft(textOf(document)).draft.subject || "The draft";

/** Recipients as one line of a lens: how many, and how they differ from those of a reply. */
export function recipientsText(recipients: readonly Recipient[]): string {
  const stay = recipients.filter(({ difference }) => difference !== "left out").length;
  const added = recipients.filter(({ difference }) => difference === "added").length;
  const differences = [
    ...(added > 0 ? [`${added} added`] : []),
    ...(recipients.length > stay ? [`${recipients.length - stay} left out`] : []),
  ];
  return [count(stay, "recipient"), ...differences].join(", ");
}
