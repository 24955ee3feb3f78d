#!/usr/bin/env node
/**
 * `f2b`: the command line. One file a command, loaded when it is given.
 *
 * In: the arguments. Out: what the command prints, and its exit code: 0 done; 1 the input has errors or
 * tests failed; 2 wrong usage; 3 a fault of the host. Only compiler/cli touches disk, terminal and codes.
 */
import { type Command, CommanderError } from "commander";
import { showText } from "../diagnostics/show-text.ts";
import { makeProgram } from "./commands.ts";
import { Fault } from "./fault.ts";
import { cannotWrite, complain, errorColors, flush } from "./terminal.ts";

// Whoever reads us went away: nothing is left to say.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(process.exitCode ?? 0);
    cannotWrite(error);
  });
}

await run(process.argv);

async function run(argv: readonly string[]): Promise<void> {
  try {
    const program = makeProgram();
    await program.parseAsync(isUnknownCommand(program, argv[2]) ? argv.slice(0, 3) : argv);
  } catch (error) {
    process.exitCode = report(error);
  }
  flush();
}

/** The help of a command that there is not would be the general one, as if all were well. */
function isUnknownCommand({ commands }: Command, word = "-"): boolean {
  return !word.startsWith("-") && word !== "help" && commands.every((one) => one.name() !== word);
}

/** Prints what ended the command and gives its exit code. */
function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof Fault) {
    complain(`${errorColors.bold(errorColors.red("f2b:"))} ${showText(error.message)}`);
    if (error.help !== undefined) complain(`     ${error.help}`);
    return error.exitCode;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  // A policy compiled in memory has its whole text for an address.
  const short = stack.replace(/data:text\/javascript;base64,[\w+/=]+/g, "bundle.mjs");
  complain(`f2b: this is a mistake in f2b itself, please report it\n${short}`);
  return 3;
}
