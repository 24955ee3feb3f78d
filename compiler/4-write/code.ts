/**
 * The only door through which anything becomes JavaScript.
 *
 * `js` is a tagged template that takes code, names, numbers, booleans and null; a string in it is a
 * type error and a thrown one. Text from a policy gets in through `quote` (a string literal),
 * `comment` or `regex`, which leave nothing in it that could end the literal or the line. No other
 * file joins strings into code (the idea is Ajv's `codegen`).
 */

/** JavaScript that was made by this file. The brand is private, so no one else can make one. */
export class Code {
  readonly #text: string;

  private constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }

  static readonly make = (text: string): Code => new Code(text);
}

const makeCode = Code.make;
// Taken away once this module holds it: a Code is proof that its text came through here.
Reflect.deleteProperty(Code, "make");

export type Piece = Code | number | boolean | null;

/** Code from a template whose holes hold nothing but code and plain constants. */
export function js(
  texts: TemplateStringsArray,
  ...pieces: readonly (Piece | readonly Code[])[]
): Code {
  let text = texts[0] ?? "";
  pieces.forEach((piece, i) => {
    text += isList(piece) ? piece.map(printPiece).join(", ") : printPiece(piece);
    text += texts[i + 1] ?? "";
  });
  return makeCode(text);
}

function isList(piece: Piece | readonly Code[]): piece is readonly Code[] {
  return Array.isArray(piece);
}

function printPiece(piece: Piece): string {
  if (piece instanceof Code) return piece.toString();
  if (piece === null || typeof piece === "boolean") return String(piece);
  if (typeof piece !== "number") throw new TypeError("only code may stand in code");
  // `-1` behind a minus would be a decrement; NaN and the infinities are names one can shadow.
  if (!Number.isFinite(piece)) throw new TypeError("only finite numbers may stand in code");
  return piece < 0 || Object.is(piece, -0) ? `(${piece})` : String(piece);
}

/** Pieces one below the other, or with `between` in between. */
export function join(codes: readonly Code[], between: Code = makeCode("\n")): Code {
  return makeCode(codes.map(String).join(between.toString()));
}

/** A string literal. Everything but printable ASCII is escaped, and `</` and `<!--` are broken up. */
export function quote(text: string): Code {
  const body = text.replace(/["\\<]|[^\x20-\x7e]/g, (unit) => {
    if (unit === '"' || unit === "\\") return `\\${unit}`;
    return escapeUnit(unit);
  });
  return makeCode(`"${body}"`);
}

function escapeUnit(unit: string): string {
  if (unit === "\n") return "\\n";
  if (unit === "\t") return "\\t";
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** A regular expression literal. The pattern must compile with these flags, or this throws. */
export function regex(source: string, flags: string): Code {
  // RegExp itself writes a source that is safe between slashes; only what is not ASCII is left.
  const safe = new RegExp(source, flags).source.replace(/[^\x20-\x7e]/g, escapeUnit);
  // With the u flag two escaped halves of one character are one character again (ECMA-262 22.2.1).
  new RegExp(safe, flags);
  return makeCode(`/${safe}/${flags}`);
}

/**
 * A line comment that esbuild keeps (`//!`); text that is not printable ASCII or Latin is escaped, so
 * that no line end, `*` `/` pair or `</script` in it means anything.
 */
export function comment(text: string): Code {
  return makeCode(`//! ${cleanComment(text)}`);
}

/** The same within a line, for numbers: `600_000 \/* 10m *\/`. */
export function aside(code: Code, text: string): Code {
  return makeCode(`${code} /* ${cleanComment(text)} */`);
}

function cleanComment(text: string): string {
  return text
    .replace(/[^\x20-\x7e]/gu, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`)
    .replaceAll("*/", "* /")
    .replaceAll("</", "< /")
    .replace(/[@#]\s*source(MappingURL|URL)/g, "source $1");
}

/** A number as a person writes it: `600_000`. */
export function number(value: number): Code {
  if (!Number.isSafeInteger(value) || value < 0) return js`${value}`;
  return makeCode(String(value).replace(/\B(?=(\d{3})+$)/g, "_"));
}

/** Data as a literal; objects are written without a prototype of the data's choosing. */
export function literal(value: unknown): Code {
  if (value === null || typeof value === "boolean") return js`${value}`;
  if (typeof value === "number") return js`${value}`;
  if (typeof value === "string") return quote(value);
  if (Array.isArray(value)) return js`[${value.map(literal)}]`;
  if (typeof value !== "object") throw new TypeError("only data may become a literal");
  const entries = Object.entries(value).map(
    ([key, item]) => js`${propertyKey(key)}: ${literal(item)}`,
  );
  return entries.length === 0 ? js`{}` : js`{ ${entries} }`;
}

/** `{__proto__: x}` sets a prototype where `{["__proto__"]: x}` makes a property. */
export function propertyKey(key: string): Code {
  if (key === "__proto__") return js`[${quote(key)}]`;
  return /^[A-Za-z_$][\w$]*$/.test(key) ? makeCode(key) : quote(key);
}

/** Words that cannot name a function in a module, or would hide something the emitted code uses. */
const taken = new Set(
  (
    "arguments await break case catch class const continue debugger default delete do else enum eval export " +
    "extends false finally for function if implements import in instanceof interface let new null package " +
    "private protected public return static super switch this throw true try typeof undefined var void while " +
    "with yield NaN Infinity Object Array Buffer Number String Boolean Symbol Math Date Map Set Promise RegExp " +
    "globalThis process require module exports Int32Array Uint8Array constructor prototype __proto__"
  ).split(" "),
);

/** Hands out identifiers, each once. */
export class Names {
  readonly #used = new Set<string>();

  /** Reserves names that the module uses for itself. */
  constructor(reserved: readonly string[] = []) {
    for (const name of reserved) this.#used.add(name);
  }

  /** An identifier that looks like `wish`: `sshd#3` becomes `sshd_3`, a second one `sshd_3_2`. */
  make(wish: string): Code {
    let slug = wish
      .replace(/[^A-Za-z0-9]+/g, "_")
      .replace(/^_+|_+$/g, "")
      .slice(0, 60);
    if (slug === "" || /^[0-9]/.test(slug)) slug = `_${slug}`;
    let name = slug;
    for (let n = 2; this.#used.has(name) || taken.has(name); n++) name = `${slug}_${n}`;
    this.#used.add(name);
    return makeCode(name);
  }
}

/** An identifier of the runtime; only for names that stand in this project's own sources. */
export function ident(name: string): Code {
  if (!/^[A-Za-z_$][\w$]*$/.test(name)) throw new TypeError("not an identifier");
  return makeCode(name);
}
