/**
 * Logs named on the command line: bytes in chunks, however large.
 *
 * In: a path, or `-` for standard input. Out: its chunks, counted by a progress bar. That it is there is
 * checked before anything is read. Compressed logs go through a pipe: `zcat LOG.gz | f2b match POLICY -`.
 */
import { statSync } from "node:fs";
import { readChunks } from "../../runtime/read-chunks.ts";
import { showText } from "../diagnostics/show-text.ts";
import { hostFault, usageFault } from "./fault.ts";
import type { Progress } from "./progress.ts";

/** Its size in bytes; 0 where nobody knows, as of a pipe. Throws when it cannot be read. */
export function measureLog(path: string): number {
  if (path === "-") return 0;
  try {
    const stat = statSync(path);
    if (stat.isDirectory()) throw Object.assign(new Error("a directory"), { code: "EISDIR" });
    return stat.isFile() ? stat.size : 0;
  } catch (error) {
    throw hostFault(`cannot read the log ${path}`, error);
  }
}

export async function* readLog(path: string, progress: Progress): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of path === "-" ? process.stdin : readChunks(path)) {
      progress.advance((chunk as Buffer).length);
      yield chunk as Buffer;
    }
  } catch (error) {
    throw hostFault(`cannot read the log ${showText(path)}`, error);
  }
}

/** `--now`: ISO 8601, a day or a time; without a zone in the host's. Left out: the present. */
export function readNow(text: string | undefined): number {
  if (text === undefined) return Date.now();
  const time = /^\d{4}-\d\d-\d\d(T\d\d:\d\d|$)/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(time)) {
    throw usageFault(`--now takes a time in ISO 8601, not "${text}"`, "--now 2026-03-01T00:00:00Z");
  }
  return time;
}
