/**
 * A filter of a Fail2ban configuration, read as Fail2ban reads it.
 *
 * In: its name, arguments, a reader for files, and what a jail has in the place of its options. Out: the options that decide, all substituted and traced to where they were written,
 * or null after reporting. Precedence: jail, argument, `[Init]`, `[Definition]`, `[DEFAULT]`.
 */
import { importing } from "../../diagnostics/catalogue/importing.ts";
import type { Diagnostics } from "../../diagnostics/diagnostic.ts";
import type { Option } from "./ini.ts";
import { findOption, interpolateOption, type Lookup } from "./interpolate.ts";
import { type ConfigFiles, type Layers, readLayers } from "./layers.ts";
import { substitute } from "./substitute.ts";
import { type Places, Traced } from "./traced.ts";

export interface FilterOptions {
  readonly name: string;
  readonly args: ReadonlyMap<string, string>;
  readonly layers: Layers;
  readonly prefregex: Traced | null;
  readonly failregex: readonly Traced[];
  readonly ignoreregex: readonly Traced[];
  /** One a line; empty: the default ones. */
  readonly datepattern: readonly Traced[];
  readonly maxlines: number;
  readonly journalmatch: readonly Traced[];
  /** Options of the filter's own files that took no part, with what is known of them. */
  readonly unused: readonly Option[];
}

const decisive = [
  "prefregex",
  "failregex",
  "ignoreregex",
  "datepattern",
  "maxlines",
  "journalmatch",
];

/** What is read besides, or says something to people only. */
const harmless = new Set([...decisive, "logtype", "mode"]);

export function readFilter(
  name: string,
  args: ReadonlyMap<string, string>,
  files: ConfigFiles,
  places: Places,
  diagnostics: Diagnostics,
  overrides: ReadonlyMap<string, Traced> = new Map(),
): FilterOptions | null {
  const layers = readLayers(`filter.d/${name}`, files, places, diagnostics);
  if (layers === null) return null;
  const traced = [...args].map(([key, value]) => [key, argument(key, value)] as const);
  const lookup: Lookup = {
    layers,
    places,
    diagnostics,
    args: new Map(traced.map(([key, value]) => [key.toLowerCase(), value])),
    used: new Set(),
  };
  const reader = new TagReader(lookup, new Map([...traced, ...overrides]));
  const values = new Map(decisive.map((key) => [key, reader.read(key)]));
  const lines = (key: string) =>
    values
      .get(key)
      ?.lines()
      .filter((line) => !line.isEmpty) ?? [];
  const prefregex = values.get("prefregex") ?? null;
  return {
    name,
    args,
    layers,
    prefregex: prefregex === null || prefregex.isEmpty ? null : prefregex,
    failregex: lines("failregex"),
    ignoreregex: lines("ignoreregex"),
    datepattern: lines("datepattern").map((line) => line.trim()),
    maxlines: readMaxLines(values.get("maxlines") ?? null, lookup),
    journalmatch: lines("journalmatch"),
    unused: findUnused(lookup),
  };
}

/** A value that was given, not read: it has no place of its own. */
function argument(key: string, value: string): Traced {
  return Traced.at(value, 0).named(key, -1);
}

function readMaxLines(value: Traced | null, { places, diagnostics }: Lookup): number {
  if (value === null || value.isEmpty) return 1;
  const number = /^\s*\d{1,6}\s*$/.test(value.text) ? Number(value.text) : 0;
  if (number >= 1) return number;
  const at = places.span(value.places[0] ?? 0, value.text.length);
  diagnostics.add(importing.badNumber, at, { name: "maxlines", found: value.text });
  return 1;
}

/** Finds the values of tags, each read once. */
class TagReader {
  readonly #lookup: Lookup;
  readonly #args: ReadonlyMap<string, Traced>;
  readonly #values = new Map<string, Traced | null>();

  constructor(lookup: Lookup, args: ReadonlyMap<string, Traced>) {
    this.#lookup = lookup;
    this.#args = args;
  }

