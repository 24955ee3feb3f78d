/**
 * A file written beside its target, synced and renamed: whoever reads it has the old one or the new one.
 */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from "node:fs";
import { resolve } from "node:path";
import { hostFault } from "./fault.ts";

export function replaceFile(path: string, text: string, mode: number): void {
  const target = resolve(path);
  const made = `${target}.${process.pid}.new`;
  try {
    const descriptor = openSync(made, "wx", mode);
    try {
      for (let rest = Buffer.from(text); rest.length > 0; ) {
        rest = rest.subarray(writeSync(descriptor, rest));
      }
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(made, target);
  } catch (error) {
    removeQuietly(made);
    throw hostFault(`cannot write ${path}`, error);
  }
}

/** Why it could not be written is what is told; where nothing may be looked at, nothing was made. */
function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {}
}
