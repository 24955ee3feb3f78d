/**
 * The other cases of a character as Python's IGNORECASE has them: simple lower case, with the few letters
 * that share an upper case (`k` and the Kelvin sign, `s` and the long s, `i` with and without its dot).
 */

let table: ReadonlyMap<number, readonly number[]> | undefined;

/** Characters that are alike but for their case, the character itself not among them. */
export function caseVariants(code: number): readonly number[] {
  table ??= makeTable();
  return table.get(code) ?? [];
}

function makeTable(): Map<number, readonly number[]> {
  const alike = new Map<string, number[]>();
  for (let code = 0; code <= 0x1ffff; code++) {
    if (code >= 0xd800 && code <= 0xdfff) continue;
    const key = keyOf(String.fromCodePoint(code));
    const found = alike.get(key);
    if (found === undefined) alike.set(key, [code]);
    else found.push(code);
  }
  const variants = new Map<number, readonly number[]>();
  for (const codes of alike.values()) {
    if (codes.length === 1) continue;
    for (const code of codes)
      variants.set(
        code,
        codes.filter((other) => other !== code),
      );
  }
  return variants;
}

function keyOf(char: string): string {
  if (char === "\u0130") return "i";
  const upper = oneCharacter(char.toUpperCase(), char);
  return oneCharacter(upper.toLowerCase(), upper);
}

/** A letter whose other case is two letters has none of its own. */
function oneCharacter(text: string, otherwise: string): string {
  return [...text].length === 1 ? text : otherwise;
}
