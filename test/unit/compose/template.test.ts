import assert from "node:assert/strict";
import { fillTemplate, templateValues } from "../../../src/compose/template.ts";
import { messageOf } from "../../mails.ts";

/** A name as it stands in a template. */
const v = (name: string): string => `\${${name}}`;

const fills = async (text: string, expected: string, fields: Parameters<typeof messageOf>[0] = {}) =>
  assert.equal(fillTemplate(text, templateValues(await messageOf(fields))), expected);

describe("templates", () => {
  it("name the author and the subject", () =>
    fills(`Hi ${v("firstName")},\n\n${v("subject")} is applied.`, "Hi Bob,\n\nclk: fix foo is applied."));
  it("know names that are turned round", () =>
    fills(`${v("firstName")}`, "Jane", { From: '"Doe, Jane" <jane@x.example>' }));
  it("take the address where there is no name", () =>
    fills(`${v("firstName")}`, "bob", { From: "bob@x.example" }));
  it("name the series", () =>
    fills(`${v("series")}`, "v2 patch 3/7", { Subject: "[PATCH v2 3/7] clk: fix foo" }));
  it("leave alone what they do not know", () =>
    fills(`${v("HOME")} ${v("commits")}`, `${v("HOME")} ${v("commits")}`));
});