  /** An option of the filter with all substituted; null: there is none, or it was reported. */
  read(name: string): Traced | null {
    const value = this.#combined(name);
    if (value === null) return null;
    const { places, diagnostics } = this.#lookup;
    return substitute(value, (tag) => this.#find(tag), places, diagnostics);
  }

  #find(tag: string): Traced | null {
    const parts = /^([^/]+)\/(.+)$/s.exec(tag);
    if (parts === null || parts[1] === undefined || parts[2] === undefined) {
      // What depends on the address's family is filled in when an action runs, not here.
      return this.#isConditional(tag) ? null : this.#combined(tag);
    }
    const [, section, name] = parts;
    if (section === "known") return this.#known(name);
    if (section === "default") {
      const option = this.#lookup.layers.defaults.get(name);
      return option === undefined ? null : interpolateOption(this.#lookup, "DEFAULT", option);
    }
    const option = this.#lookup.layers.sections.has(section)
      ? findOption(this.#lookup, section, name)
      : undefined;
    return option === undefined ? null : interpolateOption(this.#lookup, section, option);
  }

  #combined(name: string): Traced | null {
    const known = this.#values.get(name);
    if (known !== undefined) return known;
    const value = this.#args.get(name) ?? this.#own("Init", name) ?? this.#definition(name);
    this.#values.set(name, value);
    return value;
  }

  #own(section: string, name: string): Traced | null {
    const option = this.#lookup.layers.sections.get(section)?.get(name);
    return option === undefined ? null : interpolateOption(this.#lookup, section, option);
  }

  /** `[Init]`'s own value of what an argument may have replaced; it sees `[DEFAULT]` as every section does. */
  #known(name: string): Traced | null {
    if (!this.#lookup.layers.sections.has("Init")) return null;
    const option = findOption(this.#lookup, "Init", name);
    return option === undefined ? null : interpolateOption(this.#lookup, "Init", option);
  }

  #isConditional(name: string): boolean {
    const { sections } = this.#lookup.layers;
    return ["Init", "Definition"].some((section) =>
      [...(sections.get(section)?.keys() ?? [])].some((key) => key.startsWith(`${name}?`)),
    );
  }

  #definition(name: string): Traced | null {
    const hasSection = this.#lookup.layers.sections.has("Definition");
    const option = hasSection ? findOption(this.#lookup, "Definition", name) : undefined;
    if (option !== undefined) return interpolateOption(this.#lookup, "Definition", option);
    return name === "logtype" ? Traced.at("file", 0) : null;
  }
}

/** Options of the filter's own files that nothing could have led to, whatever the arguments. */
function findUnused({ layers, used }: Lookup): Option[] {
  const texts = layers.files.flatMap((file) =>
    [...file.sections.values()].flatMap((section) =>
      [...section.options.values()].map((option) => option.value.text),
    ),
  );
  const names = new Set<string>();
  const shapes: RegExp[] = [];
  for (const text of texts) {
    for (const [, name = ""] of text.matchAll(/%\((?:[^)/]*\/)?([^)]+)\)s/g)) {
      names.add(name.toLowerCase());
    }
    for (const [tag] of text.matchAll(/<[^ <>]*(?:<[^ <>]+>[^ <>]*)*>/g)) {
      for (const [, inner = ""] of tag.matchAll(/<([^ <>]+)>/g)) names.add(inner);
      const inside = tag.slice(1, -1).replace(/^(?:[^/<>]|<[^<>]*>)*\//, "");
      if (inside.includes("<")) shapes.push(shapeOf(inside));
      else names.add(inside);
    }
  }
  return layers.own.flatMap((file) =>
    [...file.sections.values()].flatMap((section) =>
      section.name === "INCLUDES"
        ? []
        : [...section.options.values()].filter(
            (option) =>
              !used.has(option) &&
              !harmless.has(option.name) &&
              !names.has(option.name) &&
              !shapes.some((shape) => shape.test(option.name)),
          ),
    ),
  );
}

/** `mdre-<mode>` -> what it can become. */
function shapeOf(tag: string): RegExp {
  const parts = tag.split(/<[^ <>]+>/).map((part) => part.replace(/[^\w]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "s");
}
