/** What a page of the reader may ask, and with what: a page is outside the door. */
import type { Checks } from "../../base/channel.ts";
import type { HostContract, PaneState } from "../../reader/protocol.ts";

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const isId = (value: unknown): value is string =>
  typeof value === "string" && value !== "" && value.length <= 998;

export const isLines = (value: unknown): boolean =>
  value === undefined ||
  (Array.isArray(value) &&
    value.length <= 10_000 &&
    value.every(
      (range) =>
        Array.isArray(range) &&
        range.length === 2 &&
        range.every((line) => Number.isSafeInteger(line) && line >= 1) &&
        Number(range[0]) <= Number(range[1]),
    ));

export const isState = (value: unknown): value is PaneState => isRecord(value) && isId(value["thread"]);

const LINK_KINDS: readonly unknown[] = ["url", "messageId", "commit", "place", "symbol", "bug"];

const isTarget = (value: unknown): boolean => typeof value === "string" && value.length <= 4000;

const isLink = (params: unknown): boolean =>
  isRecord(params) &&
  LINK_KINDS.includes(params["kind"]) &&
  isTarget(params["target"]) &&
  (params["url"] === undefined || isTarget(params["url"]));

export const checks: Checks<HostContract["requests"]> = {
  ready: (params) => params === null || isState(params),
  reply: (params) =>
    isRecord(params) &&
    isId(params["messageId"]) &&
    isLines(params["lines"]) &&
    (params["toSender"] === undefined || typeof params["toSender"] === "boolean"),
  act: (params) =>
    isRecord(params) &&
    typeof params["action"] === "string" &&
    isId(params["messageId"]) &&
    isLines(params["lines"]) &&
    (params["marked"] === undefined || (Array.isArray(params["marked"]) && params["marked"].every(isId))),
  keepCites: (params) => isRecord(params) && (params["cites"] === "bars" || params["cites"] === "marks"),
  follow: isLink,
  preview: isLink,
  copy: (params) =>
    isRecord(params) && typeof params["text"] === "string" && params["text"].length <= 4_000_000,
  raw: (params) => isRecord(params) && isId(params["messageId"]),
  attachment: (params) =>
    isRecord(params) &&
    isId(params["messageId"]) &&
    Number.isSafeInteger(params["index"]) &&
    typeof params["save"] === "boolean",
};
