/**
 * The alternatives of a template as one expression that does no step twice.
 *
 * In: the operations of each alternative, in the order in which alternatives are tried. Out: an
 * expression. Alternatives that begin alike share that beginning; where they part, the cursor is
 * marked and set back. Endings that occur more than once become functions. What a failed branch
 * captured and the next one does not is forgotten on the way back.
 */
import { type Code, join, js } from "./code.ts";
import type { Module } from "./module.ts";

export interface Step {
  readonly code: Code;
  /** What it captures; -1: nothing. */
  readonly slots: readonly number[];
}

/** Endings shorter than this are written out again. */
const sharedLength = 48;

export function writeWays(module: Module, ways: readonly (readonly Step[])[]): Code {
  const writer = new WayWriter(module);
  const root = writer.plan(ways, 0);
  return writer.write(root);
}

interface Node {
  /** Steps that all alternatives below have in common. */
  readonly steps: readonly Code[];
  readonly branches: readonly { readonly drop: readonly number[]; readonly node: Node }[];
  readonly mark: number;
  /** The node written out in full: equal nodes have equal keys. */
  readonly key: string;
}

class WayWriter {
  readonly #module: Module;
  readonly #seen = new Map<string, number>();

  constructor(module: Module) {
    this.#module = module;
  }

  plan(ways: readonly (readonly Step[])[], mark: number): Node {
    const shared = sharedSteps(ways);
    const rests = ways.map((way) => way.slice(shared));
    const steps = (ways[0] ?? []).slice(0, shared).map((step) => step.code);
    const groups = rests.every((rest) => rest.length === 0) ? [] : groupByFirst(rests);
    const branches = groups.map((group, i) => ({
      drop: i === 0 ? [] : slotsToDrop(groups.slice(0, i).flat(), group),
      node: this.plan(group, mark + 1),
    }));
    const parts = branches.map(({ drop, node }) => `${drop.join()}:${node.key}`);
    const key = `${steps.join(" && ")}${parts.length === 0 ? "" : ` ${mark}(${parts.join(" | ")})`}`;
    this.#seen.set(key, (this.#seen.get(key) ?? 0) + 1);
    return { steps, branches, mark, key };
  }

  write(node: Node): Code {
    const isShared = (this.#seen.get(node.key) ?? 0) > 1 && node.key.length >= sharedLength;
    if (!isShared) return this.#writeInline(node);
    const name = this.#module.constant("ending", js`(c) => ${this.#writeInline(node)}`);
    return js`${name}(c)`;
  }

  #writeInline(node: Node): Code {
    if (node.branches.length === 0) return join(node.steps, js` && `);
    const { mark } = node;
    const branches = node.branches.map(({ drop, node: below }, i) => {
      const first = join(
        [
          js`${this.#module.use(i === 0 ? "mark" : "back")}(c, ${mark})`,
          ...drop.map((slot) => js`${this.#module.use("forget")}(c, ${slot})`),
        ],
        js` && `,
      );
      const rest = this.write(below);
      return below.steps.length + below.branches.length === 0 ? first : js`${first} && ${rest}`;
    });
    const choice = js`(${join(branches, js` || `)})`;
    return join([...node.steps, choice], js` && `);
  }
}

/** How many steps all alternatives begin with in common. */
function sharedSteps(ways: readonly (readonly Step[])[]): number {
  const first = ways[0] ?? [];
  let shared = 0;
  const standsIn = (way: readonly Step[]) =>
    way[shared]?.code.toString() === first[shared]?.code.toString();
  while (shared < first.length && ways.every(standsIn)) shared++;
  return shared;
}

/** Neighbours with the same first step: the order in which alternatives are tried must stay. */
function groupByFirst(ways: readonly (readonly Step[])[]): (readonly Step[])[][] {
  const groups: (readonly Step[])[][] = [];
  let last: string | undefined;
  for (const way of ways) {
    const first = way[0]?.code.toString() ?? "";
    if (groups.length > 0 && first === last) groups.at(-1)?.push(way);
    else groups.push([way]);
    last = first;
  }
  return groups;
}

/** What the branches before may have captured and not every way of this one captures anew. */
function slotsToDrop(
  before: readonly (readonly Step[])[],
  group: readonly (readonly Step[])[],
): number[] {
  const slotsOf = (way: readonly Step[]) => new Set(way.flatMap((step) => step.slots));
  const captured = [...new Set(before.flatMap((way) => [...slotsOf(way)]))].filter((s) => s >= 0);
  const sure = group.map(slotsOf);
  return captured.filter((slot) => !sure.every((set) => set.has(slot))).sort((a, b) => a - b);
}
