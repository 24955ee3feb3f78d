/**
 * What a regular expression costs at worst, as far as it can be told from its automaton.
 *
 * In: an expanded pattern and its flags. Out: a verdict, null where there is none: too large, or slow only as far as the automaton sees, which leaves
 * away all that forbids. *Safe* is proved. *Polynomial* and *exponential* are shown by a line whose steps were counted, with the pattern itself or, where its tags
 * stand in the way, with a character in the place of each.
 */
import { type AST, RegExpParser } from "@eslint-community/regexpp";
import { addressForCost, forCost, hostForCost } from "../../2-check/regexes.ts";
import { readAlphabet, takesAny } from "./alphabet.ts";
import { findAmbiguity, type Witness } from "./ambiguity.ts";
import { type Attack, type Piece, proveAttack } from "./attack.ts";
import { buildAutomaton } from "./automaton.ts";

export type OwnVerdict = { readonly kind: "safe" } | ({ readonly kind: "slow" } & Attack);

/** `linesOnly`: what is matched holds no LF. */
export function ownVerdict(expanded: string, flags: string, linesOnly = false): OwnVerdict | null {
  const source = forCost(expanded);
  const pattern = parse(source, flags);
  const takesAll = flags.includes("s") || linesOnly ? takesAny : () => false;
  const automaton = buildAutomaton(pattern, takesAll);
  if (automaton === null) return null;
  const letters = [...automaton.guards.values()].flat();
  const alphabet = readAlphabet([...automaton.nodes, ...letters], flags);
  const found = findAmbiguity(automaton, alphabet);
  if (found === null) return null;
  if (found.kind === "none") return automaton.isInexact ? null : { kind: "safe" };
  const degree = found.kind === "exponential" ? null : found.degree;
  const piecesWith = (texts: ReadonlyMap<string, string>) =>
    piecesOf(found.witness, ({ symbol, state }) => {
      const raw = automaton.nodes[state - 1]?.raw ?? "";
      return texts.get(raw) ?? alphabet.samples[symbol] ?? "";
    });
  const forbidden = [...automaton.guards.values()].map((text) =>
    String.fromCodePoint(...text.map(({ value }) => value)),
  );
  const endings = [...new Set([...forbidden, ...alphabet.samples])].filter(
    (ending) => !linesOnly || !ending.includes("\n"),
  );
  const setting = { flags, endings };
  const attack =
    proveAttack(parse(expanded, flags), setting, piecesWith(tagTexts), degree) ??
    proveAttack(pattern, setting, piecesWith(new Map()), degree);
  return attack === null ? null : { kind: "slow", ...attack };
}

const tagTexts: ReadonlyMap<string, string> = new Map([
  [addressForCost, "192.0.2.1"],
  [hostForCost, "192.0.2.1"],
]);

function parse(source: string, flags: string): AST.Pattern {
  const unicode = flags.includes("u");
  return new RegExpParser({ ecmaVersion: 2025 }).parsePattern(source, 0, source.length, {
    unicode,
  });
}

function piecesOf(
  { pieces }: Witness,
  textOf: (letter: Witness["pieces"][number]["word"][number]) => string,
): Piece[] {
  return pieces.map(({ word, isRepeated }) => ({ text: word.map(textOf).join(""), isRepeated }));
}
