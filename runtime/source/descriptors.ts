/**
 * How many logs may be open at once: what the process may have open, less what all else needs.
 *
 * What must hold: however many logs a policy finds, the firewall's program can be started, the state written and the
 * control socket answered.
 */
import { readFileSync } from "node:fs";

/** Node has about 25 of its own, a program takes seven while it starts, a client of the control socket one. */
const reserve = 96;
/** Where /proc does not tell. */
const limitDefault = 1024;

let known: number | null = null;

/** RLIMIT_NOFILE (getrlimit(2)); Node raises the soft limit to the hard one when it starts. */
export function descriptorsMax(): number {
  known ??= readLimit();
  return known;
}

/** Where there is little, a quarter of it. */
export function openLogsMax(): number {
  const max = descriptorsMax();
  return Math.max(max - reserve, max >> 2);
}

function readLimit(): number {
  try {
    const limits = readFileSync("/proc/self/limits", "utf8");
    return Number(/^Max open files +(\d+)/m.exec(limits)?.[1] ?? limitDefault);
  } catch {
    return limitDefault;
  }
}
