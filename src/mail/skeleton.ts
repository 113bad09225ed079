/** The overview of a mail, from its headers alone and fast: what lists and threads need. No library. */

/** One overview row. Plain data. */
export interface Skeleton {
  /** Without angle brackets; made from the bytes when the mail has none (then `hasMessageId` is false). */
  messageId: string;
  hasMessageId: boolean;
  /** Candidate ancestors, oldest first, the direct parent last: References, else In-Reply-To (R302, R303). */
  references: string[];
  /** First mailbox of From, decoded. */
  fromName: string;
  fromAddress: string;
  /** Decoded for display (D207). */
  subject: string;
  /** The Date field in milliseconds since 1970 UTC; undefined when missing or unreadable. */
  dateMs: number | undefined;
  /** List-Id without angle brackets, lower case; "" when there is none. */
  listId: string;
}
