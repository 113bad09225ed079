/** Which way a thread is shown in the active editor: conditions of commands and keys look at this. */
import * as vscode from "vscode";

export interface ThreadShown {
  /** The reader is the active editor, or is not any more. */
  reader(isActive: boolean): void;
  /** So for the text document of a thread. */
  text(isActive: boolean): void;
}

export function openThreadShown(): ThreadShown {
  const active = { reader: false, text: false };
  const tell = () => {
    void vscode.commands.executeCommand("setContext", "kernelMail.threadShown", active.reader || active.text);
    void vscode.commands.executeCommand("setContext", "kernelMail.textShown", active.text);
  };
  return {
    reader: (isActive) => {
      active.reader = isActive;
      tell();
    },
    text: (isActive) => {
      active.text = isActive;
      tell();
    },
  };
}
