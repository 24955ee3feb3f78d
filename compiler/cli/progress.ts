/**
 * A progress bar on standard error, only where that is a terminal, only for work that takes a while.
 *
 * In: how many bytes there are and how many were read since. Out: one line that rewrites itself and
 * leaves nothing behind.
 */
import { errorColors } from "./terminal.ts";

const silentMs = 400;
const redrawMs = 100;
const barColumns = 24;

export class Progress {
  readonly #label: string;
  readonly #bytesTotal: number;
  readonly #start = Date.now();
  #bytes = 0;
  #drawnAt = 0;

  /** `bytesTotal` of 0: nobody knows, as with standard input. */
  constructor(label: string, bytesTotal: number) {
    this.#label = label;
    this.#bytesTotal = bytesTotal;
  }

  advance(bytes: number): void {
    this.#bytes += bytes;
    if (process.stderr.isTTY !== true) return;
    const now = Date.now();
    if (now - this.#start < silentMs || now - this.#drawnAt < redrawMs) return;
    this.#drawnAt = now;
    process.stderr.write(`\r\u001b[2K${this.#draw(now)}`);
  }

  /** Takes the line away. Call it before anything else is printed. */
  clear(): void {
    if (this.#drawnAt > 0) process.stderr.write("\r\u001b[2K");
    this.#drawnAt = 0;
  }

  #draw(now: number): string {
    const megabytes = this.#bytes / 1e6;
    const rate = `${(megabytes / ((now - this.#start) / 1000)).toFixed(0)} MB/s`;
    if (this.#bytesTotal === 0) return `${this.#label}  ${megabytes.toFixed(0)} MB  ${rate}`;
    const part = Math.min(1, this.#bytes / this.#bytesTotal);
    const full = Math.round(part * barColumns);
    const bar = errorColors.cyan("━".repeat(full)) + errorColors.dim("━".repeat(barColumns - full));
    return `${this.#label}  ${bar}  ${Math.floor(part * 100)} %  ${rate}`;
  }
}
