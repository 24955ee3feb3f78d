/**
 * The jails of a Fail2ban configuration, with their filters -> what stands in a policy.
 *
 * In: names, or null for all that are enabled. Out: each way in which they use a filter, imported once, and a draft of each jail. A jail whose filter cannot be imported is a
 * comment; `recidive` beside other jails counts their bans and needs no filter. Pure: the disk is behind `files`.
 */
import { Diagnostics } from "../diagnostics/diagnostic.ts";
import type { Source } from "../source.ts";
import { findOption, interpolateOption } from "./config/interpolate.ts";
import { type ConfigFiles, readLayers } from "./config/layers.ts";
import { type JailUse, readJails } from "./config/read-jails.ts";
import { Places } from "./config/traced.ts";
import type { CostOf } from "./filter/prove.ts";
import { type Imported, importFilter } from "./import-filter.ts";
import type { ActionFiles } from "./jail/actions.ts";
import {
  countsBans,
  type DraftContext,
  draftJail,
  type FilterOfJail,
  type JailDraft,
} from "./jail/draft-jail.ts";
import { JailOptions } from "./jail/options.ts";
import { readSeconds } from "./jail/seconds.ts";
import { freeName } from "./names.ts";

export interface ImportedJail {
  readonly draft: JailDraft;
  /** Null: it counts bans, and has no filter. */
  readonly filter: Imported | null;
  /** What was said of this jail alone. */
  readonly diagnostics: Diagnostics;
}

export interface ImportedJails {
  /** In the order in which the jails use them, each once. */
  readonly filters: readonly Imported[];
  readonly jails: readonly ImportedJail[];
  /** What was said before there were jails; with an error among it there are none. */
  readonly diagnostics: Diagnostics;
  readonly sources: ReadonlyMap<string, Source>;
}

export interface JailsWanted {
  readonly names: readonly string[] | null;
  /** Arguments for all filters, on top of the jails'. */
  readonly args: readonly (readonly [string, string])[];
  readonly files: ConfigFiles;
  /** One for each filter: each has time of its own. */
  readonly costOf: () => CostOf;
  /** Names that no filter may have. */
  readonly reserved?: readonly string[];
}

const purgeSeconds = 86_400;

export function importJails(wanted: JailsWanted): ImportedJails {
  const { names, files } = wanted;
  const places = new Places();
  const diagnostics = new Diagnostics();
  const uses = readJails(names, files, places, diagnostics) ?? [];
  if (diagnostics.hasErrors) {
    return { filters: [], jails: [], diagnostics, sources: places.sources() };
  }
  const reader = new FilterImports(wanted, places);
  const context = readContext(files);
  const told = new Set<string>();
  const taken = new Set<string>();
  const draft = (use: JailUse, isCounting: boolean): ImportedJail => {
    const filter = isCounting ? null : reader.import(use);
    const own = new Diagnostics();
    const options = new JailOptions(use, places, own, told);
    const name = freeName(use.jail, "", taken);
    return {
      draft: draftJail(name, options, filter === null ? "bans" : factsOf(filter), context),
      filter,
      diagnostics: own,
    };
  };
  const mayCount = (use: JailUse) => use.filter === countsBans && !use.overrides.has("failregex");
  const drafts = new Map(
    uses.filter((use) => !mayCount(use)).map((use) => [use, draft(use, false)] as const),
  );
  const hasBans = [...drafts.values()].some((one) => one.draft.statements !== null);
  for (const use of uses.filter(mayCount)) drafts.set(use, draft(use, hasBans));
  return {
    filters: reader.all(),
    jails: uses.flatMap((use) => drafts.get(use) ?? []),
    diagnostics,
    sources: places.sources(),
  };
}

function factsOf({ name, text, journalmatch }: Imported): FilterOfJail {
  const rules = (text ?? "").replace(/^\s*#.*$/gm, "");
  return {
    name: text === null ? null : name,
    journalmatch,
    capturesId: /\(\?<id(?:_\d)?>|\{id[:}]/.test(rules),
  };
}

/** The filters that jails use, each way of use once. */
class FilterImports {
  readonly #wanted: JailsWanted;
  readonly #places: Places;
  readonly #taken: Set<string>;
  readonly #imported = new Map<string, Imported>();

  constructor(wanted: JailsWanted, places: Places) {
    this.#wanted = wanted;
    this.#places = places;
    this.#taken = new Set(wanted.reserved);
  }

  all(): Imported[] {
    return [...this.#imported.values()];
  }

  import({ jail, filter, args: own, overrides }: JailUse): Imported {
    const { files, costOf } = this.#wanted;
    const args = new Map([...own, ...this.#wanted.args]);
    const texts = [...overrides].map(([name, { text }]) => [name, text]);
    const key = JSON.stringify([filter, [...args], texts]);
    const known = this.#imported.get(key);
    if (known !== undefined) return known;
    const as = freeName(filter, jail, this.#taken);
    const given = { as, overrides, places: this.#places };
    const imported = importFilter(filter, args, files, costOf(), given);
    this.#imported.set(key, imported);
    return imported;
  }
}

function readContext(files: ConfigFiles): DraftContext {
  const lookup = (name: string) => {
    const places = new Places();
    const diagnostics = new Diagnostics();
    const layers = readLayers(name, files, places, diagnostics);
    return layers === null
      ? null
      : { layers, places, diagnostics, args: new Map(), used: new Set<never>() };
  };
  const textOf = (name: string, section: string, option: string): string => {
    const where = lookup(name);
    const found = where === null ? undefined : findOption(where, section, option);
    if (where === null || found === undefined) return "";
    return interpolateOption(where, section, found)?.text.trim() ?? "";
  };
  const age = readSeconds(textOf("fail2ban", "Definition", "dbpurgeage"));
  const present = files.list("action.d");
  const actions: ActionFiles = {
    usual: (action, option) => textOf(`action.d/${action}`, "Init", option),
    change(action) {
      const file = `${action}.local`;
      return present.includes(file) && present.includes(`${action}.conf`)
        ? `action.d/${file}`
        : null;
    },
  };
  return { actions, purgeSeconds: age === null || age < 0 ? purgeSeconds : age };
}
