/**
 * Every code there is, by its code. `catalogue/` has them by the phase that finds them.
 */
import { check } from "./catalogue/check.ts";
import { importing } from "./catalogue/importing.ts";
import { importingJails } from "./catalogue/importing-jails.ts";
import { lint } from "./catalogue/lint.ts";
import { migrating } from "./catalogue/migrating.ts";
import { plan } from "./catalogue/plan.ts";
import { read } from "./catalogue/read.ts";
import type { Entry } from "./diagnostic.ts";

/** What is the same for every entry, whatever its message needs to know. */
export type CodePage = Pick<Entry<never>, "code" | "severity" | "explain" | "bad" | "good">;

const pages: readonly CodePage[] = [
  read,
  importing,
  importingJails,
  check,
  migrating,
  plan,
  lint,
].flatMap((part) => Object.values<CodePage>(part));

export const catalogue: ReadonlyMap<string, CodePage> = new Map(
  pages.map((page) => [page.code, page]),
);
