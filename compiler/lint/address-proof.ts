/**
 * The address proof: does a client's text in a line make a rule read another host's address?
 *
 * In: the checked policy. Out: an error with the line where one was found; a note where a condition
 * decides or the search was given up. For each rule that names somebody, and each rule whose lines
 * reach it, a line is looked for in which the daemon wrote one address (or none) and the rule can
 * read another: a product of two automata, so that where they have no line in common there is none. The
 * shortest that they have is then read as matching would, by all rules in their order, and another one
 * where that reads it otherwise: of some fifty thousand made-up filters one gets by so. Rules with regular
 * expressions are not proved: what they read is the matter of `untied-regexes`.
 */
import type { Filter, PartHole, Policy, Rule, Template } from "../../schemas/policy.ts";
import { clientKinds, flatten, freeKinds } from "../2-check/templates.ts";
import { lint as catalogue } from "../diagnostics/catalogue/lint.ts";
import type { Diagnostics } from "../diagnostics/diagnostic.ts";
import { NaiveFilter } from "./naive-verdict.ts";
import { spanOf } from "./patterns-of.ts";
import {
  type Automaton,
  automatonOf,
  commonLine,
  type Filling,
  fillingOf,
  type Order,
} from "./template-automaton.ts";
import { isClients, isCulprit, type Row } from "./template-row.ts";

/** The host that wrote, the one it wants banned, and one that stands in the line besides. */
const writer = "192.0.2.1";
const victim = "198.51.100.2";
const other = "203.0.113.3";

/** Pairs of states that are looked at for one filter, and for one pair of rows. */
const filterPairsMax = 8_000_000;
const rowPairsMax = 100_000;
/** Ways through all templates of one filter, and characters in them, up to which it is looked at at all. */
const readingsMax = 3_000;
const charsMax = 1_000_000;

/** One way through a rule's template, as the daemon writes it and as the rule reads it. */
interface Reading {
  readonly rule: Rule;
  readonly order: number;
  readonly row: Row;
  /** Where in the row the culprit stands; -1: it names nobody. */
  readonly culprit: number;
  /** Made when some row may be read as this one, or the other way round: most never are. */
  readonly written: () => Automaton;
  readonly reads: () => readonly Way[];
  readonly clientWrites: boolean;
  readonly starts: string;
  readonly ends: string;
}

/** How a rule may read a line, the culprit spelled in one way: beside another hole once more, with a byte that an address may stand beside. */
interface Way {
  readonly loose: Automaton;
  /** Free holes end where the hole beside them would go on; null: no such hole stands beside one. */
  readonly tight: () => Automaton | null;
}

interface Attack {
  readonly reads: Reading;
  readonly writes: Reading;
  /** null: not decided. */
  readonly line: string | null;
}

export function proveAddresses(policy: Policy, diagnostics: Diagnostics, library: boolean): void {
  for (const filter of policy.filters) {
    // It was proved when the library was.
    if (!library && filter.isStock) continue;
    const [first] = filter.rules;
    if (first !== undefined && isTooLarge(filter.rules)) {
      diagnostics.add(catalogue.addressNotProved, spanOf(first.at), { hole: "address" });
      continue;
    }
    for (const attack of attacksOn(filter)) report(attack, diagnostics);
  }
}

function isTooLarge(rules: readonly Rule[]): boolean {
  let readings = 0;
  let chars = 0;
  for (const { pattern } of rules) {
    if (pattern?.kind !== "template") continue;
    const rows = flatten(pattern.parts);
    readings += rows.length;
    for (const part of rows.flat()) chars += part.kind === "text" ? part.text.length : 1;
    if (readings > readingsMax || chars > charsMax) return true;
  }
  return false;
}

/** At most one a rule. */
function attacksOn(filter: Filter): Attack[] {
  const rules = filter.rules.filter((rule) => rule.kind !== "ignore");
  const readings = rules.flatMap((rule, order) =>
    rule.pattern?.kind === "template" ? readingsOf(rule, rule.pattern, order) : [],
  );
  const naive = new NaiveFilter(filter);
  let pairsLeft = filterPairsMax;
  const attacks: Attack[] = [];
  for (const rule of rules) {
    let open: Attack | null = null;
    let found: Attack | null = null;
    for (const reads of readings) {
      if (reads.rule !== rule || reads.culprit < 0) continue;
      for (const writes of readings) {
        if (found !== null || !canReach(reads, writes)) continue;
        pairsLeft -= Math.min(edgesOf(reads) * writes.written().edges.length, rowPairsMax);
        const line = pairsLeft < 0 ? "limit" : findLine(reads, writes, naive);
        if (line === "limit") open ??= { reads, writes, line: null };
        else if (line !== null) found = { reads, writes, line };
      }
    }
    const told = found ?? open;
    if (told !== null) attacks.push(told);
  }
  return attacks;
}

/** A line of `writes` in which the rules name the victim; "limit": not decided. */
function findLine(reads: Reading, writes: Reading, naive: NaiveFilter): string | null | "limit" {
  let undecided = false;
  for (const [way, order] of waysOf(reads, writes)) {
    // The shortest line may be one that matching reads in another way; then one that leaves it no choice is looked for.
    for (const read of [() => way.loose, way.tight]) {
      const automaton = read();
      const line =
        automaton === null ? null : commonLine(automaton, writes.written(), rowPairsMax, order);
      if (line === null) break;
      if (line === "limit") {
        undecided = true;
        break;
      }
      // Blanks at the end of a message are cut: something stands behind them, then.
      const message = /[ \t]$/.test(line) ? `${line}x` : line;
      const { who, conditioned } = naive.judge(message);
      // A condition of the rule that it is written for can say that it is no such line.
      if (who === victim && naive.takes(writes.rule, message) === true) return message;
      undecided ||= who === "unknown" || who === victim || conditioned;
    }
  }
  return undecided ? "limit" : null;
}

