/**
 * `f2b explain-code F2B2103`: a code's page out of the catalogue.
 */
import { nearest } from "../1-read/nearest.ts";
import { catalogue } from "../diagnostics/catalogue.ts";
import { usageFault } from "./fault.ts";
import { outColors, print } from "./terminal.ts";

export function explainCommand(written: string): void {
  const code = written.toUpperCase();
  const entry = catalogue.get(code);
  if (entry === undefined) {
    const hint = nearest(code, [...catalogue.keys()]);
    throw usageFault(
      `there is no code ${written}`,
      hint === undefined ? "codes look like F2B2103" : `did you mean ${hint}?`,
    );
  }
  const indent = (text: string) => text.trimEnd().replace(/^(?=.)/gm, "    ");
  print(`${outColors.bold(entry.code)} (${entry.severity})\n`);
  print(`${entry.explain.trim()}\n`);
  print(`${outColors.red("This raises it:")}\n\n${indent(entry.bad)}\n`);
  print(`${outColors.green("This does not:")}\n\n${indent(entry.good)}`);
}
