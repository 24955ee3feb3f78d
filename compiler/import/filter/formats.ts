/**
 * `datepattern` and `maxlines` -> `format` lines.
 *
 * In: the options as read. Out: statements in the order in which the forms are tried, and comments in the place of what has no counterpart.
 * Fail2ban looks at lines without a stamp too, so the last format takes them.
 */
import { migrating } from "../../diagnostics/catalogue/migrating.ts";
import type { Diagnostics } from "../../diagnostics/diagnostic.ts";
import type { FilterOptions } from "../config/read-filter.ts";
import type { Places } from "../config/traced.ts";
import { translateDatePattern } from "./date-pattern.ts";

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
  for (const line of datepattern) {
    const form = translateDatePattern(line.text);
    if ("construct" in form) {
      const at = places.span(line.places[form.index] ?? line.places[0] ?? 0);
      diagnostics.add(migrating.noTimeForm, at, { construct: form.construct });
      lost.push(`not translated: datepattern ${line.text}`);
      continue;
    }
    const at = places.span(line.places[0] ?? 0, line.text.length);
    for (const what of form.wider) diagnostics.add(migrating.widerTimeForm, at, { what });
    const words = form.place === null ? ["none"] : [form.place];
    drafts.push({ words, pattern: form.pattern, comments: lost });
    lost = [];
  }
  if (drafts.length === 0) drafts.push({ words: ["anywhere"], pattern: null, comments: lost });
  return drafts.some((draft) => draft.words[0] === "none") ? drafts : [...drafts, last];
}
