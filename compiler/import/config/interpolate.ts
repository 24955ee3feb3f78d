/**
 * The first substitution: `%(name)s` in the value of an option.
 *
 * In: the layers, a section, an option's name. Out: the value with all filled in, or null after reporting. Looked up are the arguments,
 * then the section itself, then `[DEFAULT]`; `%(section/name)s`, `%(default/name)s`, `%(known/name)s` (what a later file replaced) and
 * `%(__name__)s` besides. What stands in `[Init]` is not seen here.
 */
import { importing } from "../../diagnostics/catalogue/importing.ts";
import type { Diagnostics } from "../../diagnostics/diagnostic.ts";
import type { Option } from "./ini.ts";
import type { Layers } from "./layers.ts";
import { type Places, Traced } from "./traced.ts";

export interface Lookup {
  readonly layers: Layers;
  readonly places: Places;
  readonly diagnostics: Diagnostics;
  /** What the command line or a jail gives, lower case. */
  readonly args: ReadonlyMap<string, Traced>;
  /** Options that took part in a value, to tell which did not. */
  readonly used: Set<Option>;
}

const depthMax = 10;

/** The option that the section has itself or from `[DEFAULT]`. */
export function findOption(lookup: Lookup, section: string, name: string): Option | undefined {
  return (
    lookup.layers.sections.get(section)?.get(name) ?? lookup.layers.defaults.get(name) ?? undefined
  );
}

export function interpolateOption(lookup: Lookup, section: string, option: Option): Traced | null {
  lookup.used.add(option);
  const value = interpolate(lookup, section, option.value, 1);
  return value?.named(option.name, option.place) ?? null;
}

function interpolate(lookup: Lookup, section: string, value: Traced, depth: number): Traced | null {
  let out = Traced.empty;
  let done = 0;
  for (let at = value.text.indexOf("%"); at >= 0; at = value.text.indexOf("%", done)) {
    out = out.concat(value.slice(done, at));
    if (value.text[at + 1] === "%") {
      out = out.concat(value.slice(at, at + 1));
      done = at + 2;
      continue;
    }
    const written = /^%\(([^)]+)\)s/.exec(value.text.slice(at));
    const span = lookup.places.span(value.places[at] ?? 0, written?.[0].length ?? 1);
    if (written === null) {
      lookup.diagnostics.add(importing.barePercent, span, {});
      return null;
    }
    const name = (written[1] ?? "").toLowerCase();
    const found = find(lookup, section, name);
    if (found === null) {
      lookup.diagnostics.add(importing.noValue, span, { name, section });
      return null;
    }
    if (depth >= depthMax) {
      lookup.diagnostics.add(importing.tooDeep, span, { name });
      return null;
    }
    const { value: raw, option } = found;
    const filled = raw.text.includes("%") ? interpolate(lookup, section, raw, depth + 1) : raw;
    if (filled === null) return null;
    out = out.concat(option === null ? filled : filled.named(option.name, option.place));
    done = at + written[0].length;
  }
  return out.concat(value.slice(done));
}

interface FoundValue {
  readonly value: Traced;
  /** Null: it is no option's. */
  readonly option: Option | null;
}

function find(lookup: Lookup, section: string, name: string): FoundValue | null {
  const { layers } = lookup;
  const use = (option: Option | undefined): FoundValue | null => {
    if (option === undefined) return null;
    lookup.used.add(option);
    return { value: option.value, option };
  };
  // [Init] holds what arguments replace: its own values do not see them.
  const given = section === "Init" ? undefined : lookup.args.get(name);
  if (given !== undefined) return { value: given, option: null };
  const own = use(findOption(lookup, section, name));
  if (own !== null) return own;
  if (name === "__name__") return { value: Traced.at(section, 0), option: null };
  const parts = /^([^/]+)\/(.+)$/s.exec(name);
  if (parts === null) return null;
  const [, where = "", what = ""] = parts;
  if (where === "known") {
    return use(layers.known.get(section)?.get(what) ?? layers.defaults.get(what));
  }
  if (where === "default") return use(layers.defaults.get(what));
  return use(findOption(lookup, where, what));
}
