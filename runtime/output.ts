/**
 * Standard output and error of a bundle: whole lines, quiet when the reader has gone away. What a full disk refuses is
 * remembered as a fault, and the next lines are tried again: a daemon goes on without its output.
 */
import { openDescriptor } from "./descriptor.ts";

export interface Output {
  print(line: string): void;
  /** A message for people, to standard error; those of one turn go out together. */
  say(message: string): void;
  /** What was printed has left. */
  flush(): void;
  /** From now on a reader that takes nothing loses lines, and holds nobody; `tell` hears of it when it reads on. */
  waitForNobody(tell: (message: string) => void): void;
  /** Why something that was printed is lost, as Node says it; null: nothing is. */
  readonly fault: string | null;
}

const blockLength = 1 << 16;

export function openOutput(): Output {
  const out = openDescriptor(1);
  const errors = openDescriptor(2);
  let tell: (message: string) => void = () => {};
  let held: string[] = [];
  let heldLength = 0;
  let isGone = false;
  let fault: string | null = null;
  let said = "";

  function flush(): void {
    const text = held.length === 0 ? "" : `${held.join("\n")}\n`;
    held = [];
    heldLength = 0;
    const refused = isGone ? null : out.write(text);
    if (refused?.code === "EPIPE") isGone = true;
    else if (refused !== null) fault ??= refused.message;
    const saidNow = said;
    said = "";
    errors.write(saidNow);
    for (const [name, one] of [
      ["output", out],
      ["error", errors],
    ] as const) {
      const lost = one.takeLost();
      if (lost > 0) tell(`nobody read standard ${name} for a while: ${lost} lines of it are lost`);
    }
  }

  return {
    print(line) {
      held.push(line);
      heldLength += line.length;
      if (heldLength >= blockLength) flush();
    },
    say(message) {
      if (said === "") queueMicrotask(flush);
      said += `${message}\n`;
    },
    flush,
    waitForNobody(hear) {
      tell = hear;
      out.waitForNobody();
      errors.waitForNobody();
    },
    get fault() {
      return fault;
    },
  };
}
