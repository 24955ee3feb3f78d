/**
 * A regular expression of Fail2ban's into one of f2b's, with the same verdict and the same captures.
 *
 * In: Python's text with Fail2ban's matching tags in it, everything else of Fail2ban's filled in. Out: what
 * stands between the slashes of f2b's text, its flags, its captures, what Fail2ban does with them, and the
 * tree; or what stands in the way, and a way out. Fail2ban searches in the line and a final LF, f2b in the
 * message without it and without blanks at its end: the result matches a message exactly when Fail2ban's
 * pattern matches it with that LF.
 */
import { widenAddresses } from "./addresses.ts";
import { writeAtomic } from "./atomic.ts";
import { resolveConditions } from "./conditions.ts";
import { flagsOf } from "./flags.ts";
import { type Label, withoutLabels } from "./labels.ts";
import { settleCase } from "./letter-case.ts";
import { loosenEnd } from "./line-end.ts";
import { unrollCaptures } from "./loops.ts";
import { nameCaptures, usualName } from "./names.ts";
import { parsePython } from "./parse.ts";
import { type Printing, printChoice } from "./print.ts";
import { Problem } from "./problem.ts";
import { type RoleUse, rolesOf, splitByRole } from "./roles.ts";
import { separateGroups } from "./separate.ts";
import { simplify } from "./simplify.ts";
import { type Choice, nodesOf, type Role } from "./tree.ts";

export interface Translated {
  readonly ok: true;
  /** Between the slashes. */
  readonly source: string;
  /** Of `isu`. */
  readonly flags: string;
  /** Names of captures, in the order in which their groups stand. */
  readonly groups: readonly string[];
  readonly roles: readonly RoleUse[];
  /** Where a capture may differ, though the verdict does not: for the reader of the report. */
  readonly remarks: readonly string[];
  readonly tree: Choice;
  /** The same pattern with options' values in groups that bear their names. */
  readonly labelled: Choice;
  readonly printing: Printing;
}

export interface Untranslatable {
  readonly ok: false;
  readonly construct: string;
  readonly index: number;
  readonly wayOut: string;
}

export interface TranslateOptions {
  /** Python's: `i`, `m`, `s`, `x`. */
  readonly flags?: string;
  /** f2b's name for one of Fail2ban's groups; null: not captured. */
  readonly names?: (pythonName: string) => string | null;
  /** Stretches of the pattern that have a name. */
  readonly labels?: readonly Label[];
}

export function translate(
  pattern: string,
  options: TranslateOptions = {},
): Translated | Untranslatable {
  return orProblem(() => {
    const parse = (labels: readonly Label[]) =>
      translateTree(parsePython(pattern, options.flags ?? "", labels), options);
    const plain = parse([]);
    const { labels = [] } = options;
    const named = labels.length === 0 ? plain : orProblem(() => parse(labels));
    return named.ok ? withNamed(plain, named) : plain;
  });
}

/**
 * The same as several rules, to be tried in this order, in none of which the group of `role` may or may
 * not take part. Each tells in `roles` what it is.
 */
export function translateByRole(
  pattern: string,
  role: Role,
  options: TranslateOptions = {},
): { readonly ok: true; readonly pieces: readonly Translated[] } | Untranslatable {
  return orProblem(() => {
    const parse = (labels: readonly Label[]) => {
      const pieces = splitByRole(parsePython(pattern, options.flags ?? "", labels), role);
      if (pieces === null) {
        throw new Problem(`the role ${role} in a loop`, 0, "write one pattern for each case");
      }
      return pieces.map((piece) => translateTree(piece, options));
    };
    const plain = parse([]);
    const named = orProblem(() => parse(options.labels ?? []));
    const isAlike = Array.isArray(named) && plain.length === named.length;
    const pieces = plain.map((piece, i) => (isAlike ? withNamed(piece, named[i]) : piece));
    return { ok: true, pieces };
  });
}

/** Names are taken over only where they change nothing: written out, both are the same text. */
function withNamed(plain: Translated, named: Translated | undefined): Translated {
  if (named === undefined || named.flags !== plain.flags) return plain;
  const body = simplify(withoutLabels(named.labelled), () => true);
  const isSame = (printChoice(body, named.printing) || "(?:)") === plain.source;
  return isSame ? { ...plain, labelled: named.labelled, printing: named.printing } : plain;
}

function orProblem<T>(attempt: () => T): T | Untranslatable {
  try {
    return attempt();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { construct, index, wayOut } = error;
    return { ok: false, construct, index, wayOut };
  }
}

function translateTree(tree: Choice, options: TranslateOptions): Translated {
  refuseTuples(tree);
  const nameOf = options.names ?? usualName;
  const remarks: string[] = [];
  const wanted = nameCaptures(tree, nameOf);
  const resolved = simplify(resolveConditions(tree), (index) => wanted.has(index));
  const unrolled = unrollCaptures(loosenEnd(resolved), remarks);
  const atomic = writeAtomic(unrolled, firstFree(tree));
  const separated = separateGroups(atomic, firstFree(atomic));
  const plain = widenAddresses(simplify(separated, () => true));
  const { body, ignoreCase } = settleCase(plain);
  const names = nameCaptures(body, nameOf);
  const flags = flagsOf(body, ignoreCase);
  const printing = {
    nameOf: (index: number) => names.get(index) ?? null,
    dotAll: flags.includes("s"),
  };
  return {
    ok: true,
    // Nothing between two slashes is no pattern.
    source: printChoice(body, printing) || "(?:)",
    flags,
    groups: [...new Set(capturesIn(body).map((index) => names.get(index) ?? ""))],
    roles: rolesOf(tree, names),
    remarks,
    tree: body,
    labelled: body,
    printing,
  };
}

/** Fail2ban puts an id together of several texts; f2b's is one. */
function refuseTuples(tree: Choice): void {
  for (const node of nodesOf(tree)) {
    if (node.type !== "capture" || !/^tuple_f?(?:id|ip4|ip6|dns)(?:_\d+)?$/.test(node.name ?? ""))
      continue;
    throw new Problem("an id of several parts", node.at, "take one part as the id: <F-ID>");
  }
}

function capturesIn(body: Choice): number[] {
  return [...nodesOf(body)].flatMap((node) => (node.type === "capture" ? [node.index] : []));
}

function firstFree(body: Choice): number {
  return Math.max(0, ...capturesIn(body)) + 1;
}
