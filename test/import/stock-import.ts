/**
 * Stock filters as the importer writes them, what patterns cost left aside.
 */
import { type Imported, importFilter } from "../../compiler/import/import-filter.ts";
import { stockFiles } from "./stock.ts";

export function importStock(name: string, args: Readonly<Record<string, string>> = {}): Imported {
  return importFilter(name, new Map(Object.entries(args)), stockFiles, () => ({ kind: "safe" }));
}
