/**
 * Regular expressions in linear time: what a policy's flag `l` asks for.
 *
 * In: a program that the compiler wrote (compiler/linear-program.ts) and a text. Out: the match that JavaScript's own engine would find, with the same groups.
 * It tries the same ways in the same order, but none twice: where a place of the program was reached at a place of the text and led to nothing, it
 * will lead to nothing again. So a line can be slow no more than it is long.
 */

/** What a rule's pattern must be able to do. */
export interface Searcher {
  exec(text: string): RegExpExecArray | null;
  test(text: string): boolean;
}

/** A step is four numbers: what to do, and with what. */
export const op = {
  match: 0,
  /** A character of class a. */
  char: 1,
  /** The same, leftwards. */
  charBack: 2,
  /** First to step a, then to step b; c numbers it. */
  split: 3,
  jump: 4,
  /** The place goes into slot a. */
  save: 5,
  /** Slots a to b (exclusive) are empty. */
  clear: 6,
  start: 7,
  end: 8,
  /** Between a word character and none; a = 1: not there. */
  word: 9,
  /** What begins at step a must fit here; b = 1: must not. */
  look: 10,
  /** The place goes into register a. */
  mark: 11,
  /** It must have changed since. */
  moved: 12,
} as const;

const stepSize = 4;
const nowhere = -1;
const wordChar = /^\w$/;

export interface LinearProgram {
  readonly steps: readonly number[];
  /** Names of groups, each with its number. */
  readonly names: readonly (readonly [string, number])[];
  readonly groups: number;
  readonly splits: number;
  /** Splits within turns that may take nothing, with the registers that count there. */
  readonly guarded: readonly (readonly number[])[];
  readonly registers: number;
  readonly isUnicode: boolean;
}

/** `classes`: each takes one character. */
export function linear(program: LinearProgram, classes: readonly RegExp[]): Searcher {
  const searcher = new LinearSearcher(program, classes);
  return {
    exec: (text) => searcher.exec(text),
    test: (text) => searcher.exec(text) !== null,
  };
}

class LinearSearcher {
  readonly #program: LinearProgram;
  readonly #steps: Int32Array;
  readonly #classes: readonly ((code: number) => boolean)[];
  readonly #guarded = new Map<number, readonly number[]>();
  /** Groups' slots, then registers. */
  readonly #places: Int32Array;
  readonly #slots: number;
  /** Pairs: a step and a place to go on from, or what a slot held before (its number below zero). */
  readonly #stack: number[] = [];
  #seen = new Uint8Array(0);
  #seenGuarded = new Set<string>();
  #text = "";

  constructor(program: LinearProgram, classes: readonly RegExp[]) {
    this.#program = program;
    this.#steps = Int32Array.from(program.steps);
    this.#classes = classes.map(makeClass);
    for (const [split = 0, ...registers] of program.guarded) this.#guarded.set(split, registers);
    this.#slots = (program.groups + 1) * 2;
    this.#places = new Int32Array(this.#slots + program.registers);
  }

