/*
 * Checked policies made by hand, for tests that must not depend on the compiler: parts of templates,
 * filters with defaults filled in, jails. Not a test itself.
 */

import type {
  Ban,
  Filter,
  Format,
  Jail,
  Part,
  PartHole,
  Policy,
  Regex,
  Rule,
  Template,
} from "../../schemas/policy.ts";

const at = { file: "test.f2b", line: 1, column: 1, start: 0, end: 0 };

/** `hole("address")`, `hole("word", "program")`, or with what its kind needs. */
export function hole(
  of: PartHole["of"],
  name: string | null = of,
  more: Partial<PartHole> = {},
): PartHole {
  return { kind: "hole", name, of, vouched: false, chars: null, words: null, ...more };
}

export function optional(...parts: (string | Part)[]): Part {
  return { kind: "optional", parts: parts.map(toPart) };
}

function toPart(part: string | Part): Part {
  return typeof part === "string" ? { kind: "text", text: part } : part;
}

export function template(...parts: (string | Part)[]): Template {
  return { kind: "template", source: "", ignoreCase: false, parts: parts.map(toPart), at };
}

export function regex(source: string, groups: Regex["groups"] = [], flags = ""): Regex {
  return { kind: "regex", source, flags, linear: false, expanded: source, groups, at };
}

export function rule(kind: Rule["kind"], pattern: Rule["pattern"], more: Partial<Rule> = {}): Rule {
  return { name: `f#${kind}`, kind, pattern, where: null, weight: 1, end: false, at, ...more };
}

export function format(name: Format["name"], more: Partial<Format> = {}): Format {
  const time = { kind: "auto" } as const;
  return { name, programs: [], extras: [], time, window: null, fields: [], at, ...more };
}

/** A filter `f` of lines without a stamp, unless told otherwise. */
export function filter(rules: Rule[], more: Partial<Filter> = {}): Filter {
  return {
    id: "f",
    name: "f",
    arguments: {},
    isStock: false,
    describe: null,
    formats: [format("lines", { time: { kind: "none" } })],
    frames: [],
    session: null,
    rules,
    at,
    ...more,
  };
}

export function ban(more: Partial<Ban> = {}): Ban {
  return {
    eachAddress: false,
    count: 3,
    what: "failures",
    capture: null,
    by: { kind: "address", ipv4: 32, ipv6: 64 },
    withinMs: 600_000,
    times: [3_600_000],
    doublingToMs: null,
    jitterMs: 0,
    at,
    ...more,
  };
}

export function jail(name: string, more: Partial<Jail> = {}): Jail {
  return {
    name,
    at,
    watches: [],
    filters: ["f"],
    bans: [ban()],
    neverBan: [],
    behind: [],
    observe: false,
    rememberMs: 90 * 86_400_000,
    acrossJails: false,
    ports: [],
    actions: [],
    resolveHosts: false,
    tests: [],
    ...more,
  };
}

export function policy(filters: Filter[], jails: Jail[] = []): Policy {
  return { version: 1, name: "test.f2b", files: [], jails, filters, actions: [], tests: [] };
}
