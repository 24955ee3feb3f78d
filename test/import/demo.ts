/**
 * The importer on the text of one file: what its findings' samples are. It is `filter.d/demo.conf`, or `jail.conf` for what is said of jails, of which `door` is asked for.
 */

import { importing } from "../../compiler/diagnostics/catalogue/importing.ts";
import { importingJails } from "../../compiler/diagnostics/catalogue/importing-jails.ts";
import { migrating } from "../../compiler/diagnostics/catalogue/migrating.ts";
import type { Diagnostic, Entry } from "../../compiler/diagnostics/diagnostic.ts";
import type { ConfigFiles } from "../../compiler/import/config/layers.ts";
import { type Imported, importFilter } from "../../compiler/import/import-filter.ts";
import { importJails } from "../../compiler/import/import-jails.ts";
import { costOf } from "../../compiler/lint/costly-regexes.ts";
import { automatonCost } from "./conformance/run.ts";

/** The findings whose samples these are. */
export const importerEntries = [
  ...Object.values(importing),
  ...Object.values(importingJails),
  ...Object.values(migrating),
] as Entry<never>[];

const ofJails: readonly string[] = [
  importing.noJails,
  importing.noJail,
  importing.jailFilter,
  importing.hashInValue,
  ...(Object.values(importingJails) as Entry<never>[]),
].map(({ code }) => code);

interface Demo {
  readonly diagnostics: { sorted(): Diagnostic[] };
  readonly sources: Imported["sources"];
}

/** `door` and what is enabled besides, with a filter that finds something, and an action that was changed. */
function jailsDemo(conf: string): Demo {
  const texts: Readonly<Record<string, string>> = {
    "jail.conf": conf,
    "filter.d/demo.conf": "[Definition]\nfailregex = ^refused <ADDR>$\n",
    "filter.d/recidive.conf": "[Definition]\nfailregex = ^ban <ADDR>$\n",
    "action.d/nftables-allports.conf": "[Definition]\nactionban = nft <ip>\n",
    "action.d/nftables-allports.local": "[Definition]\nactionban = own <ip>\n",
  };
  const files: ConfigFiles = {
    read: (name) => (texts[name] ? Buffer.from(texts[name]) : null),
    list: (folder) =>
      Object.keys(texts).flatMap((name) =>
        name.startsWith(`${folder}/`) ? [name.slice(folder.length + 1)] : [],
      ),
  };
  const enabled = [...conf.matchAll(/^\[(.+)\]\nenabled/gm)].map(([, name = ""]) => name);
  const names = ["door", ...enabled];
  const all = importJails({ names, args: [], files, costOf: () => automatonCost });
  const found = [all, ...all.filters, ...all.jails].flatMap((one) => one.diagnostics.sorted());
  return { diagnostics: { sorted: () => found }, sources: all.sources };
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
