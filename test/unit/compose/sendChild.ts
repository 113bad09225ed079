/** A process that sends what waits in an outbox and is killed on the way: `node sendChild.ts OUTBOX PORT`. */
import { startDispatch } from "../../../src/compose/dispatch.ts";
import { Outbox } from "../../../src/compose/outbox.ts";
import { connectSmtp } from "../../../src/compose/send.ts";

const [, script = "", folder = "", port = ""] = process.argv;

async function main(): Promise<void> {
  const dispatch = startDispatch({
    outbox: new Outbox(folder),
    connect: () =>
      connectSmtp(
        { kind: "smtp", host: "127.0.0.1", port: Number(port), encryption: "none" },
        { onlyReserved: true },
      ),
    onChange: () => undefined,
    onFault: (error) => {
      throw error;
    },
    backOff: () => 50,
  });
  dispatch.kick();
  await dispatch.settled();
  await dispatch.close();
}

if (script.endsWith("sendChild.ts")) void main();
