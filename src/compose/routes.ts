/** Mail of several senders at once, each over the connection of its own way to send. */
import type { Connection } from "./send.ts";

/**
 * A connection that opens the one which a mail's sender needs when its first mail comes. What goes wrong with that one
 * is told of the mail alone.
 * @param wayOf senders with the same way share a connection
 */
export function routeBySender(
  connect: (from: string) => Promise<Connection>,
  wayOf: (from: string) => string,
): Connection {
  const open = new Map<string, Connection>();
  const connected = async (from: string): Promise<Connection> => {
    const way = wayOf(from);
    const held = open.get(way);
    if (held?.isOpen) return held;
    held?.close();
    const fresh = await connect(from);
    open.set(way, fresh);
    return fresh;
  };
  return {
    isOpen: true,
    deliver: async (mail) => await (await connected(mail.from)).deliver(mail),
    close: () => {
      for (const connection of open.values()) connection.close();
    },
  };
}
