/** F2B2xxx: all that checking finds, by part of the language. */
import { checkActions } from "./check-actions.ts";
import { checkJails } from "./check-jails.ts";
import { checkNames } from "./check-names.ts";
import { checkPatterns } from "./check-patterns.ts";
import { checkRules } from "./check-rules.ts";
import { checkVersion } from "./check-version.ts";

const { noWatch: noWatchKind, ...version } = checkVersion;

export const check = {
  ...checkNames,
  ...checkPatterns,
  ...checkRules,
  ...checkJails,
  ...checkActions,
  ...version,
  noWatchKind,
};
