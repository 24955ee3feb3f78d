/**
 * Standard output and error as commands use them: whole lines, colours for terminals only, quiet when
 * the reader goes away.
 *
 * Colours follow the stream, NO_COLOR (no-color.org) and TERM=dumb. Lines are collected and written
 * in blocks, since a replay may print a hundred thousand of them.
 */
import { writeSync } from "node:fs";
import picocolors from "picocolors";

export type Colors = ReturnType<typeof picocolors.createColors>;

function wantsColors(stream: NodeJS.WriteStream): boolean {
  const { NO_COLOR: noColor, TERM: term } = process.env;
  return stream.isTTY === true && (noColor ?? "") === "" && term !== "dumb";
}

export const outColors: Colors = picocolors.createColors(wantsColors(process.stdout));
export const errorColors: Colors = picocolors.createColors(wantsColors(process.stderr));

/** Columns of the terminal; 80 where there is none. */
export function terminalColumns(): number {
  return process.stdout.columns ?? 80;
}

const isTerminal = process.stdout.isTTY === true;
const blockLength = 1 << 16;
let held: string[] = [];
let heldLength = 0;

/** One line, or several joined by LF, to standard output; it leaves with the next `flush` at the latest. */
export function print(line: string): void {
  held.push(line);
  heldLength += line.length;
  if (heldLength >= blockLength || isTerminal) flush();
}

/** Whole lines, behind everything printed so far; they leave at once. */
export function printBlock(lines: Buffer): void {
  flush();
  writeAll(1, lines);
}

export function flush(): void {
  if (held.length === 0) return;
  const text = `${held.join("\n")}\n`;
  held = [];
  heldLength = 0;
  writeAll(1, Buffer.from(text, "utf8"));
}

/** A line to standard error, behind everything printed so far. */
export function complain(line: string): void {
  flush();
  writeAll(2, Buffer.from(`${line}\n`, "utf8"));
}

/** Standard output or error cannot take it, as on a full disk: nothing that follows would arrive either. */
export function cannotWrite(error: Error): never {
  try {
    writeSync(2, `f2b: cannot write what there is to say: ${error.message}\n`);
  } catch {
    // Standard error is where it happened.
  }
  process.exit(3);
}

/** Writes all of it before it returns. A reader that went away (`| head`) ends the process quietly. */
function writeAll(descriptor: 1 | 2, bytes: Buffer): void {
  let rest = bytes;
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EPIPE") process.exit(process.exitCode ?? 0);
      // A pipe that is full and was set non-blocking by whoever shares it: its reader needs a moment.
      if (code !== "EAGAIN") cannotWrite(error as Error);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}
