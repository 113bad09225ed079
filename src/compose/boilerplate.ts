/** What companies and mail programs put round people's words: gateway banners, disclaimers, "Sent from my …" (R702, R1103, R1105). */

/** Longer lines are judged by their beginning. */
const LOOKED_AT = 400;

const BANNER =
  /^(?:\[?\s*(?:external|ext)\b[^\]]{0,60}\]|\*{0,3}\s*(?:caution|warning)\s*[:!].{0,80}\b(?:external|outside)\b|external (?:e-?mail|mail|message)\b)/i;

const DISCLAIMER =
  /\b(?:this (?:e-?mail|message|communication)\b.{0,80}\b(?:confidential|privileged|intended (?:only|solely))|confidentiality notice|the information (?:contained )?in this (?:e-?mail|message)\b)/i;

const SENT_FROM = /^(?:Sent from (?:my|Mail|Yahoo|Outlook|Proton)|Get Outlook for )/;

/** A warning that a company's gateway puts above other people's words. */
export const isBanner = (line: string): boolean => BANNER.test(line.slice(0, LOOKED_AT));

/** How the boilerplate begins that companies put below mail. */
export const isDisclaimer = (text: string): boolean => DISCLAIMER.test(text.slice(0, LOOKED_AT));

/** What a telephone puts below mail. */
export const isSentFrom = (line: string): boolean => SENT_FROM.test(line);
