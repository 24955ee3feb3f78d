/**
 * `sshd[mode=aggressive, publickey="any"]`: a name and its arguments, as jails write them.
 *
 * In: the text. Out: name and arguments, keys as written; null when it has another shape. Several brackets add up; a value without quotes ends at `,` or `]`,
 * one in quotes at its quote, which it cannot hold.
 */
export interface NamedWithArguments {
  readonly name: string;
  readonly args: ReadonlyMap<string, string>;
}

const key = /[\w.-]+(?:\?[\w.-]+=[\w.-]+)?/y;

export function readNamed(text: string): NamedWithArguments | null {
  const head = /^\s*([^[\]\s]+)\s*/.exec(text);
  if (head === null) return null;
  const args = new Map<string, string>();
  let at = head[0].length;
  while (at < text.length) {
    if (text[at] !== "[") return null;
    const end = readGroup(text, at + 1, args);
    if (end === null) return null;
    at = skipBlanks(text, end);
  }
  return { name: head[1] ?? "", args };
}

/** Reads behind `[`; the offset behind `]`, or null. */
function readGroup(text: string, start: number, args: Map<string, string>): number | null {
  let at = skipBlanks(text, start);
  while (text[at] !== "]") {
    key.lastIndex = at;
    const name = key.exec(text)?.[0];
    if (name === undefined) return null;
    at = skipBlanks(text, at + name.length);
    if (text[at] !== "=") return null;
    at = skipBlanks(text, at + 1);
    const quote = text[at];
    const isQuoted = quote === '"' || quote === "'";
    const end = isQuoted ? text.indexOf(quote, at + 1) : endOfBare(text, at);
    if (end < 0) return null;
    args.set(name, text.slice(isQuoted ? at + 1 : at, end).trim());
    at = skipBlanks(text, isQuoted ? end + 1 : end);
    if (text[at] === ",") at = skipBlanks(text, at + 1);
    else if (text[at] !== "]") return null;
  }
  return at + 1;
}

function endOfBare(text: string, start: number): number {
  const length = text.slice(start).search(/[,\]]/);
  return length < 0 ? -1 : start + length;
}

function skipBlanks(text: string, start: number): number {
  return start + (/^\s*/.exec(text.slice(start))?.[0].length ?? 0);
}
