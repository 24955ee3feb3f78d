/**
 * What the bench was asked to do.
 *
 * In: the words behind `npm run bench --`. Out: its settings. Throws with a sentence for a word it does not know.
 */

export interface Settings {
  /** Rounds of alternating runs; the median of each subject is told. */
  readonly rounds: number;
  /** About so many bytes in each large log. */
  readonly logBytes: number;
  /** Where the figures go as JSON; null: nowhere. */
  readonly file: string | null;
  /** A commit to be held against this tree; null: peers instead. */
  readonly against: string | null;
}

const help = `npm run bench -- [--quick] [--file FILE] [--against REF]
  --quick        smaller logs and fewer rounds: about a minute
  --file FILE    the figures as JSON, too (also --json FILE)
  --against REF  this tree beside another commit, instead of beside peers`;

export function readSettings(words: readonly string[]): Settings {
  let quick = false;
  let file: string | null = null;
  let against: string | null = null;
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === "--quick") quick = true;
    else if (word === "--json" || word === "--file") file = takeValue(word, rest.shift());
    else if (word === "--against") against = takeValue(word, rest.shift());
    else throw new Error(`${word} is no option of the bench\n${help}`);
  }
  return { rounds: quick ? 3 : 5, logBytes: (quick ? 40 : 160) * 1e6, file, against };
}

function takeValue(word: string, value: string | undefined): string {
  if (value === undefined || value.startsWith("--")) throw new Error(`${word} needs a value`);
  return value;
}
