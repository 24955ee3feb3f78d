/**
 * The importer on the text of one file: what its findings' samples are. It is `filter.d/demo.conf`, or `jail.conf` for what is said of jails, of which `door` is asked for.
 */
import { importing } from "../../compiler/diagnostics/catalogue/importing.ts";
import { migrating } from "../../compiler/diagnostics/catalogue/migrating.ts";
import { Diagnostics, type Entry } from "../../compiler/diagnostics/diagnostic.ts";
import type { ConfigFiles } from "../../compiler/import/config/layers.ts";
import { readJails } from "../../compiler/import/config/read-jails.ts";
import { Places } from "../../compiler/import/config/traced.ts";
import { type Imported, importFilter } from "../../compiler/import/import-filter.ts";
import { costOf } from "../../compiler/lint/costly-regexes.ts";

/** The findings whose samples these are. */
export const importerEntries = [
  ...Object.values(importing),
  ...Object.values(migrating),
] as Entry<never>[];

const ofJails: readonly string[] = [
  importing.noJails,
  importing.noJail,
  importing.jailFilter,
  importing.hashInValue,
].map(({ code }) => code);

type Demo = Pick<Imported, "diagnostics" | "sources">;

function jailsDemo(conf: string): Demo {
  const diagnostics = new Diagnostics();
  const places = new Places();
  const files: ConfigFiles = {
    read: (name) => (name === "jail.conf" && conf !== "" ? Buffer.from(conf) : null),
    list: () => [],
  };
  readJails(["door"], files, places, diagnostics);
  return { diagnostics, sources: places.sources() };
}

/** An empty text: there is no such file. `code` is the finding that the text is to raise. */
export function importDemo(conf: string, code: string): Demo {
  if (ofJails.includes(code)) return jailsDemo(conf);
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
