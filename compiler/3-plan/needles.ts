/**
 * What a record must hold for a filter to find anything in it: a scanner reads no other records.
 *
 * In: a filter as checked, and its envelope. Out: texts of which every record that may matter holds one, or null: the filter
 * must read them all. What must hold: a text is in the record's own bytes, whatever a format decodes; a record
 * that only changes what a reader remembers matters, too.
 */
import type {
  Expr,
  ExprCompare,
  Field,
  Filter,
  Format,
  Pattern,
  Rule,
} from "../../schemas/policy.ts";
import { templatePrefixes } from "./literals.ts";
import { captureNames, planPattern } from "./pattern.ts";
import type { Alternative, NeedlePlan, Op, ScannerPlan } from "./plan-types.ts";
import { regexTexts } from "./regex-texts.ts";
import { asciiPart, betterOf, needleOf, textsMax } from "./texts.ts";

/** Rows of `text` or, where case is ignored, of `i` and the text in lower case. */
type Texts = string[];

export function filterNeedles(
  filter: Filter,
  envelope: ScannerPlan["envelope"],
): Omit<NeedlePlan, "wants">[] | null {
  // Their messages are put together or decoded: no text of a rule need stand in the record as it is.
  if (envelope === "docker" || envelope === "cri") return null;
  const found = new Set<string>();
  for (const format of filter.formats) {
    const texts = formatTexts(filter, format);
    if (texts === null) return null;
    for (const text of texts) found.add(text);
  }
  if (found.size > textsMax) return null;
  return [...found].map((key) => ({ text: needleOf(key.slice(1)), fold: key.startsWith("i") }));
}

function formatTexts(filter: Filter, format: Format): Texts | null {
  // These remember or join what other records say, or join what stood on both sides of a stamp.
  const { kind } = format.time;
  const isWhole = kind === "auto" || kind === "none" || kind === "pattern";
  if (!isWhole || format.window !== null) return null;
  switch (format.name) {
    case "json":
      return ["={"];
    case "audit":
      return ["=msg=audit("];
    case "logfmt":
      return null;
    default:
      return rulesTexts(filter, format) ?? programTexts(format);
  }
}

/** Every record the format reads has one of these programs. */
function programTexts(format: Format): Texts | null {
  const names = format.programs.map((pattern) => patternTexts(pattern));
  return names.length === 0 ? null : union(names);
}

function rulesTexts(filter: Filter, format: Format): Texts | null {
  return union(filter.rules.map((rule) => ruleTexts(filter, format, rule)));
}

function ruleTexts(filter: Filter, format: Format, rule: Rule): Texts | null {
  const ofPattern = rule.pattern === null ? null : patternTexts(rule.pattern);
  if (rule.where === null || (format.name !== "combined" && format.name !== "common")) {
    return ofPattern;
  }
  // What a hole captured hides the format's field of that name.
  const hidden = new Set([
    ...(rule.pattern === null ? [] : captureNames(rule.pattern)),
    ...filter.frames.flatMap(captureNames),
    ...format.extras,
  ]);
  return better(ofPattern, whereTexts(rule.where, hidden));
}

function whereTexts(expr: Expr, hidden: ReadonlySet<string>): Texts | null {
  switch (expr.op) {
    case "and":
      return expr.of.map((part) => whereTexts(part, hidden)).reduce(better, null);
    case "or":
      return union(expr.of.map((part) => whereTexts(part, hidden)));
    case "matches":
      return fieldTexts(expr.field, hidden, patternTexts(expr.pattern));
    case "in":
      return union(expr.list.map((to) => valueTexts(expr.field, hidden, to)));
    case "==":
      return valueTexts(expr.field, hidden, expr.to);
    default:
      return null;
  }
}

function valueTexts(
  field: Field,
  hidden: ReadonlySet<string>,
  to: ExprCompare["to"],
): Texts | null {
  if (to.type === "text") {
    const text = asciiPart(to.value);
    return text === "" ? null : fieldTexts(field, hidden, [`=${text}`]);
  }
  const isStatus = "name" in field && field.name === "status" && !hidden.has("status");
  if (!isStatus || to.type !== "int" || to.value < 0 || to.value > 999) return null;
  return [`=" ${String(to.value).padStart(3, "0")} `];
}

/** A text that must be in a field of an access log, as the record has it. */
function fieldTexts(field: Field, hidden: ReadonlySet<string>, texts: Texts | null): Texts | null {
  if (!("name" in field) || hidden.has(field.name) || texts === null) return null;
  switch (field.name) {
    case "agent":
    case "referer":
    case "user":
      return texts;
    case "request":
    case "method":
    case "query":
    case "protocol":
      return [...texts, "=\\"];
    case "path":
      return [...texts, "=\\", "=%"];
    default:
      return null;
  }
}

function patternTexts(pattern: Pattern): Texts | null {
  if (pattern.kind === "regex") {
    return marked(regexTexts(pattern.expanded, pattern.flags), pattern.flags.includes("i"));
  }
  const plan = planPattern(pattern, [], 0);
  if (plan.kind !== "template") return null;
  return union(plan.alternatives.map((one) => marked(alternativeTexts(one), pattern.ignoreCase)));
}

function alternativeTexts(alternative: Alternative): string[] | null {
  const { left, right, free } = alternative;
  const ops = [...left, ...right, ...(free?.segments.flatMap((segment) => segment.ops) ?? [])];
  const rows = [templatePrefixes(alternative), ...ops.flatMap(opTexts)];
  return rows
    .map((row) => row.map(asciiPart))
    .filter((row) => row.length > 0 && row.length <= textsMax && row.every((text) => text !== ""))
    .reduce<string[] | null>(betterOf, null);
}

function opTexts(op: Op): string[][] {
  if (op.op === "text") return [[op.text]];
  return [...(op.neighbour === null ? [] : [[op.neighbour]]), ...(op.words ? [[...op.words]] : [])];
}

function marked(texts: string[] | null, fold: boolean): Texts | null {
  if (texts === null) return null;
  const needles = texts.map((text) => needleOf(text));
  return [...new Set(needles.map((text) => (fold ? `i${text.toLowerCase()}` : `=${text}`)))];
}

function better(a: Texts | null, b: Texts | null): Texts | null {
  return betterOf(a, b);
}

/** Null where one of them is not known. */
function union(rows: readonly (Texts | null)[]): Texts | null {
  const all = new Set<string>();
  for (const row of rows) {
    if (row === null) return null;
    for (const text of row) all.add(text);
  }
  return [...all];
}
