/**
 * From trees to the checked policy.
 *
 * In: all files of a policy, parsed. Out: the policy with names, types, defaults and parameters
 * resolved, or null when there is an error. Errors of reading stop the check: what was lost there
 * would only be missed here again. The result is held against its schema before it is given away.
 */
import type { Policy } from "../../schemas/policy.ts";
import { checkNames as catalogue } from "../diagnostics/catalogue/check-names.ts";
import type { Diagnostics } from "../diagnostics/diagnostic.ts";
import { ActionInstances } from "./action-instances.ts";
import { type Context, findingsMax, TooManyFindings } from "./context.ts";
import { FilterInstances } from "./filter-instances.ts";
import { findBanCycle } from "./find-ban-cycle.ts";
import type { Loaded } from "./load.ts";
import { checkDefaults } from "./lower-jail.ts";
import { lowerJails } from "./lower-jails.ts";
import { collectNames } from "./names.ts";
import { surveyActions, surveyFiles } from "./survey.ts";
import { validatePolicy } from "./validate-policy.ts";
import type { WantedFilter } from "./wanted.ts";

export interface Wanted {
  /** Filters besides those of jails and tests, with arguments as `f2b match --set k=v` has them. */
  readonly filters?: readonly WantedFilter[];
  /** Every filter of every loaded file with its default arguments. */
  readonly all?: boolean;
  /** The tests of the library's modules, besides the policy's own. */
  readonly libraryTests?: boolean;
  /** The library itself is looked at: what it costs and whom it names is proved, as no policy that uses it does again. */
  readonly library?: boolean;
}

const jailsMax = 1_000;

export function check(
  loaded: Loaded,
  diagnostics: Diagnostics,
  wanted: Wanted = {},
): Policy | null {
  if (diagnostics.hasErrors) return null;
  try {
    const policy = lowerPolicy(collectNames(loaded, diagnostics), wanted);
    return diagnostics.hasErrors ? null : validatePolicy(policy);
  } catch (error) {
    if (!(error instanceof TooManyFindings)) throw error;
    if (diagnostics.count >= findingsMax) {
      const at = { file: loaded.entry, start: 0, end: 0 };
      diagnostics.add(catalogue.tooManyFindings, at, { max: findingsMax });
    }
    return null;
  }
}

function lowerPolicy(context: Context, wanted: Wanted): Policy {
  refuseTooManyJails(context);
  surveyFiles(context);
  checkDefaults(context);
  const filters = new FilterInstances(context);
  const actions = new ActionInstances(context);
  const jails = lowerJails(context, filters, actions);
  surveyActions(context, actions);
  findBanCycle(jails, context);
  for (const one of wanted.filters ?? []) filters.want(one);
  if (wanted.library) filters.wantChoices();
  if (wanted.all) filters.wantAll();
  else if (context.jails.size === 0) filters.wantOwn();
  return {
    version: 1,
    name: context.loaded.entry,
    files: listFiles(context.loaded),
    tests: filters.lowerTests(wanted.libraryTests === true),
    jails,
    filters: filters.all,
    actions: actions.all,
  };
}

function refuseTooManyJails(context: Context): void {
  if (context.jails.size <= jailsMax) return;
  const [late] = [...context.jails.values()].slice(jailsMax);
  const at = late?.tree.name.at ?? { file: context.loaded.entry, start: 0, end: 0 };
  context.diagnostics.add(catalogue.tooMuch, at, { what: "jails", max: jailsMax });
  throw new TooManyFindings();
}

/** The policy's own file first, then in the order of their names. */
function listFiles(loaded: Loaded): Policy["files"] {
  const files = [...loaded.hashes].map(([name, sha256]) => ({ name, sha256 }));
  const rank = (name: string) => (name === loaded.entry ? 0 : 1);
  return files.sort((a, b) => rank(a.name) - rank(b.name) || (a.name < b.name ? -1 : 1));
}
