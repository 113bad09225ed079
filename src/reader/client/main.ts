/** Starts the pane: joins the editor's wall to the page. */
import type { Port } from "../../base/channel.ts";
import { Channel } from "../../base/channel.ts";
import type { HostContract, PaneContract, PaneState } from "../protocol.ts";
import { Actions } from "./actions.ts";
import { listen } from "./listen.ts";
import { Pane } from "./pane.ts";
import type { Highlight } from "./syntax.ts";

interface EditorApi {
  postMessage(message: unknown): void;
  getState(): PaneState | undefined;
  setState(state: PaneState): void;
}

declare function acquireVsCodeApi(): EditorApi;

function rootOf(page: Document): HTMLElement {
  const found = page.getElementById("root");
  if (found) return found;
  const root = page.createElement("div");
  root.id = "root";
  page.body.append(root);
  return root;
}

/** Loads the bundle that colours code; it lies beside this one and is let in by the same nonce. */
function loadHighlight(page: Document, beside: HTMLScriptElement): () => Promise<Highlight> {
  return () =>
    new Promise((resolve, reject) => {
      const script = page.createElement("script");
      script.nonce = beside.nonce;
      script.src = new URL("highlight.js", beside.src).href;
      script.addEventListener("load", () => {
        const { kernelMailHighlight } = globalThis as { kernelMailHighlight?: Highlight };
        if (kernelMailHighlight) resolve(kernelMailHighlight);
        else reject(new Error("The colours of code could not be loaded."));
      });
      script.addEventListener("error", () => reject(new Error("The colours of code could not be loaded.")));
      page.head.append(script);
    });
}

const own = document.currentScript as HTMLScriptElement;
const editor = acquireVsCodeApi();
const port: Port = {
  post: (message) => editor.postMessage(message),
  listen: (receive) => {
    const hear = (event: MessageEvent) => receive(event.data);
    window.addEventListener("message", hear);
    return () => window.removeEventListener("message", hear);
  },
};
const channel = new Channel<HostContract, PaneContract>(port);
const pane = new Pane(
  rootOf(document),
  channel,
  (state) => editor.setState(state),
  editor.getState(),
  loadHighlight(document, own),
);
listen(pane, new Actions(pane));
pane.start();
