/**
 * `f2b status`, `bans`, `ban` and their sisters: the bundle's own client, for who has f2b at hand.
 */
import { readArguments, UsageError } from "../../runtime/arguments.ts";
import { ControlError } from "../../runtime/control/client.ts";
import { runControl } from "../../runtime/control/command.ts";
import { openOutput } from "../../runtime/output.ts";
import { Fault, inputFault, usageFault } from "./fault.ts";

export async function controlCommand(verb: string, words: readonly string[]): Promise<void> {
  const output = openOutput();
  try {
    const command = readArguments([verb, ...words]);
    if (!("operands" in command)) throw usageFault(`${verb} is no question to a bundle`);
    await runControl(command, output);
  } catch (error) {
    if (error instanceof UsageError) throw usageFault(error.message);
    if (error instanceof ControlError && !error.unreachable) throw inputFault(error.message);
    throw error instanceof Fault ? error : new Fault(3, (error as Error).message);
  } finally {
    output.flush();
  }
  if (output.fault !== null) throw new Fault(3, `cannot write the answer: ${output.fault}`);
}
