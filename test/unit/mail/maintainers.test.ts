/** MAINTAINERS: a file in, the patterns of one person out. */
import assert from "node:assert/strict";
import { filesOf } from "../../../src/mail/maintainers.ts";

const FILE = `List of maintainers

Maintainers List
----------------

POND DRIVERS
M:	Ada Moreno <ada@kernel.example>
M:	"Lind, Bo" <bo@kernel.example>
L:	linux-pond@vger.example
S:	Maintained
F:	Documentation/pond.rst
F:	drivers/pond/
X:	drivers/pond/old/
K:	pond_take

LAKE FILESYSTEM
R:	Ada Moreno <ADA@kernel.example>
F:	fs/lake*.c
F:	drivers/pond/

THE REST
M:	Ada Moreno <ada@kernel.example>
F:	*
F:	*/

SEA
M:	Chen Wei <chen@kernel.example>
F:	sea/
`;
const files = (address: string): string[] => filesOf(FILE, (one) => one.toLowerCase() === address);

describe("mail/maintainers", () => {
  it("gives the files of every section that names somebody, but everything", () =>
    assert.deepEqual(files("ada@kernel.example"), ["Documentation/pond.rst", "drivers/pond/", "fs/lake*.c"]));
  it("reads names with commas", () =>
    assert.deepEqual(files("bo@kernel.example"), ["Documentation/pond.rst", "drivers/pond/"]));
  it("gives nothing to those it does not name", () => assert.deepEqual(files("x@kernel.example"), []));
});
