/**
 * What `f2b import` writes: one file, a file each in a folder, or standard output.
 *
 * In: a policy in parts. What must hold: a file that a person changed since is not written over, and then nothing is written at all.
 */
import { mkdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { hostFault, usageFault } from "./fault.ts";
import { replaceFile } from "./replace-file.ts";
import { print } from "./terminal.ts";

/** A file of the policy: `sshd` becomes `sshd.f2b` where the output is a folder. */
export interface Part {
  readonly name: string;
  readonly text: string;
}

/** The file that has the jails, in a folder. */
export const jailsFile = "jails";

export function writeParts(output: string, parts: readonly Part[]): void {
  const whole = parts.map(({ text }) => text).join("\n");
  if (output === "-") {
    print(whole.trimEnd());
    return;
  }
  const texts = new Map<string, string>();
  if (isFolder(output)) {
    makeFolder(output);
    for (const { name, text } of parts) texts.set(join(output, `${name}.f2b`), text);
  } else texts.set(output, whole);
  for (const [path, text] of texts) keepEdited(path, text);
  for (const [path, text] of texts) replaceFile(path, text, 0o644);
}

/** The tests that people write into an imported filter are not written over. */
function keepEdited(path: string, text: string): void {
  let found: string;
  try {
    found = readFileSync(path, "utf8");
  } catch {
    // Not there, or writing says what is wrong with it.
    return;
  }
  if (found === text) return;
  throw usageFault(
    `${path} is there and says something else: nothing is written`,
    "remove it, or name another file with -o",
  );
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw hostFault(path, error);
  }
}

export function isFolder(output: string): boolean {
  return output.endsWith("/") || isDirectory(output);
}

export function isDirectory(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  } catch (error) {
    throw hostFault(`cannot look at ${path}`, error);
  }
}
