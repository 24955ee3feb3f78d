/**
 * Regular expressions: tags and `let`s filled in, groups numbered, checked to compile.
 *
 * In: a regex of the tree. Out: a JavaScript pattern with the list of its named groups, or null after
 * reporting. What a tag stands for begins and ends where no byte of a longer token does, see
 * docs/matching.md section 7: so `.*<address>` cannot cut digits off.
 */
import { type AST, RegExpParser, visitRegExpAST } from "@eslint-community/regexpp";
import type { Regex } from "../../schemas/policy.ts";
import type { Regex as RegexTree } from "../1-read/ast.ts";
import { checkPatterns as catalogue } from "../diagnostics/catalogue/check-patterns.ts";
import { writeProgram } from "../linear-program.ts";
import type { Span } from "../source.ts";
import { atOf, type Context, near } from "./context.ts";
import type { Scope } from "./scope.ts";
import { literalOf } from "./templates.ts";
import { lowerUnicode, withoutUnicode } from "./unicode-regex.ts";
import { describeValue } from "./values.ts";

type Of = Regex["groups"][number]["of"];

const expandedUnitsMax = 32_768;
const depthMax = 100;

const octet = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
const four = `${octet}(?:\\.${octet}){3}`;
/** At least `::` or six colons, so that a time of day is not taken for an address. */
const groups = "(?=[0-9A-Fa-f:.]{0,39}?::|(?:[0-9A-Fa-f]{1,4}:){6})(?:[0-9A-Fa-f]{0,4}:){1,8}";
const lastGroup = "(?:[0-9A-Fa-f]{1,4}|(?<=:):)";
/** No longer token before: neither a word, nor `a.`, nor the groups of an IPv6 address. */
const before = "(?<![0-9A-Za-z_.%]|::|(?<![0-9A-Za-z_])[0-9A-Fa-f]{1,4}:)";
const behindFour = "(?![0-9A-Za-z_%]|\\.[0-9A-Za-z_]|/[0-9])";
/** Five digits behind a colon are no group of an address: they can only be a port. */
const notPort = "(?![0-9]{5}(?![0-9A-Za-z_:]))";
const behindSix = `(?![0-9A-Za-z_%]|\\.[0-9A-Za-z_]|:${notPort}[0-9A-Za-z_:]|/[0-9])`;
const wholeFour = `${before}${four}${behindFour}`;
const wholeSix = `${before}${groups}(?:${four}${behindFour}|${lastGroup}${behindSix})`;
const openBracket = "(?:\\[(?=[0-9A-Fa-f:.]{2,45}\\]))?";
const closeBracket = "(?:(?<=\\[[0-9A-Fa-f:.]{2,45})\\])?";

interface Tag {
  /** The capture. */
  readonly name: "address" | "host";
  readonly of: Of;
  readonly inside: string;
  readonly isBracketed: boolean;
}

const name =
  "(?<![0-9A-Za-z_.-])[0-9A-Za-z_-]+(?:\\.[0-9A-Za-z_-]+)*(?![0-9A-Za-z_-]|\\.[0-9A-Za-z_-])";
const cidr = `${before}(?:${groups}(?:${four}(?:/[0-9]{1,3})?${behindFour}|${lastGroup}(?:/[0-9]{1,3})?${behindSix})|${four}(?:/[0-9]{1,2})?${behindFour})`;

const tags: ReadonlyMap<string, Tag> = new Map<string, Tag>([
  [
    "address",
    { name: "address", of: "address", inside: `${wholeSix}|${wholeFour}`, isBracketed: true },
  ],
  ["ip4", { name: "address", of: "ip4", inside: wholeFour, isBracketed: false }],
  ["ip6", { name: "address", of: "ip6", inside: wholeSix, isBracketed: true }],
  ["cidr", { name: "address", of: "cidr", inside: cidr, isBracketed: false }],
  ["host", { name: "host", of: "host", inside: `${wholeSix}|${name}`, isBracketed: true }],
]);

/** What stands for a tag where it is asked what a pattern costs. */
export const addressForCost = "[0-9A-Fa-f:.]";
export const hostForCost = "[0-9A-Za-z_.-]";

/**
 * The pattern with every tag as one character and with ASCII's classes: for questions of cost. An address
 * is short and its borders are fixed, so that in a loop it costs what a character costs, and look-around
 * says nothing.
 */
export function forCost(expanded: string): string {
  let out = expanded.replaceAll(openBracket, "").replaceAll(closeBracket, "");
  // Some tags stand inside others: the longest first.
  const all = [...tags.values()].sort((a, b) => b.inside.length - a.inside.length);
  for (const tag of all) {
    out = out.replaceAll(tag.inside, tag.name === "host" ? hostForCost : addressForCost);
  }
  return withoutUnicode(out);
}

