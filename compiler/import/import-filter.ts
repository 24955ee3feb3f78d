/**
 * A filter of a Fail2ban configuration -> the text of an f2b filter that gives the same verdict on every line.
 *
 * In: its name and arguments, a reader for the configuration, what tells a pattern's cost, and what a jail says of it. Out: the text, null when it cannot be read, and findings with places in
 * the configuration's own files. Pure: the disk is behind `files`.
 */

import { nearest } from "../1-read/nearest.ts";
import { importing } from "../diagnostics/catalogue/importing.ts";
import { migrating } from "../diagnostics/catalogue/migrating.ts";
import { Diagnostics } from "../diagnostics/diagnostic.ts";
import type { Source } from "../source.ts";
import type { ConfigFiles } from "./config/layers.ts";
import { type FilterOptions, readFilter } from "./config/read-filter.ts";
import { Places, type Traced } from "./config/traced.ts";
import { filterText } from "./filter/filter-text.ts";
import { draftFormats } from "./filter/formats.ts";
import { chooseLets, type Lets } from "./filter/lets.ts";
import { type CostOf, compiles, proveDrafts } from "./filter/prove.ts";
import { type Drafts, draftRules } from "./filter/rules.ts";
import { noLets } from "./filter/write-filter.ts";

export interface Imported {
  readonly name: string;
  /** The text of one filter; null after an error. */
  readonly text: string | null;
  readonly drafts: Drafts | null;
  /** How many `let`s the text has. */
  readonly lets: number;
  /** The filter's own, for the jails that use it. */
  readonly journalmatch: readonly string[];
  readonly diagnostics: Diagnostics;
  readonly sources: ReadonlyMap<string, Source>;
}

/** What comes from a jail. */
export interface Given {
  /** What the filter is called in the policy; its own name where that is left out. */
  readonly as?: string;
  readonly overrides?: ReadonlyMap<string, Traced>;
  /** Those that `overrides` is traced by. */
  readonly places?: Places;
  /** Comment lines for the filter's end. */
  readonly tail?: readonly string[];
}

export function importFilter(
  name: string,
  args: ReadonlyMap<string, string>,
  files: ConfigFiles,
  costOf: CostOf,
  { as = name, overrides = new Map(), places = new Places(), tail = [] }: Given = {},
): Imported {
  const diagnostics = new Diagnostics();
  const options = readFilter(name, args, files, places, diagnostics, overrides);
  const journalmatch = (options?.journalmatch ?? []).map(({ text }) => text);
  const nothing = { name: as, text: null, drafts: null, lets: 0, journalmatch, diagnostics };
  if (options === null) {
    const known = files.list("filter.d").flatMap((file) => /^(.+)\.conf$/.exec(file)?.[1] ?? []);
    const hint = nearest(name, known);
    const more = hint === undefined ? {} : { nearest: hint };
    diagnostics.add(importing.noFilter, nowhere, { name, ...more });
    return { ...nothing, sources: places.sources() };
  }
  reportOptions(options, places, diagnostics);
  if (diagnostics.hasErrors) return { ...nothing, sources: places.sources() };
  const formats = draftFormats(options, places, diagnostics);
  const write = (drafts: Drafts, lets: Lets) =>
    filterText(options, { as, tail, formats, drafts, lets });
  const first = draftRules(options, places, diagnostics);
  const { prefregex, maxlines } = options;
  const bare = (drafts: Drafts) => write(drafts, noLets);
  const proved = proveDrafts(first, {
    places,
    diagnostics,
    write: bare,
    costOf,
    prefregex,
    linesOnly: maxlines === 1,
  });
  const drafts = withoutLostFrame(proved);
  if (!drafts.rules.some(({ kind, regex }) => kind !== "ignore" && regex !== null)) {
    const [first] = options.failregex;
    diagnostics.add(migrating.nothingLeft, places.span(first?.places[0] ?? 0), {
      lostFrame: drafts.lostFrame !== null,
    });
    return { ...nothing, drafts, sources: places.sources() };
  }
  const chosen = letsFor(drafts);
  const named = write(drafts, chosen);
  const isSound = compiles(named);
  return {
    name: as,
    text: isSound ? named : bare(drafts),
    drafts,
    lets: isSound ? chosen.drafts.length : 0,
    journalmatch,
    diagnostics,
    sources: places.sources(),
  };
}

/** Without what a prefregex asks for, a rule would count lines of other programs: it is left out with it. */
function withoutLostFrame(drafts: Drafts): Drafts {
  if (drafts.lostFrame === null) return drafts;
  return { ...drafts, rules: drafts.rules.map((rule) => ({ ...rule, regex: null })) };
}

const nowhere = { file: "filter.d", start: 0, end: 0 };

/** Fail2ban's own tags look like this; one in small letters should have had a value. */
const openTag = /<([a-z_][a-z0-9_-]*(?:\/[a-z0-9_-]+)?)>/g;

function reportOptions(options: FilterOptions, places: Places, diagnostics: Diagnostics): void {
  const all: Traced[] = [...options.failregex, ...options.ignoreregex];
  if (options.prefregex !== null) all.push(options.prefregex);
  for (const value of all) {
    for (const found of value.text.matchAll(openTag)) {
      // `(?P<name>` and `(?<name>` are groups, not tags.
      if (/\(\?P?$/.test(value.text.slice(0, found.index))) continue;
      if (!/^<[^>]*-|\//.test(found[0])) continue;
      const at = places.span(value.places[found.index] ?? 0, found[0].length);
      diagnostics.add(importing.openTag, at, { tag: found[1] ?? "" });
    }
  }
  if (options.failregex.length === 0 && !diagnostics.hasErrors) {
    const [file] = options.layers.own;
    const at = { file: file?.source.name ?? "", start: 0, end: 0 };
    diagnostics.add(importing.noFailregex, at, {});
  }
  for (const option of options.unused) {
    const hint = nearest(option.name, ["prefregex", "failregex", "ignoreregex", "datepattern"]);
    const more = hint === undefined ? {} : { nearest: hint };
    const at = places.span(option.place, option.name.length);
    diagnostics.add(importing.unusedOption, at, { name: option.name, ...more });
  }
  const { failregex, ignoreregex, prefregex } = options;
  const [first] = ignoreregex;
  if (first && prefregex !== null && ignoreregex.length < failregex.length - 2) {
    diagnostics.add(migrating.ignoresSeeMessage, places.span(first.places[0] ?? 0), {});
  }
}

function letsFor({ frame, rules }: Drafts): Lets {
  const all = [frame, ...rules.map((rule) => rule.regex)].filter((one) => one !== null);
  return chooseLets(all.filter((one) => one.template === null));
}
