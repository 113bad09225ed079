/** A defect: what is wrong with a mail, kept with it. A mail is never an error. */

/** What is wrong with a mail, as data. `code` is stable, `text` is a sentence for a person. */
export interface Defect {
  code: string;
  text: string;
}
