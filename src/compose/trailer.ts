/** Trailers that one gives in a reply: their names, and which of them fit a message (R12xx). */

/** R1202: the names that tools and people know. */
export const TRAILER_NAMES: readonly string[] = [
  ...["Signed-off-by", "Co-developed-by", "Acked-by", "Reviewed-by", "Tested-by", "Reported-by"],
  ...["Suggested-by", "Assisted-by", "NACKed-by", "Cc", "Link", "Closes", "Fixes"],
];
