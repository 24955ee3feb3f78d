/**
 * The module that is being written: what it imports, its constants, its functions, in order.
 *
 * Constants are asked for where they are used and written once: equal code gets one name. The order
 * of everything is the order in which it was first asked for, so equal plans give equal bytes.
 */
import { type Code, ident, join, js, Names } from "./code.ts";

export class Module {
  readonly names: Names;
  readonly #imports = new Set<string>();
  readonly #constants = new Map<string, Code>();
  readonly #constantLines: Code[] = [];
  readonly #parts: Code[] = [];

  /** `runtimeNames`: everything the barrel exports, so that no policy's name hides one. */
  constructor(runtimeNames: readonly string[]) {
    this.names = new Names([
      ...runtimeNames,
      "c",
      "b",
      "at",
      "end",
      "s",
      "event",
      "secret",
      "bytes",
      "start",
      "record",
      "name",
      "read",
      "program",
    ]);
  }

  /** A function or class of runtime/index.ts. */
  use(name: string): Code {
    this.#imports.add(name);
    return ident(name);
  }

  /** A constant; the same code is written once, or once for each `copy` of it that must be. */
  constant(wish: string, code: Code, copy = 0): Code {
    const key = `${copy} ${code}`;
    const known = this.#constants.get(key);
    if (known !== undefined) return known;
    const name = this.own(wish, code);
    this.#constants.set(key, name);
    return name;
  }

  /** A constant that nobody shares. */
  own(wish: string, code: Code): Code {
    const name = this.names.make(wish.slice(0, 24));
    // Only a call needs the word for it that it may be left out where nobody uses the constant.
    const pure = /^(new )?\w+\(/.test(code.toString()) ? js`/* @__PURE__ */ ` : js``;
    this.#constantLines.push(js`const ${name} = ${pure}${code};`);
    return name;
  }

  add(part: Code): void {
    this.#parts.push(part);
  }

  /** The names that it takes from the runtime's barrel. */
  imports(): readonly Code[] {
    return [...this.#imports].sort().map(ident);
  }

  /** All that stands behind the imports. */
  write(): Code {
    const constants = this.#constantLines.length === 0 ? [] : [join(this.#constantLines)];
    return join([...constants, ...this.#parts], js`\n\n`);
  }
}
