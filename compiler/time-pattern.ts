/**
 * The text of `time "PATTERN"` taken apart: letters of strptime(3), literal text, and a few holes.
 *
 * In: the text as the policy has it. Out: its ways, each a row of pieces without anything optional
 * left, in the order in which they are tried; or the piece that means nothing. What `{keep ...}`
 * holds stays in the message, so it stands at the start or at the end of a pattern and nowhere else.
 */

/** Letters that stand for one part of a time. */
const letters = "YmdHIMSybBaApjfzZekls";

/** What stands for several letters. */
const longForms: Readonly<Record<string, string>> = {
  T: "%H:%M:%S",
  D: "%m/%d/%y",
  F: "%Y-%m-%d",
};

const waysMax = 64;
const holes = ["time", "epoch", "tai64n", "int", "word"] as const;

export type TimePiece =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "blanks" }
  | { readonly kind: "letter"; readonly letter: string }
  | { readonly kind: "hole"; readonly of: (typeof holes)[number] }
  | { readonly kind: "not"; readonly chars: string }
  | { readonly kind: "words"; readonly words: readonly string[] };

type TimePart =
  | TimePiece
  | { readonly kind: "optional"; readonly parts: readonly TimePart[] }
  | { readonly kind: "keep"; readonly parts: readonly TimePart[] };

/** One way to read the pattern: what stays before the stamp, what is cut, what stays behind it. */
export interface TimeWay {
  readonly before: readonly TimePiece[];
  readonly stamp: readonly TimePiece[];
  readonly behind: readonly TimePiece[];
}

export interface TimePatternText {
  readonly ways: readonly TimeWay[];
  readonly keeps: boolean;
  /** False: it says which records it is for, and no time. */
  readonly tells: boolean;
}

/** `wrong` is the piece of the pattern that means nothing. */
export function parseTimePattern(text: string): TimePatternText | { readonly wrong: string } {
  try {
    const parts = new Reader(text).read();
    const keeps = parts.some((part) => part.kind === "keep");
    const ways = flatten(parts, text);
    const telling = ways.filter((way) =>
      [way.before, way.stamp, way.behind].flat().some(tellsTime),
    ).length;
    if (telling !== ways.length && (telling > 0 || !keeps)) throw new Wrong(text);
    return { ways, keeps, tells: telling > 0 };
  } catch (error) {
    if (error instanceof Wrong) return { wrong: error.written };
    throw error;
  }
}

/** Thrown inside this file only. */
class Wrong extends Error {
  readonly written: string;

  constructor(written: string) {
    super();
    this.written = written;
  }
}

class Reader {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): TimePart[] {
    const parts = this.#parts();
    if (this.#at < this.#text.length) throw new Wrong("}");
    return parts;
  }

  /** Up to the end, or to the `}` that closes what was opened. */
  #parts(): TimePart[] {
    const parts: TimePart[] = [];
    while (this.#at < this.#text.length) {
      const char = this.#text.charAt(this.#at);
      const two = this.#text.slice(this.#at, this.#at + 2);
      if (two === "{{" || two === "}}") {
        // Inside a hole `}}` closes two: what closes is looked at first.
        if (two === "}}" && this.#depth > 0) break;
        this.#at += 2;
        addText(parts, char);
      } else if (char === "}") break;
      else if (char === "{") parts.push(this.#hole());
      else if (char === "%") this.#letter(parts);
      else if (char === " ") {
        this.#at++;
        if (parts.at(-1)?.kind !== "blanks") parts.push({ kind: "blanks" });
      } else {
        this.#at++;
        addText(parts, char);
      }
    }
    return parts;
  }

  #letter(parts: TimePart[]): void {
    const letter = this.#text.charAt(this.#at + 1);
    this.#at += 2;
    const long = longForms[letter];
    if (long !== undefined) parts.push(...new Reader(long).read());
    else if (letter === "%") addText(parts, "%");
    else if (letter !== "" && letters.includes(letter)) parts.push({ kind: "letter", letter });
    else throw new Wrong(`%${letter}`);
  }

  #hole(): TimePart {
    const open = this.#at;
    const rest = this.#text.slice(open);
    const nested = /^\{(\?|keep )/.exec(rest);
    if (nested !== null) {
      this.#at += nested[0].length;
      this.#depth++;
      const parts = this.#parts();
      this.#depth--;
      if (this.#text.charAt(this.#at) !== "}" || parts.length === 0 || this.#depth > waysMax) {
        throw new Wrong(this.#text.slice(open));
      }
      this.#at++;
      return { kind: nested[1] === "?" ? "optional" : "keep", parts };
    }
    const body = /^\{([^{}]*)\}/.exec(rest)?.[1];
    if (body === undefined) throw new Wrong(rest);
    this.#at += body.length + 2;
    return holeOf(body);
  }
}

function holeOf(body: string): TimePiece {
  const of = holes.find((one) => one === body);
  if (of !== undefined) return { kind: "hole", of };
  if (body.startsWith("not ") && body.length > 4) return { kind: "not", chars: body.slice(4) };
  const words = body.split("|");
  if (words.length > 1 && !words.includes("")) return { kind: "words", words };
  throw new Wrong(`{${body}}`);
}

function addText(parts: TimePart[], text: string): void {
  const last = parts.at(-1);
  if (last?.kind === "text") parts[parts.length - 1] = { kind: "text", text: last.text + text };
  else parts.push({ kind: "text", text });
}

function tellsTime(piece: TimePiece): boolean {
  return piece.kind === "letter" || (piece.kind === "hole" && timeHoles.includes(piece.of));
}

const timeHoles: readonly string[] = ["time", "epoch", "tai64n"];

function flatten(parts: readonly TimePart[], text: string): TimeWay[] {
  const first = parts[0];
  const last = parts.at(-1);
  const before = first?.kind === "keep" ? first.parts : [];
  const behind = parts.length > 1 && last?.kind === "keep" ? last.parts : [];
  const stamp = parts.slice(before.length > 0 ? 1 : 0, behind.length > 0 ? -1 : undefined);
  const ways: TimeWay[] = [];
  for (const a of waysOf(before, text)) {
    for (const b of waysOf(stamp, text)) {
      for (const c of waysOf(behind, text)) ways.push({ before: a, stamp: b, behind: c });
    }
  }
  if (ways.length > waysMax) throw new Wrong(text);
  return ways;
}

/** All taken first; earlier optional parts are taken before later ones. */
function waysOf(parts: readonly TimePart[], text: string): TimePiece[][] {
  let ways: TimePiece[][] = [[]];
  for (const part of parts) {
    if (part.kind === "keep") throw new Wrong("{keep");
    const more = part.kind === "optional" ? [...waysOf(part.parts, text), []] : [[part]];
    ways = ways.flatMap((way) => more.map((one) => [...way, ...one]));
    if (ways.length > waysMax) throw new Wrong(text);
  }
  return ways;
}
