/**
 * A translated regular expression -> the text of a template that matches the same messages and captures the same, or null.
 *
 * What must hold is proved, not tried (docs/matching.md section 5 has how templates match): each of the rows that optional parts make can match a message in one
 * way only, so that it does not matter which way an engine looks first; and two rows cannot both match, or are tried in the same order as by the
 * regular expression. Where that cannot be shown, a regular expression it stays.
 */
import type { Choice } from "../python-regex/tree.ts";
import { type Free, type Hole, type Part, partsOf, type TemplateParts } from "./template-parts.ts";

type Item = { readonly kind: "text"; readonly text: string } | Hole;
type Row = readonly Item[];

/** More rows are harder to read than the regular expression. */
const rowsMax = 16;

/** What may stand beside an address or a name so that both ends are told: no part of a longer token, and no bracket of it. */
const behindWho = /^[ ,;'"()<>|=#]|^: /;
const beforeWho = /[ ,;'"()<>|=#]$/;

export function templateOf(
  tree: Choice,
  flags: string,
  nameOf: (index: number) => string | null,
): string | null {
  if (/[is]/.test(flags)) return null;
  const found = partsOf(tree, nameOf);
  if (found === null) return null;
  const parts = withEnds(found);
  const rows = flatten(parts);
  if (rows.length === 0 || rows.length > rowsMax) return null;
  const hasCaptures = parts.some(captures);
  if (!found.isTiedAtStart && hasCaptures) return null;
  if (!rows.every((row) => hasOneWay(row)) || !isOrderSafe(parts, rows)) return null;
  return rows.every((row) => row.length > 0) ? print(parts) : null;
}

const anything: Free = { kind: "free", name: null, isLazy: false };

/** A template matches the whole message: what an untied pattern leaves is a hole. */
function withEnds({ parts, isTiedAtStart, isTiedAtEnd }: TemplateParts): readonly Part[] {
  const row = [...parts];
  if (!isTiedAtEnd) {
    // What may stand before anything says nothing.
    while (row.at(-1)?.kind === "optional" && !captures(row.at(-1))) row.pop();
    const last = row.at(-1);
    if (last?.kind !== "free") row.push(anything);
    // As little as will do is nothing.
    else if (last.isLazy && last.name === null) row[row.length - 1] = anything;
  }
  if (!isTiedAtStart && row[0]?.kind !== "free") row.unshift(anything);
  return row;
}

function captures(part: Part | undefined): boolean {
  if (part === undefined || part.kind === "text") return false;
  if (part.kind === "optional") return part.parts.some(captures);
  return part.kind === "who" || part.name !== null;
}

/** "All taken" first, earlier parts taken before later ones. */
function flatten(parts: readonly Part[]): Row[] {
  let rows: Item[][] = [[]];
  for (const part of parts) {
    const choices: Row[] = part.kind === "optional" ? [...flatten(part.parts), []] : [[part]];
    rows = rows.flatMap((row) => choices.map((choice) => joined([...row, ...choice])));
    if (rows.length > rowsMax) return [];
  }
  return rows;
}

function joined(row: Row): Item[] {
  const out: Item[] = [];
  for (const item of row) {
    const last = out.at(-1);
    if (item.kind === "text" && last?.kind === "text") {
      out[out.length - 1] = { kind: "text", text: last.text + item.text };
    } else out.push(item);
  }
  return out;
}

/** Every hole of the row has one extent at most, wherever the engine begins. */
function hasOneWay(row: Row): boolean {
  const frees = row.flatMap((item, i) => (item.kind === "free" ? [i] : []));
  const first = frees[0] ?? row.length;
  const last = frees.at(-1) ?? -1;
  const isLazy = (item: Item) => item.kind === "free" && item.isLazy;
  // Of one free hole both ends are told by what stands around it; of more the rightmost fit counts.
  if (frees.length > 1 && row.some(isLazy)) return false;
  return row.every((item, i) => {
    if (item.kind === "text") return true;
    const before = row[i - 1];
    const next = row[i + 1];
    if (item.kind === "free") return before?.kind !== "free" && !(i < last && isOpenEnd(row, i));
    const isBeside = before?.kind === "free" || next?.kind === "free";
    if (isBeside && item.kind !== "words") return false;
    return i < first || i < last ? endsAt(item, next, before) : beginsAt(item, before, next);
  });
}

/** A free hole with a name of which more follow: its right end is the rightmost fit in both; it needs a text behind. */
function isOpenEnd(row: Row, i: number): boolean {
  const next = row[i + 1];
  return next?.kind !== "text" && next?.kind !== "words";
}

/** Read from the left: the end of the hole is told by what follows. */
function endsAt(hole: Hole, next: Item | undefined, before: Item | undefined): boolean {
  switch (hole.kind) {
    case "words":
      return isFreeOf(hole.words, (a, b) => a.startsWith(b));
    case "not":
      // All of the run, whatever optional parts follow.
      return (
        next === undefined || (next.kind === "text" && hole.chars.includes(next.text[0] ?? "\n"))
      );
    case "who":
      // At the end of a line an address that begins a name would be taken for all of it.
      if (next === undefined) return hole.name === "address" && isFreeBefore(before);
      if (next.kind !== "text") return false;
      return behindWho.test(next.text) && isFreeBefore(before);
    default:
      return false;
  }
}

/** Read from the right: the start of the hole is told by what stands before it. */
function beginsAt(hole: Hole, before: Item | undefined, next: Item | undefined): boolean {
  switch (hole.kind) {
    case "words":
      return isFreeOf(hole.words, (a, b) => a.endsWith(b));
    case "not":
      return before?.kind === "text" && hole.chars.includes(before.text.at(-1) ?? "\n");
    case "who":
      if (before?.kind !== "text" || !beforeWho.test(before.text)) return false;
      return next === undefined || (next.kind === "text" && behindWho.test(next.text));
    default:
      return false;
  }
}

function isFreeBefore(before: Item | undefined): boolean {
  return before === undefined || (before.kind === "text" && beforeWho.test(before.text));
}

/** No word begins (or ends) another: at most one of them stands at a place. */
function isFreeOf(words: readonly string[], holds: (a: string, b: string) => boolean): boolean {
  return words.every((a, i) => words.every((b, j) => i === j || !holds(a, b)));
}

/**
 * Before the first free hole a regular expression decides on optional parts in the order of the rows. Behind one it first gives the hole
 * all it can: then two rows must not match the same message, as their ends show.
 */
function isOrderSafe(parts: readonly Part[], rows: readonly Row[]): boolean {
  const firstFree = parts.findIndex((part) => part.kind === "free" || holdsFree(part));
  const lastOptional = parts.findLastIndex((part) => part.kind === "optional");
  if (firstFree < 0 || lastOptional < firstFree) return true;
  if (!parts.some(captures)) return true;
  return rows.every((row, i) => rows.every((other, j) => i === j || areApart(row, other)));
}

function holdsFree(part: Part): boolean {
  return (
    part.kind === "optional" && part.parts.some((one) => one.kind === "free" || holdsFree(one))
  );
}

/** From the end of the line on, the first place where the rows differ differs in its characters. */
function areApart(a: Row, b: Row): boolean {
  let [i, j] = [a.length - 1, b.length - 1];
  while (i >= 0 && j >= 0 && JSON.stringify(a[i]) === JSON.stringify(b[j])) {
    // Where a hole takes anything the places before it are not told by the end.
    if (a[i]?.kind === "free") return false;
    i--;
    j--;
  }
  const [one, other] = [a[i], b[j]];
  if (one === undefined || other === undefined) return false;
  if (one.kind === "text" && other.kind === "text") {
    const length = Math.min(one.text.length, other.text.length);
    return one.text.slice(-length) !== other.text.slice(-length);
  }
  if (one.kind === "text") return isNoEnd(one.text.at(-1) ?? "", other);
  return other.kind === "text" && isNoEnd(other.text.at(-1) ?? "", one);
}

/** What the item takes cannot end in this character. */
function isNoEnd(char: string, item: Item): boolean {
  switch (item.kind) {
    case "words":
      return item.words.every((word) => !word.endsWith(char));
    case "not":
      return item.chars.includes(char);
    case "who":
      return item.name === "host" ? !/[\w.:\]-]/.test(char) : !/[0-9A-Fa-f.:\]]/.test(char);
    default:
      return false;
  }
}

