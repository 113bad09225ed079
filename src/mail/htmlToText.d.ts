/** What we use of html-to-text, which comes without types. */
declare module "html-to-text" {
  export interface HtmlToTextOptions {
    wordwrap?: number | false;
    limits?: {
      maxDepth?: number;
      maxChildNodes?: number;
      ellipsis?: string;
    };
    selectors?: { selector: string; format?: string; options?: Record<string, unknown> }[];
  }

  /** HTML to plain text. */
  export function convert(html: string, options?: HtmlToTextOptions): string;
}
