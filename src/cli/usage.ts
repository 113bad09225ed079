/** What the command line offers, in words, and what is wrong with a call of it. */

/** A call that cannot be understood: exit code 2. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "UsageError";
  }
}

export const usage = `Usage: kernel-mail COMMAND [OPTION]... [ARGUMENT]...

  index SOURCE...             bring the index up to date with archives, one line for each
  threads [--limit N] [--query Q] [--list L] [--state FILE]
                              threads, newest activity first
  thread MESSAGE-ID           the messages of a thread in reading order
  show MESSAGE-ID... | --all  whole messages: headers, body, blocks, links, attachments
  links MESSAGE-ID... | --all what messages refer to
  reply MESSAGE-ID [--from ADDR] [--keep A-B,C] [--body FILE] [--to-sender]
                              the draft of a reply, as text
  check FILE                  what to put right in a draft before it is sent
  render FILE                 the exact bytes that a draft is sent as
  search QUERY [--limit N] [--state FILE]
                              messages that fit a query
  doctor                      what is there to work with

  --db FILE   the index (default: in the cache folder)
  --state FILE
              the editor's state.sqlite: unread is what it says, and queries may ask for is:unread, answers:me ...
  --pretty    JSON over several lines
  --help, --version

JSON goes to stdout, one object a line. Exit code 0: done; 1: a problem with the data or the request, one line
about it on stderr; 2: the call itself was wrong.
`;
