/**
 * Brackets, checked before the recursive parser sees them.
 *
 * In: tokens. Out: the same tokens with brackets that pair up and nest `nestingMax` deep at most:
 * missing ones are put in, stray and too deep ones are left out, each with a diagnostic. So one
 * missing brace costs one error, and a hundred thousand brackets neither overflow nor stall.
 */
import { createTokenInstance, type IToken, type TokenType } from "chevrotain";
import * as T from "../../grammar/tokens.ts";
import { read } from "../diagnostics/catalogue/read.ts";
import type { Reading } from "./reading.ts";

export const nestingMax = 8;

const closers = new Map<TokenType, TokenType>([
  [T.LCurly, T.RCurly],
  [T.LSquare, T.RSquare],
  [T.LParen, T.RParen],
]);
const closing = new Set(closers.values());

export function balance(reading: Reading, tokens: readonly IToken[]): IToken[] {
  return new Balance(reading, tokens).run();
}

class Balance {
  readonly #reading: Reading;
  readonly #tokens: readonly IToken[];
  readonly #open: IToken[] = [];
  readonly #out: IToken[] = [];
  /** How many brackets beyond the limit are open; their content is left out. */
  #excess = 0;
  readonly #lacksClosing: boolean;

  constructor(reading: Reading, tokens: readonly IToken[]) {
    this.#reading = reading;
    this.#tokens = tokens;
    this.#lacksClosing = countOpen(tokens) > 0;
  }

  run(): IToken[] {
    this.#tokens.forEach((token, index) => {
      if (this.#open.length > 0 && this.#beginsItem(index)) {
        this.#excess = 0;
        this.#closeDownTo(0);
      }
      this.#take(token);
      if (this.#lacksOpening(index)) this.#putOpening(token);
    });
    this.#closeDownTo(0);
    return this.#out;
  }

  #take(token: IToken): void {
    if (closers.has(token.tokenType)) this.#takeOpening(token);
    else if (closing.has(token.tokenType)) this.#takeClosing(token);
    else if (this.#excess === 0) this.#out.push(token);
  }

  #takeOpening(token: IToken): void {
    if (this.#open.length >= nestingMax) {
      if (this.#excess === 0) {
        const what = { what: "this bracket", max: nestingMax };
        this.#reading.report(read.nestedTooDeep, this.#reading.at(token), what);
      }
      this.#excess++;
      return;
    }
    this.#open.push(token);
    this.#out.push(token);
  }

  #takeClosing(token: IToken): void {
    if (this.#excess > 0) {
      this.#excess--;
      return;
    }
    const partner = this.#open.findLastIndex(
      (opening) => closers.get(opening.tokenType) === token.tokenType,
    );
    if (partner < 0) {
      this.#reading.report(read.strayBracket, this.#reading.at(token), { close: token.image });
      return;
    }
    this.#closeDownTo(partner + 1);
    this.#open.pop();
    this.#out.push(token);
  }

  /** Puts in the closing brackets of all that is open above `depth`. */
  #closeDownTo(depth: number): void {
    for (let opening = this.#open.at(-1); this.#open.length > depth; opening = this.#open.at(-1)) {
      this.#open.pop();
      if (opening === undefined) return;
      const type = closers.get(opening.tokenType) ?? T.RCurly;
      const last = this.#out.at(-1) ?? opening;
      const end = last.startOffset + last.image.length;
      const at = this.#reading.span(end, end);
      this.#reading.report(
        read.missingBracket,
        at,
        { open: opening.tokenType.LABEL ?? "", close: type.LABEL ?? "" },
        { labels: [{ at: this.#reading.at(opening), text: "opened here" }] },
      );
      this.#out.push(createTokenInstance(type, "", end, end - 1, 0, 0, 0, 0));
    }
  }

  /** `jail x`, outside of everything, without the `{` that must follow. */
  #lacksOpening(index: number): boolean {
    const keyword = this.#tokens[index - 1];
    const next = this.#tokens[index + 1];
    if (this.#open.length > 0 || keyword === undefined || next === undefined) return false;
    if (!this.#isFirstOnLine(keyword) || next.tokenType === T.LCurly) return false;
    const takesParams = keyword.tokenType === T.Filter || keyword.tokenType === T.Action;
    return keyword.tokenType === T.Jail || (takesParams && next.tokenType !== T.LParen);
  }

  #putOpening(name: IToken): void {
    const end = name.startOffset + name.image.length;
    this.#reading.report(read.missingOpening, this.#reading.span(end, end), { name: name.image });
    const brace = createTokenInstance(T.LCurly, "", end, end - 1, 0, 0, 0, 0);
    this.#open.push(brace);
    this.#out.push(brace);
  }

  #isFirstOnLine({ startOffset }: IToken): boolean {
    return startOffset === 0 || this.#reading.source.text[startOffset - 1] === "\n";
  }

  /** `jail x {`, `filter x {`, `filter x(`, `action x`, `defaults {` at the start of a line. */
  #beginsItem(index: number): boolean {
    const [keyword, second, third] = this.#tokens.slice(index, index + 3);
    if (keyword === undefined) return false;
    if (!this.#isFirstOnLine(keyword)) return false;
    if (keyword.tokenType === T.Defaults) return second?.tokenType === T.LCurly;
    const isItem = [T.Jail, T.Filter, T.Action].includes(keyword.tokenType);
    // `filter sshd(mode: extra)` is a jail's statement too, so the brace must be known to lack.
    const isSure = third?.tokenType === T.LParen && this.#lacksClosing;
    return isItem && (third?.tokenType === T.LCurly || isSure);
  }
}

/** How many brackets are never closed, whatever their kind. */
function countOpen(tokens: readonly IToken[]): number {
  let open = 0;
  for (const { tokenType } of tokens) {
    if (closers.has(tokenType)) open++;
    else if (closing.has(tokenType) && open > 0) open--;
  }
  return open;
}
