import assert from "node:assert/strict";
import { type AliasFormat, aliasFiles, readAliases, resolveAlias } from "../../../src/compose/aliases.ts";
import { formatMailbox } from "../../../src/mail/address.ts";

/** An address book and a name in; whom it stands for out. */
function means(format: AliasFormat, text: string, name: string, ...expected: string[]): void {
  assert.deepEqual(resolveAlias(readAliases(text, format), name).map(formatMailbox), expected);
}

const bob = "Bob B <bob@x.example>";
const carol = "carol@x.example";

describe("address books", () => {
  it("mutt", () => means("mutt", `# mine\nalias bob ${bob}\n`, "bob", bob));
  it("mutt with groups and a comment", () =>
    means("mutt", `alias -group mm -group all bob ${bob} # from the pond\n`, "Bob", bob));
  it("mutt with several, over lines", () =>
    means("mutt", `alias two ${bob}, \\\n  ${carol}\n`, "two", bob, carol));
  it("mailrc", () => means("mailrc", `alias two "${bob}" ${carol}\n`, "two", bob, carol));
  it("pine", () => means("pine", "bob\tB, Bob\tbob@x.example\n", "bob", bob));
  it("pine with a list, over lines", () =>
    means("pine", "two\tBoth\t(bob@x.example,\n   carol@x.example)\n", "two", "bob@x.example", carol));
  it("sendmail", () => means("sendmail", `# us\nbob: ${bob}\ntwo: bob, ${carol}\n`, "two", carol, bob));
  it("sendmail delivers to no program", () => means("sendmail", 'bob: "|/bin/mail"\n', "bob"));
  it("gnus", () => means("gnus", `(define-mail-alias "bob" "${bob}")\n`, "bob", bob));
  it("a circle of names ends", () => means("sendmail", "a: b\nb: a, x@x.example\n", "a", "x@x.example"));
  it("a name that stands for nobody", () => means("mutt", "", "bob"));
  it("git says where they are, per identity", () => {
    const config: [string, string][] = [
      ["sendemail.aliasesfile", "~/.mutt/aliases"],
      ["sendemail.aliasfiletype", "mutt"],
      ["sendemail.identity", "work"],
      ["sendemail.work.aliasesfile", "/etc/aliases"],
      ["sendemail.work.aliasfiletype", "sendmail"],
    ];
    assert.deepEqual(aliasFiles(config), { paths: ["/etc/aliases"], format: "sendmail" });
    assert.deepEqual(aliasFiles(config.slice(0, 2)), { paths: ["~/.mutt/aliases"], format: "mutt" });
  });
});