interface Expansion {
  readonly context: Context;
  /** The regular expressions being filled in, by place: a second time is a cycle. */
  readonly open: string[];
}

export function lowerRegex(regex: RegexTree, context: Context, scope: Scope): Regex | null {
  const flags = [...regex.flags]
    .filter((flag) => flag !== "l")
    .sort()
    .join("");
  const isLinear = regex.flags.includes("l");
  const problem = findSyntaxError(regex.source, flags);
  if (problem !== null) {
    const start = Math.min(regex.at.start + 1 + problem.index, regex.at.end - 1);
    const at = { file: regex.at.file, start, end: Math.min(start + 1, regex.at.end) };
    context.diagnostics.add(catalogue.regexSyntax, at, { reason: problem.reason });
    return null;
  }
  const filled = expand(regex, scope, { context, open: [] });
  if (filled === null) return null;
  if (filled.length > expandedUnitsMax) {
    context.diagnostics.add(catalogue.regexTooLarge, regex.at, {});
    return null;
  }
  const meant = flags.includes("u") ? inUnicode(filled, flags) : filled;
  const numbered = numberGroups(meant, flags);
  const reason =
    numbered === null ? "one name stands for two groups" : tryRegex(numbered.source, flags);
  if (numbered === null || reason !== null) {
    context.diagnostics.add(catalogue.regexSyntax, regex.at, { reason: reason ?? "" });
    return null;
  }
  const at = atOf(context, regex.at);
  if (isLinear && writeProgram(numbered.source, flags) === null) {
    context.diagnostics.add(catalogue.notLinear, regex.at, {});
    return null;
  }
  return {
    kind: "regex",
    source: regex.source,
    flags,
    linear: isLinear,
    expanded: numbered.source,
    groups: numbered.groups,
    at,
  };
}

/** With `u`: docs/matching.md section 7. What does not parse is told of with its groups. */
function inUnicode(filled: string, flags: string): string {
  try {
    return lowerUnicode(filled, parseRegex(filled, flags), flags, (group) => tagOf(group) !== null);
  } catch {
    return filled;
  }
}

function tagOf(group: AST.CapturingGroup): Tag | null {
  for (const tag of tags.values()) {
    if (tag.name === group.name && group.raw === `(?<${tag.name}>${tag.inside})`) return tag;
  }
  return null;
}

/** A group that is called `address` must hold one, however it is written. */
function kindOf(group: AST.CapturingGroup, name: string): Of {
  return tagOf(group)?.of ?? (name === "address" || name === "host" ? name : "text");
}

function tryRegex(source: string, flags: string): string | null {
  try {
    new RegExp(source, flags);
    return null;
  } catch (error) {
    return plainReason(error);
  }
}

function plainReason(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/^Invalid regular expression: /, "").replace(/^\/.*\/[a-z]*: /s, "");
}

function parseRegex(source: string, flags: string): AST.Pattern {
  const parser = new RegExpParser({ ecmaVersion: 2025 });
  return parser.parsePattern(source, 0, source.length, { unicode: flags.includes("u") });
}

function findSyntaxError(source: string, flags: string): { index: number; reason: string } | null {
  if (nestingOf(source) > depthMax) {
    return { index: 0, reason: `groups nest more than ${depthMax} deep` };
  }
  try {
    parseRegex(source, flags);
    return null;
  } catch (error) {
    const index = error instanceof Error && "index" in error ? Number(error.index) : 0;
    return { index, reason: plainReason(error) };
  }
}

/** Open parentheses, escaped ones included: an upper bound keeps recursion shallow. */
function nestingOf(source: string): number {
  let depth = 0;
  let deepest = 0;
  for (const unit of source) {
    if (unit === "(") deepest = Math.max(deepest, ++depth);
    else if (unit === ")") depth = Math.max(0, depth - 1);
  }
  return deepest;
}

