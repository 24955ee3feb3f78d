/**
 * Which texts are worth looking for in a log before anything else is done with its records.
 *
 * In: texts of which a record must hold one. Out: which of two such rows is better, and of a text its rarest eight
 * bytes, for as many are compared at once (runtime/find).
 */

/** With more, looking for them costs more than it saves. */
export const textsMax = 64;

export const needleBytesMax = 8;

/** What logs are made of, most frequent first: the further behind, the rarer; what is not here is rarest. */
const byFrequency = " e0t1ainors2l3d:5c4.um6p7h89f-g/y[]wbv()=\"';,k_T+xASMFPCDRIEGjNOqzLBHUW";

/** About which share of a log's bytes this one is: a tenth are the first, each other is some less than the one before. */
export function shareOf(byte: number): number {
  return 0.08 * 0.94 ** rarityOf(String.fromCharCode(byte));
}

function rarityOf(char: string): number {
  const rank = byFrequency.indexOf(char);
  return rank < 0 ? byFrequency.length : rank;
}

/** The row whose weakest text says more; null says nothing. */
export function betterOf(a: string[] | null, b: string[] | null): string[] | null {
  if (a === null || b === null) return a ?? b;
  return worthOf(b) > worthOf(a) ? b : a;
}

function worthOf(texts: readonly string[]): number {
  const shortest = Math.min(...texts.map((text) => Math.min(text.length, needleBytesMax)));
  return shortest - Math.log2(texts.length) / 2;
}

/** The longest part in ASCII: others have no case, and may be cut nowhere. */
export function asciiPart(text: string): string {
  const parts = text.split(/[^\t\x20-\x7e]/);
  return parts.reduce((best, part) => (part.length > best.length ? part : best), "");
}

/** Of a text in ASCII the eight characters whose first three are rarest. */
export function needleOf(text: string): string {
  let best = text.slice(0, needleBytesMax);
  let bestRarity = -1;
  for (let at = 0; at + needleBytesMax <= text.length; at++) {
    const rarity = [...text.slice(at, at + 3)].reduce((sum, char) => sum + rarityOf(char), 0);
    if (rarity <= bestRarity) continue;
    bestRarity = rarity;
    best = text.slice(at, at + needleBytesMax);
  }
  return best;
}
