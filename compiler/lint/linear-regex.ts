/**
 * Which regular expressions plainly cost no more than a line is long: most do, and need no further look.
 *
 * In: a pattern whose tags are single characters, and its flags. Out: true when it is proved; false says nothing. The proof:
 * without a loop, every start costs at most as many steps as there are ways through the pattern. A loop over one
 * class of characters is *closed* when what stands before it and behind it cannot be in the loop: each run of
 * such characters is then entered from one start and left at one end. One loop may be open when the pattern is
 * tied to the line's start. Anything else is left to recheck.
 */
import { type AST, RegExpParser } from "@eslint-community/regexpp";

/** Ways through the pattern without its loops. */
const waysMax = 256;

export function isPlainlyLinear(source: string, flags: string): boolean {
  if (/[uvym]/.test(flags)) return false;
  const parser = new RegExpParser({ ecmaVersion: 2024 });
  const { alternatives } = parser.parsePattern(source, 0, source.length, false);
  const only = alternatives[0];
  // Of several alternatives each has its own starts: without loops they are only more ways.
  if (alternatives.length !== 1 || only === undefined) return waysOfChoice(alternatives) <= waysMax;
  const row = unfold(only.elements);
  const loops = row.flatMap((element, at) => (isLoop(element) ? [at] : []));
  const open = loops.filter((at) => !isClosed(row, at, flags));
  const isTied = row[0]?.type === "Assertion" && row[0].kind === "start";
  if (loops.some((at) => !isOneClass(row[at]))) return false;
  if (open.length > (isTied ? 1 : 0)) return false;
  const rest = row.filter((_, at) => !loops.includes(at));
  return waysOfRow(rest) <= waysMax;
}

/** Groups with one alternative are the row that stands in them. */
function unfold(elements: readonly AST.Element[]): AST.Element[] {
  return elements.flatMap((element) => {
    const isGroup = element.type === "Group" || element.type === "CapturingGroup";
    if (!isGroup || (element.type === "Group" && element.modifiers)) return [element];
    const [only, ...others] = element.alternatives;
    return only === undefined || others.length > 0 ? [element] : unfold(only.elements);
  });
}

function isLoop(element: AST.Element): element is AST.Quantifier {
  return element.type === "Quantifier" && element.max === Number.POSITIVE_INFINITY;
}

function isOneClass(element: AST.Element | undefined): boolean {
  return element?.type === "Quantifier" && isClass(element.element);
}

function isClass(element: AST.Element | undefined): boolean {
  return (
    element?.type === "Character" ||
    element?.type === "CharacterClass" ||
    element?.type === "CharacterSet"
  );
}

/** What stands on both sides must be there, and is no character of the loop. The pattern's end closes, too. */
function isClosed(row: readonly AST.Element[], at: number, flags: string): boolean {
  const loop = row[at];
  if (loop?.type !== "Quantifier") return false;
  const inside = charactersOf(loop.element, flags);
  const isOutside = (element: AST.Element | undefined) =>
    element !== undefined && isClass(element) && !overlaps(inside, charactersOf(element, flags));
  const next = row[at + 1];
  const isLast = next?.type === "Assertion" && next.kind === "end" && at + 2 === row.length;
  return isOutside(row[at - 1]) && (next === undefined || isLast || isOutside(next));
}

const known = new Map<string, Uint8Array>();
const unitsMax = 0x10000;

/** Which of all UTF-16 units a class takes, as the engine itself says. */
function charactersOf(element: AST.Element, flags: string): Uint8Array {
  const mode = flags.replace(/[gd]/g, "");
  const key = `${mode}/${element.raw}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const one = new RegExp(`^${element.raw}$`, mode);
  const found = new Uint8Array(unitsMax);
  for (let unit = 0; unit < unitsMax; unit++) {
    if (one.test(String.fromCharCode(unit))) found[unit] = 1;
  }
  known.set(key, found);
  return found;
}

function overlaps(a: Uint8Array, b: Uint8Array): boolean {
  return a.some((taken, unit) => taken === 1 && b[unit] === 1);
}

function waysOfChoice(alternatives: readonly AST.Alternative[]): number {
  return alternatives.reduce((sum, one) => sum + waysOfRow(one.elements), 0);
}

function waysOfRow(elements: readonly AST.Element[]): number {
  return elements.reduce((product, element) => product * waysOf(element), 1);
}

/** Infinity: not known to be few. */
function waysOf(element: AST.Element): number {
  switch (element.type) {
    case "Character":
    case "CharacterClass":
    case "CharacterSet":
      return 1;
    case "CapturingGroup":
      return waysOfChoice(element.alternatives);
    case "Group":
      return element.modifiers ? Number.POSITIVE_INFINITY : waysOfChoice(element.alternatives);
    case "Assertion":
      return "alternatives" in element ? waysOfChoice(element.alternatives) : 1;
    case "Quantifier":
      return waysOfQuantifier(element);
    default:
      return Number.POSITIVE_INFINITY;
  }
}

function waysOfQuantifier({ element, min, max }: AST.Quantifier): number {
  if (max > waysMax) return Number.POSITIVE_INFINITY;
  const inside = waysOf(element);
  let sum = 0;
  for (let times = min; times <= max; times++) sum += inside ** times;
  return sum;
}