/** The source with its tags filled in, or null after reporting. */
function expand(regex: RegexTree, scope: Scope, expansion: Expansion): string | null {
  const { source } = regex;
  let out = "";
  let inClass = false;
  let escapedTo = 0;
  for (let i = 0; i < source.length; i++) {
    const unit = source[i] ?? "";
    if (unit === "\\") {
      const reference = /^\\k<[^>]*>/.exec(source.slice(i))?.[0] ?? source.slice(i, i + 2);
      out += reference;
      i += reference.length - 1;
      escapedTo = i + 1;
      continue;
    }
    if (unit === "[") inClass = true;
    else if (unit === "]") inClass = false;
    // In `\(?<name>` the parenthesis is text, and opens no group.
    const opensGroup = source.slice(i - 2, i) === "(?" && i - 2 >= escapedTo;
    const tag =
      unit === "<" && !inClass && !opensGroup
        ? /^<([A-Za-z_0-9][\w-]*)>/.exec(source.slice(i))
        : null;
    if (tag === null) {
      out += unit;
      continue;
    }
    const start = regex.at.start + 1 + i;
    const at = { file: regex.at.file, start, end: start + tag[0].length };
    const filled = expandTag(tag[1] ?? "", at, regex, scope, expansion);
    if (filled === null) return null;
    out += filled;
    i += tag[0].length - 1;
    if (out.length > expandedUnitsMax) return out;
  }
  return out;
}

function expandTag(
  name: string,
  at: Span,
  regex: RegexTree,
  scope: Scope,
  expansion: Expansion,
): string | null {
  const { diagnostics } = expansion.context;
  const tag = tags.get(name);
  if (tag !== undefined) {
    const group = `(?<${tag.name}>${tag.inside})`;
    return tag.isBracketed ? openBracket + group + closeBracket : group;
  }
  const found = scope.find(name);
  if (found === null) {
    diagnostics.add(catalogue.unknownTag, at, near(name, [...tags.keys(), ...scope.names()]));
    return null;
  }
  const value = found.binding.kind === "let" ? found.binding.let.value : found.binding.value;
  if (value === null) return null;
  if (value.type === "regex") {
    const key = `${value.at.file}:${value.at.start}`;
    if (expansion.open.includes(key) || value === regex) {
      diagnostics.add(catalogue.holeCycle, at, { name });
      return null;
    }
    if ([...value.flags].some((flag) => !regex.flags.includes(flag))) {
      diagnostics.add(catalogue.regexLetFlags, at, { name, flags: value.flags });
      return null;
    }
    const problem = findSyntaxError(value.source, value.flags);
    if (problem !== null) {
      diagnostics.add(catalogue.regexSyntax, value.at, { reason: problem.reason });
      return null;
    }
    expansion.open.push(key);
    const inner = expand(value, found.scope, expansion);
    expansion.open.pop();
    return inner === null ? null : `(?:${inner})`;
  }
  const words = value.type === "list" ? value.items.map(literalOf) : [literalOf(value)];
  if (words.some((word) => word === null)) {
    diagnostics.add(catalogue.notInText, at, { name, found: describeValue(value) });
    return null;
  }
  // No word at all is nothing that could stand there.
  if (words.length === 0) return "(?!)";
  return `(?:${words.map((word) => escapeRegex(word ?? "")).join("|")})`;
}

function escapeRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}

/**
 * Node 20 has no two groups of one name, not even in two branches, so later ones get names of their
 * own. Null: two in one branch, or a back reference that could be to either.
 */
function numberGroups(
  source: string,
  flags: string,
): { source: string; groups: Regex["groups"] } | null {
  const found: AST.CapturingGroup[] = [];
  try {
    visitRegExpAST(parseRegex(source, flags), {
      onCapturingGroupEnter(group) {
        if (group.name !== null) found.push(group);
      },
    });
  } catch {
    return null;
  }
  const written = new Set(found.map((group) => group.name ?? ""));
  const names = new Set(written);
  const groups: { place: number; group: Regex["groups"][number] }[] = [];
  const seen = new Set<string>();
  let out = "";
  let done = 0;
  for (const group of found) {
    const name = group.name ?? "";
    const place = placeAmongAlike(name, written);
    let unique = name;
    if (seen.has(name)) {
      if (group.references.length > 0) return null;
      for (let n = 2; names.has(unique); n++) unique = `${name}_${n}`;
      names.add(unique);
      const nameAt = group.start + "(?<".length;
      out += source.slice(done, nameAt) + unique;
      done = nameAt + name.length;
    }
    seen.add(name);
    const of = kindOf(group, place.name);
    groups.push({ place: place.number, group: { name: place.name, group: unique, of } });
  }
  groups.sort((a, b) => a.place - b.place);
  return { source: out + source.slice(done), groups: groups.map(({ group }) => group) };
}

/** `user_2` is a second place of the capture `user` where there is a first. */
function placeAmongAlike(
  name: string,
  written: ReadonlySet<string>,
): { name: string; number: number } {
  const found = /^(.+)_([2-9])$/.exec(name);
  const [, base = "", number = ""] = found ?? [];
  return written.has(base) ? { name: base, number: Number(number) } : { name, number: 1 };
}
