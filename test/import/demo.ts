/**
 * The importer on the text of one file, `filter.d/demo.conf`: what its findings' samples are.
 */
import { importing } from "../../compiler/diagnostics/catalogue/importing.ts";
import { migrating } from "../../compiler/diagnostics/catalogue/migrating.ts";
import type { Entry } from "../../compiler/diagnostics/diagnostic.ts";
import type { ConfigFiles } from "../../compiler/import/config/layers.ts";
import { type Imported, importFilter } from "../../compiler/import/import-filter.ts";
import { costOf } from "../../compiler/lint/costly-regexes.ts";

/** The findings whose samples these are. */
export const importerEntries = [
  ...Object.values(importing),
  ...Object.values(migrating),
] as Entry<never>[];

/** An empty text: there is no such file. `code` is the finding that the text is to raise. */
export function importDemo(conf: string, code: string): Imported {
  const isNotUtf8 = code === importing.notUtf8.code;
  const files: ConfigFiles = {
    read(name) {
      if (name.endsWith("unreadable.conf")) return { unreadable: "permission denied" };
      if (name !== "filter.d/demo.conf" || conf === "") return null;
      return Buffer.from(conf, isNotUtf8 ? "latin1" : "utf8");
    },
    list: () => [],
  };
  const endsAt = performance.now() + 20_000;
  return importFilter("demo", new Map(), files, (expanded, flags, linesOnly) =>
    costOf(expanded, flags, { endsAt, linesOnly }),
  );
}