/** The victim's address may be read in front of the writer's or behind it; matching prefers one of them. */
function waysOf(reads: Reading, writes: Reading): [Way, Order | null][] {
  const order = { entered: reads.culprit, passed: writes.culprit };
  const orders: (Order | null)[] =
    writes.culprit < 0
      ? [null]
      : [
          { ...order, side: "behind" },
          { ...order, side: "before" },
        ];
  return reads.reads().flatMap((way) => orders.map((one): [Way, Order | null] => [way, one]));
}

function edgesOf(reading: Reading): number {
  return reading.reads().reduce((sum, { loose }) => sum + loose.edges.length, 0);
}

/** An earlier rule has taken its own lines; most rows begin or end with words of their own. */
function canReach(reads: Reading, writes: Reading): boolean {
  if (writes.order < reads.order || !writes.clientWrites) return false;
  const front = Math.min(reads.starts.length, writes.starts.length);
  const back = Math.min(reads.ends.length, writes.ends.length);
  return (
    reads.starts.slice(0, front) === writes.starts.slice(0, front) &&
    (back === 0 || reads.ends.slice(-back) === writes.ends.slice(-back))
  );
}

function readingsOf(rule: Rule, template: Template, order: number): Reading[] {
  const { ignoreCase } = template;
  const words = (part: Row[number] | undefined) => {
    const text = part?.kind === "text" ? part.text : "";
    return ignoreCase ? text.toLowerCase() : text;
  };
  return flatten(template.parts).map((row) => {
    const culprit = row.findIndex(isCulprit);
    const who = row[culprit];
    return {
      rule,
      order,
      row,
      culprit,
      written: once(() =>
        automatonOf(row, ignoreCase, (hole) => {
          if (hole === who) return { texts: [writer] };
          // What the daemon vouches for is the name of an account or of a part of it.
          const isVouched = clientKinds.includes(hole.of) && !isClients(hole);
          return isVouched ? { has: isNameLetter, min: 1 } : fillingOf(hole, [other]);
        }),
      ),
      reads: once(() =>
        spellings(row, culprit).map((texts): Way => {
          const fill = (hole: PartHole) =>
            hole === who ? { texts } : fillingOf(hole, [writer, victim, other]);
          const fences = fencesOf(row, fill);
          return {
            loose: automatonOf(row, ignoreCase, fill),
            tight: once(() =>
              fences.size === 0
                ? null
                : automatonOf(row, ignoreCase, (hole) => fences.get(hole) ?? fill(hole)),
            ),
          };
        }),
      ),
      clientWrites: row.some((part) => isClients(part) && part !== who),
      starts: words(row[0]),
      ends: words(row.at(-1)),
    };
  });
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

const borders = [..." ([<='\",;/"];

/** The victim's address as it may stand in the row; with a byte of the hole beside it, too. */
function spellings(row: Row, culprit: number): string[][] {
  const beside = (part: Row[number] | undefined) => {
    if (part?.kind !== "hole") return [""];
    const filling = fillingOf(part, []);
    if ("texts" in filling) return [""];
    return borders.filter((border) => filling.has(border.charCodeAt(0)));
  };
  if (culprit < 0) return [];
  const before = beside(row[culprit - 1]);
  const behind = beside(row[culprit + 1]);
  const bordered = before.flatMap((one) => behind.map((other) => one + victim + other));
  return bordered.includes(victim) ? [[victim]] : [bordered, [victim]];
}

/**
 * Free holes beside holes of some characters, which take all of them that they can get: from the left where they stand
 * before the hole, from the right behind the last free one. So the free hole begins, or ends, with another character.
 */
function fencesOf(row: Row, fill: (hole: PartHole) => Filling): Map<Row[number], Filling> {
  const isFreeAt = (at: number) => {
    const part = row[at];
    return part?.kind === "hole" && freeKinds.includes(part.of);
  };
  const notIn = (at: number): ((code: number) => boolean) | undefined => {
    const part = row[at];
    if (part?.kind !== "hole" || isFreeAt(at)) return undefined;
    const filling = fill(part);
    if ("texts" in filling) return undefined;
    return (code) => code !== 10 && !filling.has(code);
  };
  const lastFree = row.findLastIndex((_, at) => isFreeAt(at));
  const fences = new Map<Row[number], Filling>();
  for (const [at, part] of row.entries()) {
    if (!isFreeAt(at)) continue;
    const first = notIn(at - 1);
    const last = at === lastFree ? notIn(at + 1) : undefined;
    if (first === undefined && last === undefined) continue;
    const has = (code: number) => code !== 10;
    fences.set(part, { has, min: 0, ...(first && { first }), ...(last && { last }) });
  }
  return fences;
}

const isNameLetter = (code: number) => code >= 97 && code <= 122;

function report({ reads, writes, line }: Attack, diagnostics: Diagnostics): void {
  const at = spanOf((reads.rule.pattern as Template).at);
  const who = reads.row[reads.culprit];
  const hole = who !== undefined && isCulprit(who) ? (who.name ?? who.of) : "address";
  const isOwn = writes.rule === reads.rule;
  const label = { at: spanOf(writes.rule.at), text: "the daemon writes such lines for this rule" };
  const more = { labels: isOwn ? [] : [label] };
  if (line === null) diagnostics.add(catalogue.addressNotProved, at, { hole }, more);
  else {
    const named = writes.culprit < 0 ? null : writer;
    diagnostics.add(catalogue.ambiguousAddress, at, { hole, line, victim, writer: named }, more);
  }
}
