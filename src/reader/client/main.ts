/** Starts the pane: joins the editor's wall to the page. */
import type { Port } from "../../base/channel.ts";
import { Channel } from "../../base/channel.ts";
import type { HostContract, PaneContract, PaneState } from "../protocol.ts";
import { Pane } from "./pane.ts";

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
const pane = new Pane(rootOf(document), channel, (state) => editor.setState(state), editor.getState());
pane.start();