  exec(text: string): RegExpExecArray | null {
    const { splits, isUnicode } = this.#program;
    this.#text = text;
    const bytes = Math.ceil((splits * (text.length + 1)) / 8);
    if (this.#seen.length < bytes) this.#seen = new Uint8Array(bytes);
    else this.#seen.fill(0, 0, bytes);
    this.#seenGuarded.clear();
    this.#stack.length = 0;
    this.#places.fill(nowhere);
    for (let at = 0; at <= text.length; at++) {
      const end = this.#run(0, at, null);
      if (end >= 0) return this.#result(at, end);
      if (isUnicode && (text.codePointAt(at) ?? 0) > 0xffff) at++;
      // What must begin at the start begins nowhere else.
      if (this.#steps[0] === op.start) break;
    }
    return null;
  }

  #result(start: number, end: number): RegExpExecArray {
    const { names } = this.#program;
    const groups: Record<string, string | undefined> = Object.create(null);
    const places: Record<string, [number, number]> = Object.create(null);
    for (const [name, number] of names) {
      const from = this.#places[number * 2] ?? nowhere;
      const to = this.#places[number * 2 + 1] ?? nowhere;
      groups[name] = from < 0 || to < 0 ? undefined : this.#text.slice(from, to);
      if (from >= 0 && to >= 0) places[name] = [from, to];
    }
    const indices = Object.assign([[start, end] as [number, number]], { groups: places });
    const whole: [string] = [this.#text.slice(start, end)];
    return Object.assign(whole, {
      index: start,
      input: this.#text,
      groups: groups as Record<string, string>,
      indices,
    });
  }

  /** From a step and a place on: where the match ends, or -1. `seen`: of a look-around, which is asked anew each time. */
  #run(first: number, from: number, seen: Set<number | string> | null): number {
    const stack = this.#stack;
    const base = stack.length;
    let step = first;
    let at = from;
    for (;;) {
      const o = step * stepSize;
      const a = this.#steps[o + 1] ?? 0;
      let goesOn = true;
      switch (this.#steps[o]) {
        case op.match:
          this.#dropChoices(base, seen !== null);
          return at;
        case op.char: {
          const width = this.#takes(a, at);
          goesOn = width > 0;
          at += width;
          break;
        }
        case op.charBack: {
          const width = this.#takesBack(a, at);
          goesOn = width > 0;
          at -= width;
          break;
        }
        case op.split:
          goesOn = this.#isNew(this.#steps[o + 3] ?? 0, at, seen);
          if (goesOn) {
            stack.push(this.#steps[o + 2] ?? 0, at);
            step = a - 1;
          }
          break;
        case op.jump:
          step = a - 1;
          break;
        case op.save:
          this.#set(a, at);
          break;
        case op.clear:
          for (let slot = a; slot < (this.#steps[o + 2] ?? 0); slot++) this.#set(slot, nowhere);
          break;
        case op.start:
          goesOn = at === 0;
          break;
        case op.end:
          goesOn = at === this.#text.length;
          break;
        case op.word:
          goesOn = this.#isBorder(at) !== (a === 1);
          break;
        case op.look:
          goesOn = this.#look(a, at, this.#steps[o + 2] === 1);
          break;
        case op.mark:
          this.#set(this.#slots + a, at);
          break;
        default:
          goesOn = this.#places[this.#slots + a] !== at;
      }
      step++;
      if (goesOn) continue;
      // Back to the last choice, with slots as they were there.
      let key = -1;
      while (key < 0) {
        if (stack.length === base) return -1;
        at = stack.pop() ?? 0;
        key = stack.pop() ?? 0;
        if (key < 0) this.#places[-1 - key] = at;
      }
      step = key;
    }
  }

  #look(first: number, at: number, isNegated: boolean): boolean {
    const base = this.#stack.length;
    const isThere = this.#run(first, at, new Set()) >= 0;
    if (isThere && isNegated) this.#undo(base);
    return isThere !== isNegated;
  }

  /** Choices are over; what slots held before is needed as long as there is a choice below. */
  #dropChoices(base: number, keepsPlaces: boolean): void {
    const stack = this.#stack;
    let kept = base;
    if (keepsPlaces) {
      for (let i = base; i < stack.length; i += 2) {
        const key = stack[i] ?? 0;
        if (key >= 0) continue;
        stack[kept] = key;
        stack[kept + 1] = stack[i + 1] ?? 0;
        kept += 2;
      }
    }
    stack.length = kept;
  }

  #undo(base: number): void {
    while (this.#stack.length > base) {
      const before = this.#stack.pop() ?? 0;
      const key = this.#stack.pop() ?? 0;
      if (key < 0) this.#places[-1 - key] = before;
    }
  }

  #set(slot: number, place: number): void {
    this.#stack.push(-1 - slot, this.#places[slot] ?? nowhere);
    this.#places[slot] = place;
  }

  #isNew(split: number, at: number, seen: Set<number | string> | null): boolean {
    const bit = split * (this.#text.length + 1) + at;
    const registers = this.#guarded.get(split);
    if (registers !== undefined) {
      // A turn that may take nothing goes on or not by where it began.
      const begun = registers.map((one) => this.#places[this.#slots + one]);
      const key = `${bit}/${begun.join()}`;
      const known = seen ?? this.#seenGuarded;
      if (known.has(key)) return false;
      known.add(key);
      return true;
    }
    if (seen !== null) {
      if (seen.has(bit)) return false;
      seen.add(bit);
      return true;
    }
    const byte = bit >> 3;
    const mask = 1 << (bit & 7);
    if (((this.#seen[byte] ?? 0) & mask) !== 0) return false;
    this.#seen[byte] = (this.#seen[byte] ?? 0) | mask;
    return true;
  }

  /** How many units the character at the place has, if the class takes it; 0: it does not. */
  #takes(index: number, at: number): number {
    if (at >= this.#text.length) return 0;
    const code = this.#program.isUnicode
      ? (this.#text.codePointAt(at) ?? 0)
      : this.#text.charCodeAt(at);
    return this.#classes[index]?.(code) === true ? (code > 0xffff ? 2 : 1) : 0;
  }

  #takesBack(index: number, at: number): number {
    if (at <= 0) return 0;
    const before = this.#program.isUnicode && at > 1 ? (this.#text.codePointAt(at - 2) ?? 0) : 0;
    const code = before > 0xffff ? before : this.#text.charCodeAt(at - 1);
    return this.#classes[index]?.(code) === true ? (code > 0xffff ? 2 : 1) : 0;
  }

  #isBorder(at: number): boolean {
    const isWord = (place: number) => wordChar.test(this.#text[place] ?? "");
    return isWord(at - 1) !== isWord(at);
  }
}

const asciiCodes = 128;
const othersMax = 4096;

/** The engine is asked about a character once. */
function makeClass(pattern: RegExp): (code: number) => boolean {
  const ascii = new Uint8Array(asciiCodes);
  for (let code = 0; code < asciiCodes; code++) {
    ascii[code] = pattern.test(String.fromCharCode(code)) ? 1 : 0;
  }
  const others = new Map<number, boolean>();
  return (code) => {
    if (code < asciiCodes) return ascii[code] === 1;
    const known = others.get(code);
    if (known !== undefined) return known;
    if (others.size >= othersMax) others.clear();
    const isTaken = pattern.test(String.fromCodePoint(code));
    others.set(code, isTaken);
    return isTaken;
  };
}
