/** A person who answers the lists, boxes and messages of a command by what is asked. */
import * as vscode from "vscode";
import { until } from "./editor.ts";

/**
 * What is answered to a question, by a part of its text: the label of an entry or of a button (a part of it), several
 * of them where several can be chosen, or the text typed into a box. What is not named is declined.
 */
export type Answers = Readonly<Record<string, string | readonly string[]>>;

/** A question as it was asked: a title and what stands with it, and what is offered. */
export interface Asked {
  text: string;
  offered: string[];
}

interface Entry {
  label: string;
  detail?: string;
}
interface Options {
  title?: string;
  prompt?: string;
  placeHolder?: string;
  detail?: string;
  modal?: boolean;
  canPickMany?: boolean;
}

const LISTED = ["showQuickPick", "showInputBox"] as const;
const TOLD = ["showErrorMessage", "showWarningMessage", "showInformationMessage"] as const;

/** Answers everything that is asked until `act` has ended; gives the questions in their order. */
export async function answering(act: () => PromiseLike<unknown>, answers: Answers): Promise<Asked[]> {
  const asked: Asked[] = [];
  const answerTo = (text: string, offered: string[]): string | readonly string[] | undefined => {
    asked.push({ text, offered });
    const key = Object.keys(answers).find((part) => text.includes(part));
    return key === undefined ? undefined : answers[key];
  };
  const textOf = (...parts: (string | undefined)[]): string => parts.filter(Boolean).join("\n");
  const window = vscode.window as unknown as Record<string, unknown>;
  const names = [...LISTED, ...TOLD];
  const before = names.map((name) => window[name]);
  window["showQuickPick"] = async (given: Entry[] | Promise<Entry[]>, options: Options = {}) => {
    const entries = await given;
    const offered = entries.map(({ label, detail }) => textOf(label, detail));
    const answer = answerTo(textOf(options.title, options.placeHolder), offered);
    const wanted = typeof answer === "string" ? [answer] : answer;
    const chosen = entries.filter(({ label }) => wanted?.some((part) => label.includes(part)));
    if (options.canPickMany) return wanted && chosen;
    return chosen[0];
  };
  window["showInputBox"] = async (options: Options = {}) =>
    answerTo(textOf(options.title, options.prompt), []);
  for (const name of TOLD) {
    window[name] = async (message: string, ...rest: (string | Options)[]) => {
      const offered = rest.filter((one) => typeof one === "string");
      const detail = rest.find((one) => typeof one === "object")?.detail;
      const answer = answerTo(textOf(message, detail), offered);
      return offered.find((one) => one === answer);
    };
  }
  try {
    await act();
  } finally {
    names.forEach((name, index) => {
      window[name] = before[index];
    });
  }
  return asked;
}

/** Accepts the entry that a list proposes, as long as `running` has not ended. */
export async function accepting<T>(running: PromiseLike<T>): Promise<T> {
  let done = false;
  void running.then(() => {
    done = true;
  });
  await until("the choice is taken", async () => {
    if (!done) await vscode.commands.executeCommand("workbench.action.acceptSelectedQuickOpenItem");
    return done;
  });
  return await running;
}
