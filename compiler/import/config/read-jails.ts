/**
 * The jails of a Fail2ban configuration, as far as they say what is imported: which filter, with which arguments, and what they put in its place.
 *
 * In: a reader for files, and names or null for all that are enabled. Out: a use of a filter for each jail, with the jail's settings as Fail2ban would read them; findings in
 * `diagnostics`. What must hold: no option that decides is passed over; what f2b does not take over is in `settings`, for a person.
 */
import { nearest } from "../../1-read/nearest.ts";
import { importing } from "../../diagnostics/catalogue/importing.ts";
import { Diagnostics } from "../../diagnostics/diagnostic.ts";
import type { Span } from "../../source.ts";
import { actionNames } from "./action-list.ts";
import { readNamed } from "./arguments.ts";
import type { Option } from "./ini.ts";
import { findOption, interpolateOption, type Lookup } from "./interpolate.ts";
import { type ConfigFiles, type Layers, readLayers } from "./layers.ts";
import { readFilter } from "./read-filter.ts";
import { Places, Traced } from "./traced.ts";

export interface JailUse {
  readonly jail: string;
  readonly filter: string;
  readonly args: ReadonlyMap<string, string>;
  /** Options of the filter that the jail says itself. */
  readonly overrides: ReadonlyMap<string, Traced>;
  /** What the jail says besides, all filled in. Arguments of actions are here, too: they may be keys, and are not for eyes. */
  readonly options: ReadonlyMap<string, Traced>;
  /** The same for a person: without what is empty, and of actions the names. */
  readonly settings: readonly { readonly name: string; readonly value: string }[];
  /** Why its actions cannot be filled in; Fail2ban refuses such a jail. */
  readonly actionFault: string | null;
  /** Its heading. */
  readonly at: Span;
}

/** A jail may have these in the place of its filter's, and `journalmatch`. */
const filterOptions = ["prefregex", "failregex", "ignoreregex", "datepattern", "maxlines"];

/** What a jail of f2b has to say in its own words; of `bantime` and `ignore` whatever begins so. */
const isSetting =
  /^(?:backend|logpath|logencoding|logtimezone|maxretry|maxmatches|findtime|usedns|port|protocol|banaction|action|journalmatch|bantime(?:\..+)?|ignore(?:ip|self|command|cache))$/;

/** Fail2ban knows these without being told. */
const builtIn = ["fail2ban_version", "fail2ban_confpath"];

/** Null: there are no jails, or one that was named is none; reported. */
export function readJails(
  wanted: readonly string[] | null,
  files: ConfigFiles,
  places: Places,
  diagnostics: Diagnostics,
): JailUse[] | null {
  const layers = readLayers("jail", files, places, diagnostics);
  if (layers === null) {
    diagnostics.add(importing.noJails, { file: "jail.conf", start: 0, end: 0 }, {});
    return null;
  }
  const reader = new JailReader(layers, files, places, diagnostics);
  const known = [...layers.sections.keys()];
  for (const name of wanted ?? []) {
    if (known.includes(name)) continue;
    const hint = nearest(name, known);
    const at = { file: layers.own[0]?.source.name ?? "", start: 0, end: 0 };
    diagnostics.add(importing.noJail, at, {
      name,
      ...(hint === undefined ? {} : { nearest: hint }),
    });
  }
  const names = wanted?.filter((name) => known.includes(name)) ?? known.filter(reader.isEnabled);
  return names.flatMap((name) => reader.read(name) ?? []);
}

class JailReader {
  readonly #layers: Layers;
  readonly #files: ConfigFiles;
  readonly #places: Places;
  readonly #diagnostics: Diagnostics;

  constructor(layers: Layers, files: ConfigFiles, places: Places, diagnostics: Diagnostics) {
    this.#layers = layers;
    this.#files = files;
    this.#places = places;
    this.#diagnostics = diagnostics;
  }

