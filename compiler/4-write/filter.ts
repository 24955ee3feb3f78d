/**
 * A filter as functions: one a rule, named after it, and one that decides which of them to ask.
 *
 * In: a `FilterPlan` and its number in the program. Out: parts of the module, and the name of the
 * function to call on a record that one of the filter's formats has read.
 */
import type { Field } from "../../schemas/policy.ts";
import type { FilterPlan, PatternPlan, RulePlan } from "../3-plan/plan-types.ts";
import { type Code, comment, join, js, literal, number, quote } from "./code.ts";
import { writeDispatch } from "./dispatch.ts";
import { writeDuration } from "./duration.ts";
import { writeFields } from "./format.ts";
import { writeFramed } from "./frame.ts";
import type { Module } from "./module.ts";
import { writePattern } from "./pattern.ts";
import { writeWhere } from "./where.ts";

export interface WrittenFilter {
  /** Called with the cursor once a format has read the record. */
  readonly run: Code;
  /** The entry in `Program.filters`. */
  readonly spec: Code;
}

export function writeFilter(module: Module, filter: FilterPlan, index: number): WrittenFilter {
  const name = module.names.make(filter.name);
  const parts = module.names.make(`${filter.name} parts`);
  const frames = filter.frames.map((frame) => writeCaptures(module, frame));
  const formats = filter.formats.map((format) => writeFields(module, filter, format));
  module.add(
    join([
      comment(`filter ${filter.id} (${filter.at})${filter.describe ? `: ${filter.describe}` : ""}`),
      js`const ${parts} = {
  index: ${index},
  sessionBy: ${filter.sessionBy === null ? null : quote(filter.sessionBy)},
  frames: [${frames}],
  formats: [${formats}],
};`,
    ]),
  );
  const rules = filter.rules.map((plan) => writeRule(module, filter, parts, plan));
  const wrapped = filter.frames.length > 0 || hasWindow(filter);
  const ask = wrapped ? module.names.make(`${filter.name} rules`) : name;
  module.add(writeAsk(module, ask, filter, rules));
  const inWindow = hasWindow(filter) ? writeWindow(module, name, ask, filter, index) : ask;
  if (filter.frames.length > 0) writeFramed(module, name, inWindow, filter);
  const specs = rules.map((rule) => rule.spec);
  return {
    run: name,
    spec: js`{
    id: ${quote(filter.id)},
    name: ${quote(filter.name)},
    sessionMs: ${filter.sessionMs === null ? null : writeDuration(filter.sessionMs)},
    rules: [${specs}],
  }`,
  };
}

interface WrittenRule {
  readonly plan: RulePlan;
  readonly name: Code;
  readonly spec: Code;
}

function writeRule(module: Module, filter: FilterPlan, parts: Code, plan: RulePlan): WrittenRule {
  const { spec, pattern, where } = plan;
  const name = module.names.make(spec.name);
  const specName = module.names.make(`${spec.name} rule`);
  const captures = writeCaptures(module, pattern);
  const field = (of: Field) => writeField(module, filter, parts, plan, captures, of);
  const ownText = hasWindow(filter) && pattern?.kind !== "regex";
  const tests = [
    ...(ownText ? [js`${module.use("unmatched")}(c)`] : []),
    ...(pattern === null ? [] : [writePattern(module, pattern, "message")]),
    ...(where === null ? [] : [writeWhere({ module, field }, where)]),
    js`${module.use("hit")}(c, ${parts}, ${specName}, ${captures})`,
  ];
  module.add(
    join([
      comment(`${spec.at}  ${spec.kind} ${plan.source ?? "where ..."}`),
      js`const ${specName} = /* @__PURE__ */ ${module.use("rule")}(${writeSpec(spec)});`,
      js`function ${name}(c) {
  return (
    ${join(tests, js` &&\n    `)}
  );
}`,
    ]),
  );
  return { plan, name, spec: specName };
}

/** What most rules have is left out: a weight of 1, and no `end`. */
function writeSpec({ name, kind, at, weight, end }: RulePlan["spec"]): Code[] {
  const rest = end ? [number(weight), js`true`] : weight === 1 ? [] : [number(weight)];
  return [quote(name), quote(kind), quote(at), ...rest];
}

/** The rule's captures first, then the frame's, then the format's fields and the header's. */
function writeField(
  module: Module,
  filter: FilterPlan,
  parts: Code,
  plan: RulePlan,
  captures: Code,
  field: Field,
): Code {
  if ("path" in field) {
    const key = JSON.stringify(field.path);
    const at = filter.fields.findIndex((one) => "path" in one && JSON.stringify(one.path) === key);
    return js`c.record.values[${at}]`;
  }
  const mine = plan.pattern !== null && namesOf(plan.pattern).includes(field.name);
  const frames = filter.frameSlots.includes(field.name);
  if (mine || frames) {
    return js`${module.use("namedValue")}(c, ${parts}, ${captures}, ${quote(field.name)})`;
  }
  return js`${module.use("fieldOf")}(c, ${parts}, ${quote(field.name)})`;
}

function namesOf(pattern: PatternPlan): string[] {
  return pattern.kind === "regex"
    ? [...new Set(pattern.groups.map(({ name }) => name))]
    : [...pattern.captures];
}

/** Captures by name: slots one behind the other, or groups. A name holds no blank. */
function writeCaptures(module: Module, pattern: PatternPlan | null): Code {
  const names = pattern === null ? [] : namesOf(pattern);
  if (pattern === null || names.length === 0) return module.use("noCaptures");
  const list = quote(names.join(" "));
  if (pattern.kind === "template") {
    return module.constant("captures", js`${module.use("slots")}(${pattern.firstSlot}, ${list})`);
  }
  const groupsOf = (name: string) => pattern.groups.filter((one) => one.name === name);
  const groups = quote(
    names
      .map((name) =>
        groupsOf(name)
          .map(({ group }) => group)
          .join(","),
      )
      .join(" "),
  );
  return module.constant("captures", js`${module.use("groups")}(${list}, ${groups})`);
}

/** Ignore rules before all others, then the rest by what the message begins with. */
function writeAsk(
  module: Module,
  name: Code,
  filter: FilterPlan,
  rules: readonly WrittenRule[],
): Code {
  const ignore = rules.filter(({ plan }) => plan.spec.kind === "ignore");
  const others = rules.filter(({ plan }) => plan.spec.kind !== "ignore");
  const body: Code[] = [];
  if (filter.frames.length === 0 && !hasWindow(filter)) body.push(js`${module.use("begin")}(c);`);
  if (ignore.length > 0) {
    const calls = ignore.map((rule) => js`${rule.name}(c)`);
    body.push(js`if (${join(calls, js` || `)}) return true;`);
  }
  body.push(writeDispatch(others));
  return js`function ${name}(c) {
${join(body)}
}`;
}

function hasWindow(filter: FilterPlan): boolean {
  return filter.formats.some((format) => format.window !== null);
}

/** The function that asks the rules with the last messages in place of the one at hand. */
function writeWindow(
  module: Module,
  name: Code,
  ask: Code,
  filter: FilterPlan,
  index: number,
): Code {
  const framed = filter.frames.length > 0;
  const own = framed ? module.names.make(`${filter.name} window`) : name;
  const sizes = module.own("windows", literal(filter.formats.map((format) => format.window)));
  const begin = framed
    ? js``
    : js`${module.use("begin")}(c);
`;
  module.add(js`function ${own}(c) {
${begin}return ${module.use("windowed")}(c, ${index}, ${sizes}[c.format], ${ask});
}`);
  return own;
}
