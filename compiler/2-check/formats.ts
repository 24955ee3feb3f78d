/**
 * `format` lines: what reads a record, and which fields it then has.
 *
 * In: a format of the tree. Out: the checked format, and the fields that `where`, `by` and
 * `distinct` may name, with what is known of their types.
 */

import type { Format, Pattern } from "../../schemas/policy.ts";
import type { Pattern as PatternTree, Format as Tree } from "../1-read/ast.ts";
import { checkRules as catalogue } from "../diagnostics/catalogue/check-rules.ts";
import type { Span } from "../source.ts";
import { parseTimePattern } from "../time-pattern.ts";
import { atOf, type Context, near } from "./context.ts";
import { lowerRegex } from "./regexes.ts";
import type { Scope } from "./scope.ts";
import { lowerTemplate } from "./templates.ts";
import type { FieldType } from "./where.ts";

const formatNames = ["syslog", "combined", "common", "json", "logfmt", "audit", "lines"] as const;
const structured: readonly string[] = ["json", "logfmt", "audit"];
const access: readonly string[] = ["combined", "common"];
const timeWords = ["last", "none"] as const;
const timePlaces = ["start", "leading", "anywhere"] as const;

/** Kinds a field in braces may declare: its type for `where`. */
const fieldKinds: ReadonlyMap<string, FieldType> = new Map<string, FieldType>([
  ["text", "text"],
  ["int", "number"],
  ["number", "number"],
  ["bool", "bool"],
  ["address", "address"],
  ["host", "text"],
  ["time", null],
  ["list", "list"],
]);

const accessFields: readonly (readonly [string, FieldType])[] = [
  ["address", "address"],
  ["host", "text"],
  ["user", "text"],
  ["time", null],
  ["request", "text"],
  ["method", "text"],
  ["path", "text"],
  ["query", "text"],
  ["protocol", "text"],
  ["status", "number"],
  ["bytes", "number"],
];

export function isStructured(name: string): boolean {
  return structured.includes(name);
}

export function lowerFormat(tree: Tree, context: Context, scope: Scope): Format | null {
  const { diagnostics } = context;
  const name = formatNames.find((one) => one === tree.name.name);
  if (name === undefined) {
    diagnostics.add(catalogue.unknownFormat, tree.name.at, near(tree.name.name, formatNames));
    return null;
  }
  const misplaced = (at: Span, what: string, where: string) =>
    diagnostics.add(catalogue.misplacedInFormat, at, { what, format: name, where });
  const [program] = tree.programs;
  if (program && name !== "syslog") misplaced(program.at, "program", "`format syslog`");
  const [extra] = tree.extras;
  if (extra && !access.includes(name)) {
    misplaced(extra.at, "with", "`format combined` and `format common`");
  }
  const [field] = tree.fields;
  if (field && !isStructured(name)) misplaced(field.at, "fields in braces", structured.join(", "));
  const place = timePlaces.find((one) => one === tree.time?.word?.name);
  if (place !== undefined && name !== "lines") {
    misplaced(tree.time?.at ?? tree.at, `time ${place}`, "`format lines`");
  }
  reportRepeats(context, [...tree.extras, ...tree.fields.map((one) => one.name)]);
  if (tree.window !== null && isStructured(name)) {
    misplaced(tree.window.at, "window", "formats whose message is text");
  }
  if (tree.window !== null && (tree.window.value < 2 || tree.window.value > 100)) {
    diagnostics.add(catalogue.numberRange, tree.window.at, { what: "window", from: 2, to: 100 });
    return null;
  }
  const programs = tree.programs.map((one) => lowerPattern(one, context, scope));
  const time = lowerTime(tree, context);
  if (time === null || programs.includes(null)) return null;
  for (const one of tree.fields) {
    if (one.kind !== null && !fieldKinds.has(one.kind.name)) {
      diagnostics.add(
        catalogue.unknownFieldKind,
        one.kind.at,
        near(one.kind.name, fieldKinds.keys()),
      );
    }
  }
  return {
    name,
    programs: programs as Pattern[],
    extras: tree.extras.map((one) => one.name),
    time,
    window: tree.window?.value ?? null,
    fields: tree.fields.map((one) => ({
      name: one.name.name,
      path: one.path.steps as Format["fields"][number]["path"],
      kind: one.kind?.name ?? null,
    })),
    at: atOf(context, tree.at),
  };
}

export function lowerPattern(
  tree: PatternTree,
  context: Context,
  scope: Scope,
  isFrame = false,
): Pattern | null {
  return tree.type === "regex"
    ? lowerRegex(tree, context, scope)
    : lowerTemplate(tree, { context, scope, isFrame });
}

function reportRepeats(context: Context, names: readonly Tree["name"][]): void {
  const seen = new Set<string>();
  for (const { name, at } of names) {
    if (seen.has(name)) context.diagnostics.add(catalogue.fieldTwice, at, { name });
    seen.add(name);
  }
}

function lowerTime(tree: Tree, context: Context): Format["time"] | null {
  const { time } = tree;
  if (time === null) return { kind: "auto" };
  const { word, pattern } = time;
  const place = timePlaces.find((one) => one === word?.name);
  if (pattern === null) {
    if (place !== undefined) return { kind: place, pattern: null };
    // The grammar knows no other word.
    return { kind: timeWords.find((one) => one === word?.name) ?? "auto" };
  }
  const parsed = parseTimePattern(pattern.value);
  if ("wrong" in parsed) {
    context.diagnostics.add(catalogue.badTimeLetter, pattern.at, { written: parsed.wrong });
    return null;
  }
  if (place !== undefined) return { kind: place, pattern: pattern.value };
  if (parsed.keeps) {
    context.diagnostics.add(catalogue.keepWithoutPlace, pattern.at, {});
    return null;
  }
  return { kind: "pattern", pattern: pattern.value };
}

/** What `where` can see of the formats: a field that two formats type differently has no type. */
export function fieldsOf(formats: readonly Format[]): Map<string, FieldType> {
  const fields = new Map<string, FieldType>();
  const add = (name: string, type: FieldType) =>
    fields.set(name, fields.has(name) && fields.get(name) !== type ? null : type);
  for (const format of formats) {
    if (format.name === "syslog") for (const name of headerFields) add(name, "text");
    if (access.includes(format.name)) {
      for (const [name, type] of accessFields) add(name, type);
      for (const extra of format.extras) add(extra, extra === "forwarded" ? "list" : "text");
    }
    if (format.name === "combined") for (const name of ["referer", "agent"]) add(name, "text");
    if (format.name === "audit") for (const name of ["type", "serial"]) add(name, "text");
    for (const { name, kind } of format.fields) {
      if (name === "address") add(name, "address");
      else add(name, kind === null ? null : (fieldKinds.get(kind) ?? null));
    }
  }
  return fields;
}

/** Fields of a syslog header: `where` and `session by` see them, nothing else does. */
export const headerFields: readonly string[] = ["program", "pid", "host"];

/** Fields with places of their own, which are no captures: docs/matching.md, section 8. */
const noCaptures: readonly string[] = ["address", "forwarded", "message", "time"];

/** What `by` and `distinct` can name of the formats. */
export function formatCaptures(formats: readonly Format[]): string[] {
  return formats
    .flatMap((format) =>
      [...fieldsOf([format]).keys()].filter((name) =>
        format.name === "syslog" ? !headerFields.includes(name) : true,
      ),
    )
    .filter((name) => !noCaptures.includes(name));
}

export function formatKnowsAddress(format: Format): boolean {
  if (access.includes(format.name)) return true;
  return format.fields.some((field) => field.name === "address" || field.name === "host");
}