function print(parts: readonly Part[]): string {
  const last = parts.at(-1);
  return mergeLetters(parts)
    .map((part) => {
      if (part.kind === "text") return part.text.replace(/[{}]/g, "$&$&");
      if (part.kind === "optional") return `{?${print(part.parts)}}`;
      if (part.kind === "who") return `{${part.name}}`;
      const named = (kind: string) => (part.name === null ? `{${kind}}` : `{${part.name}:${kind}}`);
      if (part.kind === "words") return named(part.words.join("|"));
      if (part.kind === "not") return named(`not ${part.chars}`);
      if (part.name === "user") return "{user}";
      return part === anything && part === last ? "{rest}" : named("text");
    })
    .join("");
}

/** `{L|l}ogin` -> `{Login|login}`. */
function mergeLetters(parts: readonly Part[]): Part[] {
  const out: Part[] = [];
  for (const part of parts) {
    const last = out.at(-1);
    const letters = part.kind === "text" ? (/^[A-Za-z]+/.exec(part.text)?.[0] ?? "") : "";
    const isLetter = last?.kind === "words" && last.words.every((word) => word.length === 1);
    if (part.kind === "text" && isLetter && last.name === null && letters !== "") {
      out[out.length - 1] = { ...last, words: last.words.map((word) => word + letters) };
      const rest = part.text.slice(letters.length);
      if (rest !== "") out.push({ kind: "text", text: rest });
    } else out.push(part);
  }
  return out;
}
