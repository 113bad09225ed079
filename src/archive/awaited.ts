/** What a thread may wait for beside a time, as SQL: a later version of its series, the next -rc. */

/** A thread of the author of message `h` that began later with the same subject, apart from what its brackets say. */
export const LATER_VERSION = `SELECT 1 FROM message n CROSS JOIN thread s ON s.id = n.thread AND s.head = n.id
  WHERE n.person = h.person AND coalesce(n.date, n.arrived) > coalesce(h.date, h.arrived)
    AND substr(n.subject, instr(n.subject, ']')) = substr(h.subject, instr(h.subject, ']'))`;

/** The announcement of an -rc that came after the milliseconds that stand behind "rc:" in mark `f`. */
const NEXT_RC = `SELECT 1 FROM words w CROSS JOIN message n ON n.id = w.rowid
  WHERE words MATCH 'subject : ^linux AND author : torvalds' AND n.subject GLOB 'Linux [0-9]*-rc[0-9]*'
    AND coalesce(n.arrived, n.date) * 1000 > CAST(substr(f.value, 4) AS INTEGER)`;

/** Whether the snooze that flag `f` says goes on; the parameter is now, in milliseconds since 1970 UTC. */
export const STILL_SNOOZED = `CASE
  WHEN f.value = 'version' THEN NOT EXISTS (SELECT 1 FROM thread t CROSS JOIN message h ON h.id = t.head
    WHERE t.id = f.thread AND EXISTS (${LATER_VERSION}))
  WHEN f.value GLOB 'rc:*' THEN NOT EXISTS (${NEXT_RC})
  ELSE CAST(f.value AS INTEGER) > ? END`;
