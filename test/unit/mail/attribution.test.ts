/** Attributions: a line in, whom it names out. */
import assert from "node:assert/strict";
import { attributionEndingAt, joinPieces, matchAttribution } from "../../../src/mail/attribution.ts";

const names = (text: string, name: string, address?: string): void => {
  const found = matchAttribution(text);
  assert.deepEqual(
    found && { name: found.name, address: found.address },
    { name, address },
    `${text}: ${JSON.stringify(found)}`,
  );
};

describe("mail/attribution", () => {
  const forms: [form: string, text: string, name: string, address?: string][] = [
    ["AF1", "On 29/07/2024 09:34, Al Pha wrote:", "Al Pha"],
    ["AF1", "On 7/29/24 9:34 AM, Al Pha wrote:", "Al Pha"],
    ["AF1", "On 29.07.24 09:34, Al Pha wrote:", "Al Pha"],
    ["AF1", "On 2024-07-29 09:34, Al Pha wrote:", "Al Pha"],
    ["AF2", "On Mon, Jul 22, 2024 at 12:42:52PM +0200, Al Pha wrote:", "Al Pha"],
    ["AF3", "On Thu, 2024-07-25 at 10:02 +0200, Al Pha wrote:", "Al Pha"],
    ["AF4", "On Sun, Jul 21, 2024 at 9:25\u202fPM Al Pha <al@x.example> wrote:", "Al Pha", "al@x.example"],
    ["AF4", "On Mon, 22 Jul 2024 at 09:15, Al Pha <al@x.example> wrote:", "Al Pha", "al@x.example"],
    ["AF4 a blank that was lost", "On Fri, Feb 9, 2024 at 1:49?AM Al Pha wrote:", "Al Pha"],
    ["AF1 a blank that was lost", "On 12/7/22 3:32?PM, Al Pha wrote:", "Al Pha"],
    [
      "AF4 an address as a link",
      "On Mon, 22 Jul 2024 at 09:15, Al Pha <al@x.example<mailto:al@x.example>> wrote:",
      "Al Pha",
      "al@x.example",
    ],
    ["AF5 said", "On Wed, 16 Oct 2019 10:11:12 +0100, Al Pha said:", "Al Pha"],
    ["AF5", "On Wed, 16 Oct 2019 10:11:12 +0100, Al Pha wrote:", "Al Pha"],
    ["AF5", "On Wed, 16 Oct 2019 10:11:12 +0100", ""],
    ["AF5", "On Wed, 16 Oct 2019 10:11:12 +0100 Al Pha <al@x.example> wrote:", "Al Pha", "al@x.example"],
    ["AF6", "On Mon Jul 22, 2024 at 1:56 PM CEST, Al Pha wrote:", "Al Pha"],
    ["AF7", "Quoting Al Pha (2025-09-15 08:19:43)", "Al Pha"],
    ["AF7", "Quoting Al Pha <al@x.example>:", "Al Pha", "al@x.example"],
    ["AF10", "Al Pha, le dim. 26 mai 2019 12:43:22 +0530, a ecrit:", "Al Pha"],
    [
      "AF1",
      'On 4/10/20, 11:02 AM, "l on behalf of Al Pha" <l-bounces@x.example on behalf of al@x.example> wrote:',
      "Al Pha",
      "al@x.example",
    ],
    ["A411", "<mailto:al@x.example>> wrote:", "", "al@x.example"],
    ["AF8", "al@x.example <al@x.example> wrote:", "", "al@x.example"],
    ["AF8", "Al Pha <al@x.example> writes:", "Al Pha", "al@x.example"],
    ["AF8", "Al Pha wrote:", "Al Pha"],
    ["AF8", "* Al Pha (al@x.example) wrote:", "Al Pha", "al@x.example"],
    ["AF8", "* Al Pha:", "Al Pha"],
    ["AF8", "* Al Pha <al@x.example> [2024-01-02 10:00:00]:", "Al Pha", "al@x.example"],
    ["AF9", "Am 29.08.23 um 19:40 schrieb Al Pha:", "Al Pha"],
    ["AF9", "Am 14.11.2025 um 06:39 hat Al Pha geschrieben:", "Al Pha"],
    ["AF9", "Am Montag, 25. August 2025, 10:28:38 CEST schrieb Al Pha:", "Al Pha"],
    ["AF10", "Il 29/07/24 09:34, Al Pha ha scritto:", "Al Pha"],
    ["AF10", "Le lun. 22 juil. 2024 à 13:18, Al Pha a écrit\u00a0:", "Al Pha"],
    ["AF10", "Le 22/07/2024 à 13:18, Al Pha a écrit :", "Al Pha"],
    ["AF10", "El lun, 22 jul 2024 a las 13:18, Al Pha (<al@x.example>) escribió:", "Al Pha", "al@x.example"],
    ["AF10", "Em seg., 22 de jul. de 2024 às 13:18, Al Pha escreveu:", "Al Pha"],
    ["AF11", "Dne 2. marec 2024 ob 12:42 je Al Pha napisal(a):", "Al Pha"],
    ["AF11", "Dne 26. 01. 24 v 10:37 Al Pha napsal(a):", "Al Pha"],
    ["AF11", "W dniu 11.09.2020 o 15:54, Al Pha pisze:", "Al Pha"],
    ["AF11", "W dniu 11.09.2020 o 15:54, Al Pha napisał(a):", "Al Pha"],
    ["AF11", "Den 2024-07-22 kl. 13:18, skrev Al Pha:", "Al Pha"],
    ["AF11", "Op 22-07-2024 om 13:18 schreef Al Pha:", "Al Pha"],
    ["AF12", "вт, 10 сент. 2024 г. в 12:59, Al Pha <al@x.example>:", "Al Pha", "al@x.example"],
    ["AF12", "10.09.2024 12:59, Al Pha пишет:", "Al Pha"],
    ["AF13", "在 2025/2/14 17:51, Al Pha 写道:", "Al Pha"],
    ["AF13", "On 2021/3/1 下午2:47, Al Pha wrote:", "Al Pha"],
    ["AF13", "21. 2. 20. 오전 1:00, Al Pha wrote:", "Al Pha"],
    ["AF13", "20. 9. 11. 오후 10:53에 Al Pha 이(가) 쓴 글:", "Al Pha"],
    ["AF13", "2025-07-10 (목), 09:07 +0200, Al Pha:", "Al Pha"],
    ["AF13", "2021年06月09日 17:03，Al Pha <al@x.example> 写道：", "Al Pha", "al@x.example"],
    ["AF13", "al-pha <al@x.example> 于2019年11月7日周四 下午8:54写道：", "al-pha", "al@x.example"],
    ["AF14", "Fri, Aug 18, 2023 at 01:36:40AM CEST, al@x.example wrote:", "", "al@x.example"],
    ["AF15", "Al Pha wrote on Saturday, 21 December 2024 07:06:", "Al Pha"],
    ["AF15 said", "Al Pha said on Tue, Aug 25, 2020 at 12:03:23PM -0600:", "Al Pha"],
    ["AF16", "21.05.2024 15:43:10 Al Pha <al@x.example>:", "Al Pha", "al@x.example"],
    ["AF16", "10/01/24 16:46, Al Pha:", "Al Pha"],
    ["AF17", "On 13:01 Wed 07 May     , Al Pha wrote:", "Al Pha"],
    ["AF17", "On Fri Oct 04 19, Al Pha wrote:", "Al Pha"],
    ["AF17", "16:42-20230720, Al Pha wrote:", "Al Pha"],
    ["AF18", "2024. 03. 14. 15:00 keltezéssel, Al Pha írta:", "Al Pha"],
    [
      "a mailer with rules",
      "----- On Jun 2, 2021, at 9:12 AM, Al Pha al@x.example wrote:",
      "Al Pha",
      "al@x.example",
    ],
    ["a mailer with rules and no date", "----- Al Pha <al@x.example> a écrit :", "Al Pha", "al@x.example"],
    [
      "a mailer with rules at both ends",
      "---- On Mon, 24 Jul 2023 19:44:52 +0530 Pha, Al <al@x.example> wrote ---",
      "Pha, Al",
      "al@x.example",
    ],
    ["Supercite", '>>>>> "Al" == Al Pha <al@x.example> writes:', "Al Pha", "al@x.example"],
    ["a verb of the writer's own", "On 28 Feb 2024, Al Pha spake thusly:", "Al Pha"],
    ["a verb of the writer's own", "On 23 Feb 2024, Al Pha uttered the following:", "Al Pha"],
    ["a bug tracker", "(In reply to Al Pha from comment #16)", "Al Pha"],
    ["AF8 no verb", '"Al Ph. Ä" <al@x.example>:', "Al Ph. Ä", "al@x.example"],
    ["AF8 behind prose", "In the bug report, Al wrote:", "Al"],
    ["A406 the addressee has no name", "On Mon, 22 Jul 2024 09:15:00 +0200 you wrote:", ""],
    ["excerpts", "Excerpts from Al Pha's message of Thu Nov 26 09:17:15 +0100 2009:", "Al Pha"],
    [
      "R501 as we write it, a number in the name",
      "On Fri, May 24, 2019 at 16:45:20 +0300, Al 1 wrote:",
      "Al 1",
    ],
    ["A409 a name that is a month", "On Thu 14-03-24 10:00:00, Jan Pha wrote:", "Jan Pha"],
    [
      "A409 a name with a comma",
      'On Mon, 22 Jul 2024 09:15:00 +0200, "Pha, Al" <al@x.example> wrote:',
      "Pha, Al",
      "al@x.example",
    ],
    [
      "A409 a short surname before a comma is no time zone",
      "On Mon, Aug 22, 2022 at 1:08 PM Pha, Al <al@x.example> wrote:",
      "Pha, Al",
      "al@x.example",
    ],
    [
      "A409 a relay's name",
      "On Mon, 22 Jul 2024 at 09:15, Al Pha via B4 Relay <al@x.example> wrote:",
      "Al Pha",
      "al@x.example",
    ],
    ["A409 an address alone", "On Mon, 22 Jul 2024 09:15:00 +0200, al@x.example wrote:", "", "al@x.example"],
    [
      "B622 Outlook's headers in one line",
      "From: Al Pha <al@x.example> Sent: Wednesday, April 27, 2022 3:49 PM",
      "Al Pha",
      "al@x.example",
    ],
  ];
  for (const [form, text, name, address] of forms) {
    it(`${form} ${text}`, () => {
      if (form === "AF5" && name === "") assert.equal(matchAttribution(text), undefined);
      else names(text, name, address);
    });
  }

  for (const text of [
    "On your host you can run:",
    "As Al said:",
    "a set of 2 pages is still modified by new writes.",
    "On most machines, this prints 12:30:",
    "As I said on 2024-01-02 10:00:",
    "On this Al said:",
    "From: Al Pha <al@x.example>",
    "Reported-by: Al Pha <al@x.example>:",
    "Link: https://x.example/2024-01-02 10:00:",
    "1234567890ab (Al Pha 2024-01-02 10:00:00 +0200 12) int x:",
    "    On Mon, 22 Jul 2024 09:15:00 +0200, Al Pha wrote:",
    "@@ -1,2 +1,2 @@ On 10:00 Al wrote:",
    "[   12.345678] al@x.example 10:00:",
    `On Mon, 22 Jul 2024 09:15:00 +0200, ${"Al ".repeat(100)} wrote:`,
  ]) {
    it(`A402 A405 no attribution: ${text.slice(0, 60)}`, () =>
      assert.equal(matchAttribution(text), undefined));
  }

  it("A411 pieces of a broken address join without a blank", () => {
    assert.equal(joinPieces(["On D, Al <", "al@x.example> wrote:"]), "On D, Al <al@x.example> wrote:");
    assert.equal(joinPieces(["On D, Al <al", "@x.example> wrote:"]), "On D, Al <al@x.example> wrote:");
    assert.equal(joinPieces(["On D, Al", "wrote:"]), "On D, Al wrote:");
  });
  it("A401 takes the fewest lines that begin like an attribution", () => {
    const lines = ["Hi Bo,", "On Mon, Jul 22, 2024 at 1:18 PM Al", "Pha <al@x.example> wrote:"].map(
      (content) => ({ depth: 0, content }),
    );
    const found = attributionEndingAt(lines, 2);
    assert.deepEqual([found?.first, found?.last, found?.name], [1, 2, "Al Pha"]);
  });
  it("A401 a full stop in a date ends nothing", () => {
    const lines = ["Al Pha <al@x.example> schrieb am Mo., 27.", "Jan. 2020, 18:04:"].map((content) => ({
      depth: 0,
      content,
    }));
    assert.deepEqual(attributionEndingAt(lines, 1)?.name, "Al Pha");
  });
  it("A401 a name without capitals stands before its address", () => {
    const lines = ["Hi,", "al pha <al@x.example> 于2019年11月7日周四 下午8:54写道："].map((content) => ({
      depth: 0,
      content,
    }));
    assert.deepEqual(attributionEndingAt(lines, 1)?.name, "al pha");
  });
  it("A401 joins lines of one depth only", () => {
    const lines = [
      { depth: 1, content: "On Mon, Jul 22, 2024 at 1:18 PM Al" },
      { depth: 0, content: "<al@x.example> wrote:" },
    ];
    assert.equal(attributionEndingAt(lines, 1)?.first, 1);
  });
});
