/** Mailboxes and lists of them: read, compare, write. */

/** One mailbox. `name` is the decoded display name ("" when there is none), `address` as written, without <>. */
export interface Mailbox {
  name: string;
  address: string;
}
