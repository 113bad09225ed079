/** What we use of html-to-text, which comes without types. */
declare module "html-to-text" {
  export interface HtmlToTextOptions {
    wordwrap?: number | false;
    limits?: {
      maxDepth?: number;
      maxChildNodes?: number;
      ellipsis?: string;
    };
    formatters?: Record<string, (element: HtmlNode, walk: unknown, builder: HtmlTextBuilder) => void>;
    selectors?: { selector: string; format?: string; options?: Record<string, unknown> }[];
  }

  /** A node of the tree; text has `data`, an element a `name`. */
  export interface HtmlNode {
    name?: string;
    data?: string;
    prev: HtmlNode | null;
    next: HtmlNode | null;
    parent: HtmlNode | null;
  }

  export interface HtmlTextBuilder {
    addInline(text: string): void;
    addLineBreak(): void;
  }

  /** HTML to plain text. */
  export function convert(html: string, options?: HtmlToTextOptions): string;
}