  readonly isEnabled = (jail: string): boolean =>
    /^(?:1|on|true|yes)$/i.test(this.#value(jail, "enabled")?.text ?? "");

  read(jail: string): JailUse | null {
    const value = this.#value(jail, "filter");
    const named = readNamed(value?.text ?? "");
    if (named === null || /[/\\\0]/.test(named.name)) {
      const place = value?.places[0] ?? this.#placeOf(jail);
      const at = this.#places.span(place, Math.max(1, value?.text.length ?? 1));
      const hasOwn = findOption(this.#lookup(new Map()), jail, "failregex") !== undefined;
      this.#diagnostics.add(importing.jailFilter, at, { jail, found: value?.text ?? "", hasOwn });
      return null;
    }
    const args = new Map(named.args);
    const isJournal = /^systemd/i.test(this.#value(jail, "backend")?.text ?? "");
    if (isJournal && !args.has("logtype")) args.set("logtype", "journal");
    return {
      jail,
      filter: named.name,
      args,
      overrides: this.#overrides(jail, named.name, args),
      ...this.#said(jail),
      at: this.#places.span(this.#placeOf(jail), jail.length + 2),
    };
  }

  #value(jail: string, name: string, known: ReadonlyMap<string, Traced> = new Map()) {
    const option = findOption(this.#lookup(known), jail, name);
    if (option === undefined) return null;
    this.#reportHash(option);
    return interpolateOption(this.#lookup(known), jail, option);
  }

  #lookup(known: ReadonlyMap<string, Traced>): Lookup {
    const args = new Map([
      ...builtIn.map((name) => [name, Traced.at(`<${name}>`, 0)] as const),
      ...known,
    ]);
    return {
      layers: this.#layers,
      places: this.#places,
      diagnostics: this.#diagnostics,
      args,
      used: new Set(),
    };
  }

  /** `maxretry = 3  # three`: Fail2ban takes it all for the value. */
  #reportHash({ name, value }: Option): void {
    const found = /[ \t]#.*/.exec(value.text);
    if (found === null || filterOptions.includes(name) || isAction(name)) return;
    const at = this.#places.span(value.places[found.index + 1] ?? 0, found[0].length - 1);
    this.#diagnostics.add(importing.hashInValue, at, { name });
  }

  #overrides(jail: string, filter: string, args: ReadonlyMap<string, string>) {
    const overrides = new Map<string, Traced>();
    let known: Map<string, Traced> | null = null;
    for (const name of filterOptions) {
      const option = findOption(this.#lookup(new Map()), jail, name);
      if (option === undefined) continue;
      known ??= this.#knownOf(filter, args);
      const value = this.#value(jail, name, known);
      if (value !== null) overrides.set(name, value);
    }
    return overrides;
  }

  /** `%(known/failregex)s` of a jail is what its filter has. What is wrong with the filter is told when it is imported. */
  #knownOf(filter: string, args: ReadonlyMap<string, string>): Map<string, Traced> {
    const found = readFilter(filter, args, this.#files, new Places(), new Diagnostics());
    if (found === null) return new Map();
    const { prefregex, failregex, ignoreregex, datepattern } = found;
    const lists = { failregex, ignoreregex, datepattern };
    const one = prefregex === null ? [] : [prefregex];
    return new Map(
      Object.entries({ ...lists, prefregex: one }).map(([name, lines]) => {
        const text = lines.map((line) => line.text.replaceAll("%", "%%")).join("\n");
        return [`known/${name}`, Traced.at(text, 0)] as const;
      }),
    );
  }

  #said(jail: string): Pick<JailUse, "options" | "settings" | "actionFault"> {
    const { defaults, sections } = this.#layers;
    const names = new Set([...(sections.get(jail)?.keys() ?? []), ...defaults.keys()]);
    const options = new Map<string, Traced>();
    let actionFault: string | null = null;
    for (const name of [...names].filter((one) => isSetting.test(one)).sort()) {
      if (isAction(name)) {
        const { value, fault } = this.#action(jail, name);
        if (value !== null) options.set(name, value);
        if (name === "action") actionFault = fault;
      } else options.set(name, this.#value(jail, name) ?? Traced.empty);
    }
    const settings = [...options].flatMap(([name, { text }]) => {
      const value = isAction(name) ? actionNames(text).join(", ") : text.trim();
      return value === "" ? [] : [{ name, value }];
    });
    return { options, settings, actionFault };
  }

  /** A finding would show the line, and with it a key: only what is said of it is kept. */
  #action(jail: string, name: string): { value: Traced | null; fault: string | null } {
    const diagnostics = new Diagnostics();
    const lookup = { ...this.#lookup(new Map()), diagnostics };
    const option = findOption(lookup, jail, name);
    const value = option === undefined ? null : interpolateOption(lookup, jail, option);
    return { value, fault: diagnostics.sorted()[0]?.message ?? null };
  }

  #placeOf(jail: string): number {
    const files = [...this.#layers.files].reverse();
    for (const file of files) {
      const section = file.sections.get(jail);
      if (section !== undefined) return section.place;
    }
    return 0;
  }
}

function isAction(name: string): boolean {
  return name === "action" || name.startsWith("banaction");
}
