/**
 * `datepattern` and `maxlines` -> `format` lines.
 *
 * In: the options as read. Out: statements in the order in which the forms are tried, and comments in the place of what has no counterpart.
 * Fail2ban looks at lines without a stamp too, so the last format takes them.
 */
import { migrating } from "../../diagnostics/catalogue/migrating.ts";
import type { Diagnostics } from "../../diagnostics/diagnostic.ts";
import { showText } from "../../diagnostics/show-text.ts";
import type { FilterOptions } from "../config/read-filter.ts";
import type { Places } from "../config/traced.ts";
import { tellsTime, translateDatePattern } from "./date-pattern.ts";
import { compiles } from "./prove.ts";
import { printFormat } from "./write-filter.ts";

export interface FormatDraft {
  /** Behind `time`: `leading`, or `start` and a pattern. */
  readonly words: readonly string[];
  readonly pattern: string | null;
  readonly comments: readonly string[];
}

export function draftFormats(
  { datepattern, args }: FilterOptions,
  places: Places,
  diagnostics: Diagnostics,
): FormatDraft[] {
  const last: FormatDraft = { words: ["none"], pattern: null, comments: [] };
  // Before the journal's text stands the journal's own time, and nothing else is one.
  if (args.get("logtype") === "journal") {
    return [{ words: [], pattern: null, comments: [] }, last];
  }
  if (datepattern.length === 0) return [{ words: ["anywhere"], pattern: null, comments: [] }, last];
  const drafts: FormatDraft[] = [];
  let lost: string[] = [];
  let hasTime = false;
  for (const line of datepattern) {
    if (!tellsTime(line.text)) {
      const at = places.span(line.places[0] ?? 0, line.text.length);
      diagnostics.add(migrating.noTimeInPattern, at, {});
      lost.push(`tells no time: datepattern ${line.text}`);
      continue;
    }
    hasTime = true;
    const form = translateDatePattern(line.text);
    if ("construct" in form) {
      const at = places.span(line.places[form.index] ?? line.places[0] ?? 0);
      diagnostics.add(migrating.noTimeForm, at, { construct: form.construct });
      lost.push(`not translated: datepattern ${line.text}`);
      continue;
    }
    const at = places.span(line.places[0] ?? 0, line.text.length);
    const words = form.place === null ? ["none"] : [form.place];
    const draft = { words, pattern: form.pattern, comments: lost };
    // What no template can have: too many ways through it, say.
    if (!compiles(`filter one { ${printFormat(draft, 1)}  fail "from {address}" }`)) {
      diagnostics.add(migrating.noTimeForm, at, { construct: `"${showText(line.text)}"` });
      lost.push(`not translated: datepattern ${line.text}`);
      continue;
    }
    for (const what of form.wider) diagnostics.add(migrating.widerTimeForm, at, { what });
    drafts.push(draft);
    lost = [];
  }
  if (!hasTime) return [{ ...last, comments: lost }];
  if (drafts.length === 0) {
    return [{ words: ["anywhere"], pattern: null, comments: lost }, last];
  }
  if (drafts.some((draft) => draft.words[0] === "none")) return withComments(drafts, lost);
  return [...drafts, { ...last, comments: lost }];
}

/** The last of them has these above it, too. */
function withComments(drafts: readonly FormatDraft[], comments: readonly string[]): FormatDraft[] {
  return drafts.map((draft, i) =>
    i === drafts.length - 1 ? { ...draft, comments: [...draft.comments, ...comments] } : draft,
  );
}
