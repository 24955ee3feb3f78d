/**
 * "Did you mean": the known word that is nearest to a misspelt one.
 *
 * In: a word from a policy and the words that would have been right. Out: one of these, or nothing.
 * Both may be hostile: long words are not compared, and the work is words times 64 times 64 at most.
 */

const wordUnitsMax = 64;

/**
 * The nearest known word by edit distance (an exchange of neighbours counts as one edit), or
 * undefined when none is near: one edit for words of up to four letters, two for up to eight,
 * else three. Of equally near words the one wins that begins like the word for longest (`wher` is
 * `where`, not `when`), then the first by code unit: the order of `known` does not matter.
 */
export function nearest(word: string, known: Iterable<string>): string | undefined {
  if (word.length < 2 || word.length > wordUnitsMax) return undefined;
  const editsMax = word.length <= 4 ? 1 : word.length <= 8 ? 2 : 3;
  let best: string | undefined;
  let bestEdits = editsMax + 1;
  for (const candidate of known) {
    if (Math.abs(candidate.length - word.length) > editsMax) continue;
    const edits = countEdits(word.toLowerCase(), candidate.toLowerCase());
    if (edits > bestEdits || edits > editsMax) continue;
    if (edits === bestEdits && best !== undefined && !precedes(candidate, best, word)) continue;
    best = candidate;
    bestEdits = edits;
  }
  return best;
}

function precedes(a: string, b: string, word: string): boolean {
  const ahead = countCommonUnits(a, word) - countCommonUnits(b, word);
  return ahead > 0 || (ahead === 0 && a < b);
}

function countCommonUnits(a: string, b: string): number {
  let count = 0;
  while (count < a.length && a[count] === b[count]) count++;
  return count;
}

/** Optimal string alignment distance: insert, delete, replace, or swap two neighbours. */
function countEdits(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let edits = Math.min(
        (last[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (last[j - 1] ?? 0) + (same ? 0 : 1),
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        edits = Math.min(edits, (before[j - 2] ?? 0) + 1);
      }
      row.push(edits);
    }
    before = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
