import assert from "node:assert/strict";
import { fixedLook } from "../../../src/compose/looks.ts";
import { ownProse } from "../../../src/compose/paragraphs.ts";
import { readReply } from "../../../src/compose/replySheet.ts";

/** Lines in; what each is by its look out. */
const looks = (look: string, ...lines: string[]): void => {
  it(`R803 ${look}`, () =>
    assert.deepEqual(
      lines.map((line) => [line, fixedLook(line)]),
      lines.map((line) => [line, look]),
    ));
};

describe("what is no prose by its look", () => {
  looks("a diffstat", " drivers/pond/pond.c | 12 +++++-----", " 3 files changed, 12 insertions(+)");
  looks("a diffstat", " create mode 100644 pond/new.c", " rename pond/{a.c => b.c} (97%)");
  looks("a commit", "commit 0123456789abcdef", `From ${"0a".repeat(20)} Mon Sep 17 00:00:00 2001`);
  looks("a header field", "Subject: [PATCH] pond: fill it", "Date:   Wed May 10 08:54:11 2017 -0500");
  looks(
    "a log",
    "[   12.345678] pond: full",
    "[Tue Feb 14 18:48:32 2023] pond: full",
    "Feb  4 18:48:32 host kernel: pond: full",
    "2023-02-14 18:48:32 pond: full",
    "[WARNING] pond is full",
    "CPU: 7 PID: 1 Comm: swapper/0 Not tainted 6.5.0",
    "Hardware name: Pond Works P1",
    "RAX: ffffffffffffffda RBX: 0000000000000001",
    "RSP: 0018:ffffc90000007d90 EFLAGS: 00000093",
    "r3 : 00000000  r2 : 00000018",
    "---[ end trace 0000000000000000 ]---",
    "------------[ cut here ]------------",
    "Call trace:",
    "Unable to handle kernel NULL pointer dereference at virtual address 0000: 1",
    "INFO: task pond:12 blocked for more than 120 seconds: yes",
  );
  looks(
    "a stack trace",
    " ? pond_fill+0x1a/0x90",
    "(pond_fill+0xd4/0x108)",
    "[<c0210fb0>] (pond_fill) from [<c020d7ac>] (pond_init+0x180/0x1a0)",
    " #2: ffffffd01109ea90 (pond_lock){....}-{2:2}, at: pond_fill+0x3ec/0x7ac",
    " __se_sys_ioctl fs/ioctl.c:856 [inline]",
  );
  looks(
    "a build log",
    "drivers/pond/pond.c:365:41: error: no member named 'depth' in 'struct pond'",
    ">> pond.c:1: warning: unused",
    "m68k-linux-ld: drivers/pond/pond.o: in function `fill':",
    "In file included from include/linux/pond.h:12,",
    "make[3]: *** [scripts/Makefile.build:252: pond.o] Error 1",
  );
  looks(
    "a memory dump",
    "ffff88801a2be93c: 00 01 02 03 04",
    "0000010 0a0b 0c0d 0e0f 1011",
    "  1f: 49 8d 87 58",
  );
  looks(
    "a command",
    "$ make pond",
    "root@host /sys/kernel#",
    "[ada@host pond]$ make",
    "(gdb) bt",
    "kdb> bt",
    "git bisect good 0123456789ab",
    "fio --rw=randread --size=128G --direct=1",
    "modprobe -v pond \\",
  );
  looks("code", "#include <linux/pond.h>", "static int fill(struct pond *pond) {", "pond->depth = 3;", "}");

  const prose = (...lines: string[]): void => {
    for (const line of lines) it(`prose: ${line}`, () => assert.equal(fixedLook(line), undefined));
  };
  prose(
    "Oops, this was sent by accident.",
    "CPU, the housekeeping subsystem and the rest must flush the works.",
    "I built it with -O2 and -g on my machine, and it does not boot.",
    "return values differ between the two, which is what I meant",
    "It crashed in pond_fill+0x1a/0x90 because the pond was empty.",
    "git bisect says that the pond is to blame, and I believe it.",
    "Note: the pond is full",
    "make sure that the pond is full before you fill it: it spills",
    "static analysis finds this too, so please mention it;",
    "From what I see in pond.c, line 12, this is wrong.",
    "(see the pond)",
  );
});

describe("what stands between lines that machines wrote", () => {
  /** Own lines in; those that are prose out. */
  const isProse = (lines: string[], expected: string[]) => () => {
    const sheet = readReply(lines.join("\n")).lines;
    const prose = ownProse(sheet);
    assert.deepEqual(
      lines.filter((_, at) => prose[at]),
      expected,
    );
  };
  const oops = ["Modules linked in: pond lake", "sea ocean (unloaded)", "CPU: 1 PID: 2 Comm: pond"];
  it("R803 is theirs", isProse(oops, []));
  it(
    "R803 what stands above and below them is not",
    isProse(["It says:", ...oops, "Why?"], ["It says:", "Why?"]),
  );
  it(
    "R803 where most is prose it is prose",
    isProse(
      ["BUG: pond", "one two", "three four", "five six", "BUG: pond"],
      ["one two", "three four", "five six"],
    ),
  );
  it(
    "R803 (4) a link alone in its line is not joined",
    isProse(["See", "https://x.example/pond", "for it."], ["See", "for it."]),
  );
});
