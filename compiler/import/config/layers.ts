/**
 * The layers of one logical configuration (`filter.d/sshd`, `jail`) -> one set of sections.
 *
 * In: its name and a reader for files. Out: sections whose options are those of the last file that has them, with what was
 * replaced kept for `known/`. Read are NAME.conf, NAME.d/*.conf, NAME.local, NAME.d/*.local, each with what it includes: the files of
 * `before`, itself, those of `after`, and behind an included x.conf its x.local. Pure: the disk is behind `files`.
 */
import { isUtf8 } from "node:buffer";
import { posix } from "node:path";
import { importing } from "../../diagnostics/catalogue/importing.ts";
import type { Diagnostics } from "../../diagnostics/diagnostic.ts";
import { Source, type Span } from "../../source.ts";
import { type IniFile, type IniSection, type Option, readIni } from "./ini.ts";
import type { Places } from "./traced.ts";

export interface ConfigFiles {
  /** The bytes of a file, null when there is none, or why it cannot be read. Names are relative to the configuration, or absolute. */
  read(name: string): Uint8Array | null | { readonly unreadable: string };
  /** Names of a folder's files, sorted; empty when there is none. */
  list(folder: string): readonly string[];
}

export interface Layers {
  readonly name: string;
  readonly defaults: ReadonlyMap<string, Option>;
  readonly sections: ReadonlyMap<string, ReadonlyMap<string, Option>>;
  /** What a later file replaced, by section. */
  readonly known: ReadonlyMap<string, ReadonlyMap<string, Option>>;
  /** In the order in which they were read. */
  readonly files: readonly IniFile[];
  /** Those of them that are the configuration's own, not included ones. */
  readonly own: readonly IniFile[];
}

interface Reading {
  readonly files: ConfigFiles;
  readonly places: Places;
  readonly diagnostics: Diagnostics;
  readonly read: IniFile[];
  /** A file that two others include is read from the disk once, and merged twice as in Fail2ban. */
  readonly cache: Map<string, IniFile | null>;
}

const includesSection = "INCLUDES";

/** Null: there is no such configuration. */
export function readLayers(
  name: string,
  files: ConfigFiles,
  places: Places,
  diagnostics: Diagnostics,
): Layers | null {
  const folder = `${name}.d`;
  const parts = (ending: string) =>
    files
      .list(folder)
      .filter((file) => file.endsWith(ending))
      .map((file) => posix.join(folder, file));
  const wanted = [`${name}.conf`, ...parts(".conf"), `${name}.local`, ...parts(".local")];
  const reading: Reading = { files, places, diagnostics, read: [], cache: new Map() };
  const own: IniFile[] = [];
  for (const path of wanted) {
    const file = readInto(reading, path, []);
    if (file !== null) own.push(file);
  }
  if (own.length === 0) return null;
  return { name, ...merge(reading.read), files: reading.read, own };
}

/** One file and what it includes, in their order. */
function readInto(reading: Reading, path: string, ancestors: readonly string[]): IniFile | null {
  const file = openFile(reading, path, null);
  if (file === null) return null;
  const within = [...ancestors, path];
  for (const one of includesOf(file, "before")) include(reading, path, one, within);
  reading.read.push(file);
  for (const one of includesOf(file, "after")) include(reading, path, one, within);
  return file;
}

interface Included {
  readonly name: string;
  readonly at: Span;
}

function include(reading: Reading, by: string, { name, at }: Included, within: readonly string[]) {
  const path = name.startsWith("/") ? posix.normalize(name) : posix.join(posix.dirname(by), name);
  if (within.includes(path)) return;
  const file = openFile(reading, path, at);
  // Nobody has to have a .local: an include of one is an offer.
  if (file === null && !path.endsWith(".local")) {
    reading.diagnostics.add(importing.noInclude, at, { name });
  }
  if (file !== null) readInto(reading, path, within);
  if (path.endsWith(".conf")) {
    const local = `${path.slice(0, -".conf".length)}.local`;
    if (!within.includes(local)) readInto(reading, local, within);
  }
}

function includesOf(file: IniFile, which: "before" | "after"): Included[] {
  const option = file.sections.get(includesSection)?.options.get(which);
  if (option === undefined) return [];
  return option.value.lines().flatMap((line) => {
    const name = line.trim();
    const start = (name.places[0] ?? option.place) - file.base;
    const at = { file: file.source.name, start, end: start + name.text.length };
    return name.isEmpty ? [] : [{ name: name.text, at }];
  });
}

function openFile(reading: Reading, path: string, at: Span | null): IniFile | null {
  const cached = reading.cache.get(path);
  if (cached !== undefined) return cached;
  const bytes = reading.files.read(path);
  let file: IniFile | null = null;
  if (bytes !== null && "unreadable" in bytes) {
    const place = at ?? { file: path, start: 0, end: 0 };
    reading.diagnostics.add(importing.unreadable, place, { name: path, why: bytes.unreadable });
  } else if (bytes !== null) {
    const source = new Source(path, new TextDecoder("utf-8").decode(bytes));
    if (!isUtf8(bytes)) {
      const start = Math.max(0, source.text.indexOf("\ufffd"));
      reading.diagnostics.add(importing.notUtf8, { file: path, start, end: start + 1 }, {});
    }
    file = readIni(source, reading.places, reading.diagnostics);
  }
  reading.cache.set(path, file);
  return file;
}

/** `[Init?family=inet6]`: its options stand in `[Init]` under names of their own. */
const conditional = /^(\w+)\?(.+)$/s;

function merge(files: readonly IniFile[]): Pick<Layers, "defaults" | "sections" | "known"> {
  const defaults = new Map<string, Option>();
  const sections = new Map<string, Map<string, Option>>();
  const known = new Map<string, Map<string, Option>>();
  for (const file of files) {
    for (const section of file.sections.values()) {
      if (section.name === "DEFAULT") {
        for (const option of section.options.values()) defaults.set(option.name, option);
      } else if (section.name !== includesSection) mergeSection(section, sections, known);
    }
  }
  return { defaults, sections, known };
}

function mergeSection(
  section: IniSection,
  sections: Map<string, Map<string, Option>>,
  known: Map<string, Map<string, Option>>,
): void {
  const [, base, condition] = conditional.exec(section.name) ?? [];
  const name = base ?? section.name;
  const into = sections.get(name) ?? new Map<string, Option>();
  sections.set(name, into);
  const shadow = known.get(name) ?? new Map<string, Option>();
  known.set(name, shadow);
  for (const option of section.options.values()) {
    const key = condition === undefined ? option.name : `${option.name}?${condition}`;
    const replaced = into.get(key);
    if (replaced !== undefined) shadow.set(key, replaced);
    into.set(key, condition === undefined ? option : { ...option, name: key });
  }
}
