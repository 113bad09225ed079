/** The guard of development builds and tests: mail only to reserved domains, and only through servers that are ours. */

/** RFC 2606 and RFC 6761: names that nobody can own. */
const reservedEndings = [
  "example",
  "invalid",
  "test",
  "localhost",
  "example.com",
  "example.net",
  "example.org",
];

/** Whether a domain is one of the reserved ones or lies below one. */
export function isReservedDomain(domain: string): boolean {
  const name = domain.toLowerCase().replace(/\.$/, "");
  return reservedEndings.some((ending) => name === ending || name.endsWith(`.${ending}`));
}

/** Whether a host is this machine: a loopback address or a localhost name. */
export function isLoopback(host: string): boolean {
  const name = host
    .toLowerCase()
    .replace(/^\[|\]$/g, "")
    .replace(/\.$/, "");
  if (/^(?:::ffff:)?127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(name)) return true;
  return name === "::1" || name === "0:0:0:0:0:0:0:1" || name === "localhost" || name.endsWith(".localhost");
}

/**
 * What the guard refuses: the addresses outside reserved domains, and the server when it is neither this machine nor
 * a reserved name. Empty means that the mail may leave. `server` is a host without a port.
 */
export function refusedByGuard(recipients: readonly string[], server: string): string[] {
  const refused = recipients.filter(
    (address) => !isReservedDomain(address.slice(address.lastIndexOf("@") + 1)),
  );
  return isLoopback(server) || isReservedDomain(server) ? refused : [...refused, server];
}
