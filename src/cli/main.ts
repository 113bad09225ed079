/** The command line: finds the command, runs it, and turns what goes wrong into a sentence and an exit code. */
import { parseArgs } from "node:util";
import { isAbort } from "../base/channel.ts";
import { isUserError, sentence } from "../base/report.ts";
import { type Call, type CallOptions, indexFile, stateFile } from "./call.ts";
import { openOutput } from "./output.ts";
import { UsageError, usage } from "./usage.ts";
import { version } from "./version.ts";

type OptionName = keyof CallOptions;

interface Command {
  /** The options it takes beside `--db` and `--pretty`. */
  options: readonly OptionName[];
  /** Returns the exit code. */
  run(call: Call): Promise<number>;
}

/** Each command is loaded when it is called: reading threads needs no mail library, and a wrong call nothing. */
const commands: Record<string, Command> = {
  index: { options: [], run: async (call) => (await import("./indexSources.ts")).index(call) },
  threads: {
    options: ["limit", "query", "list", "state"],
    run: async (call) => (await import("./threads.ts")).threads(call),
  },
  thread: { options: [], run: async (call) => (await import("./threads.ts")).thread(call) },
  show: { options: ["all"], run: async (call) => (await import("./show.ts")).show(call) },
  links: { options: ["all"], run: async (call) => (await import("./links.ts")).links(call) },
  reply: {
    options: ["from", "keep", "body", "to-sender"],
    run: async (call) => (await import("./reply.ts")).reply(call),
  },
  render: { options: [], run: async (call) => (await import("./reply.ts")).render(call) },
  check: { options: [], run: async (call) => (await import("./check.ts")).check(call) },
  search: { options: ["limit", "state"], run: async (call) => (await import("./search.ts")).search(call) },
  doctor: { options: [], run: async (call) => (await import("./doctor.ts")).doctor(call) },
};

/** Splits a call into command, arguments and options; throws a UsageError for what no command takes. */
function readCall(argv: readonly string[]) {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(argv);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    // Node adds hints on how to quote, on further lines and behind the first sentence.
    const [line = ""] = error.message.split("\n");
    throw new UsageError(line.replace(/(?:\. .*|\.)?$/, "."));
  }
  const { help, version: showVersion, ...options } = parsed.values;
  const [name, ...args] = parsed.positionals;
  return { name, args, options, help: help === true, showVersion: showVersion === true };
}

const parse = (argv: readonly string[]) =>
  parseArgs({
    args: [...argv],
    allowPositionals: true,
    strict: true,
    options: {
      db: { type: "string" },
      pretty: { type: "boolean" },
      all: { type: "boolean" },
      limit: { type: "string" },
      query: { type: "string" },
      list: { type: "string" },
      state: { type: "string" },
      from: { type: "string" },
      keep: { type: "string" },
      body: { type: "string" },
      "to-sender": { type: "boolean" },
      help: { type: "boolean", short: "h" },
      version: { type: "boolean" },
    },
  });

/** Finds the command of a call and checks that it takes the options given. */
function findCommand(name: string | undefined, options: CallOptions): Command {
  if (name === undefined) throw new UsageError("A command is needed.");
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) throw new UsageError(`There is no command “${name}”.`);
  for (const option of Object.keys(options)) {
    if (option === "db" || option === "pretty" || command.options.includes(option as OptionName)) continue;
    throw new UsageError(`${name} takes no --${option}.`);
  }
  return command;
}

/** Runs one call of the command line; resolves with the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  const say = (text: string) => process.stderr.write(`kernel-mail: ${text}\n`);
  const interrupt = new AbortController();
  const onInterrupt = () => interrupt.abort();
  process.once("SIGINT", onInterrupt);
  const out = openOutput(process.stdout, argv.includes("--pretty"));
  try {
    const { name, args, options, help, showVersion } = readCall(argv);
    if (help || showVersion) {
      await out.write(help ? usage : `${version()}\n`);
      return 0;
    }
    const command = findCommand(name, options);
    const db = indexFile(options.db);
    const signal = AbortSignal.any([interrupt.signal, out.closed]);
    const notices: (readonly string[])[] = [];
    const open = async () => {
      const { openArchive } = await import("../archive/archive.ts");
      const state = stateFile(options.state);
      const archive = openArchive({
        db,
        git: "git",
        bodies: "prose",
        ...(state === undefined ? {} : { state }),
      });
      notices.push(archive.notices);
      return archive;
    };
    try {
      return await command.run({ args, options, out, say, open, db, signal });
    } finally {
      // Said at the end: an index can turn out to be damaged at any question, and what follows is then empty.
      for (const notice of new Set(notices.flat())) say(notice);
    }
  } catch (error) {
    // A reader that has seen enough (`| head`) is no failure; Ctrl-C ends as shells expect it.
    if (out.closed.aborted) return 0;
    if (interrupt.signal.aborted || isAbort(error)) return 130;
    if (error instanceof UsageError) {
      say(`${error.message} See kernel-mail --help.`);
      return 2;
    }
    if (isUserError(error)) {
      say(sentence(error));
      return 1;
    }
    say(`This should not have happened: ${sentence(error)}`);
    if (process.env["KERNEL_MAIL_DEVELOPMENT"] && error instanceof Error)
      process.stderr.write(`${error.stack}\n`);
    return 1;
  } finally {
    process.removeListener("SIGINT", onInterrupt);
  }
}
