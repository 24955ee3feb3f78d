/**
 * Python arithmetic, as far as durations and `bantime.formula` hold it -> its value.
 *
 * In: the text, and what its names stand for. Out: a finite number, or null: it is none, or says what is not known here. Nothing is run: numbers,
 * `+ - * / // % ** << >>`, comparisons, `A if B else C`, parentheses, and the functions below.
 */

const functions: Readonly<Record<string, (...args: number[]) => number>> = {
  abs: Math.abs,
  float: (x) => x,
  int: Math.trunc,
  max: Math.max,
  min: Math.min,
  pow: (x, y) => x ** y,
  round: Math.round,
  "math.ceil": Math.ceil,
  "math.exp": Math.exp,
  "math.floor": Math.floor,
  "math.log": (x, base) => (base === undefined ? Math.log(x) : Math.log(x) / Math.log(base)),
  "math.log10": Math.log10,
  "math.log2": Math.log2,
  "math.pow": (x, y) => x ** y,
  "math.sqrt": Math.sqrt,
};

const constants: Readonly<Record<string, number>> = { "math.e": Math.E, "math.pi": Math.PI };

/** Longer ones nobody writes, and deeper ones would end the stack. */
const unitsMax = 500;
const depthMax = 40;

type Binary = (left: number, right: number) => number;

/** From the loosest to the tightest; all of them lean to the left. */
const levels: readonly Readonly<Record<string, Binary>>[] = [
  {
    "<": (a, b) => Number(a < b),
    "<=": (a, b) => Number(a <= b),
    ">": (a, b) => Number(a > b),
    ">=": (a, b) => Number(a >= b),
    "==": (a, b) => Number(a === b),
    "!=": (a, b) => Number(a !== b),
  },
  { "<<": (a, b) => a * 2 ** b, ">>": (a, b) => Math.floor(a / 2 ** b) },
  { "+": (a, b) => a + b, "-": (a, b) => a - b },
  {
    "*": (a, b) => a * b,
    "/": (a, b) => a / b,
    "//": (a, b) => Math.round((a - modulo(a, b)) / b),
    "%": modulo,
  },
];

/** With the sign of `b`, as in Python. */
function modulo(a: number, b: number): number {
  const rest = a % b;
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
}

export function evaluate(
  text: string,
  names: Readonly<Record<string, number>> = {},
): number | null {
  if (text.length > unitsMax) return null;
  const tokens =
    text.match(/\d+(?:\.\d*)?|\.\d+|[A-Za-z_][\w.]*|\*\*|\/\/|<<|>>|[<>=!]=|\S/g) ?? [];
  const reader = new Reader(tokens, { ...constants, ...names });
  const value = reader.condition(0);
  return reader.isAtEnd && value !== null && Number.isFinite(value) ? value : null;
}

class Reader {
  readonly #tokens: readonly string[];
  readonly #names: Readonly<Record<string, number>>;
  #at = 0;

  constructor(tokens: readonly string[], names: Readonly<Record<string, number>>) {
    this.#tokens = tokens;
    this.#names = names;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#tokens.length;
  }

  /** `A if B else C`, or what binds tighter. */
  condition(depth: number): number | null {
    if (depth > depthMax) return null;
    const value = this.#binary(0, depth);
    if (!this.#takes("if")) return value;
    const test = this.#binary(0, depth);
    if (!this.#takes("else")) return null;
    const other = this.condition(depth + 1);
    if (test === null) return null;
    return test === 0 ? other : value;
  }

  #binary(level: number, depth: number): number | null {
    const operators = levels[level];
    if (operators === undefined) return this.#unary(depth);
    let value = this.#binary(level + 1, depth);
    for (let count = 0; ; count++) {
      const token = this.#tokens[this.#at] ?? "";
      const operator = Object.hasOwn(operators, token) ? operators[token] : undefined;
      if (operator === undefined) return value;
      this.#at++;
      const right = this.#binary(level + 1, depth);
      // In Python `a < b < c` asks for both.
      const isChain = level === 0 && count > 0;
      value = value === null || right === null || isChain ? null : operator(value, right);
    }
  }

  #unary(depth: number): number | null {
    if (depth > depthMax) return null;
    if (this.#takes("-")) {
      const value = this.#unary(depth + 1);
      return value === null ? null : -value;
    }
    if (this.#takes("+")) return this.#unary(depth + 1);
    const base = this.#primary(depth);
    if (!this.#takes("**")) return base;
    const power = this.#unary(depth + 1);
    return base === null || power === null ? null : base ** power;
  }

  #primary(depth: number): number | null {
    const token = this.#tokens[this.#at++] ?? "";
    if (token === "(") {
      const value = this.condition(depth + 1);
      return this.#takes(")") ? value : null;
    }
    if (/^[\d.]/.test(token)) return Number(token);
    if (!this.#takes("("))
      return Object.hasOwn(this.#names, token) ? (this.#names[token] ?? null) : null;
    const args: number[] = [];
    do {
      const value = this.condition(depth + 1);
      if (value === null) return null;
      args.push(value);
    } while (this.#takes(","));
    const called = Object.hasOwn(functions, token) ? functions[token] : undefined;
    return this.#takes(")") && called !== undefined ? called(...args) : null;
  }

  #takes(token: string): boolean {
    if (this.#tokens[this.#at] !== token) return false;
    this.#at++;
    return true;
  }
}
