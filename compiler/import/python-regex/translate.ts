/**
 * A regular expression of Fail2ban's into one of f2b's, with the same verdict and the same captures.
 *
 * In: Python's text with Fail2ban's matching tags in it, everything else of Fail2ban's filled in. Out: what
 * stands between the slashes of f2b's text, its flags, its captures, what Fail2ban does with them, and the
 * tree; or what stands in the way, and a way out. Fail2ban searches in the line and a final LF, f2b in the
 * message without it and without blanks at its end: the result matches a message exactly when Fail2ban's
 * pattern matches it with that LF.
 */
import { nameCaptures, usualName } from "./names.ts";
import { parsePython } from "./parse.ts";
import { printChoice } from "./print.ts";
import { Problem } from "./problem.ts";
import { type RoleUse, rolesOf } from "./roles.ts";
import type { Choice } from "./tree.ts";

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
}

export function translate(
  pattern: string,
  options: TranslateOptions = {},
): Translated | Untranslatable {
  try {
    return translateTree(parsePython(pattern, options.flags ?? "").body, options);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { construct, index, wayOut } = error;
    return { ok: false, construct, index, wayOut };
  }
}

/** The same for a tree, as `splitByRole` leaves it. */
export function translateTree(body: Choice, options: TranslateOptions = {}): Translated {
  const names = nameCaptures(body, options.names ?? usualName);
  const nameOf = (index: number) => names.get(index) ?? null;
  const source = printChoice(body, { nameOf, dotAll: false });
  return {
    ok: true,
    source,
    flags: "u",
    groups: [...names.values()],
    roles: rolesOf(body, names),
    remarks: [],
    tree: body,
  };
}
