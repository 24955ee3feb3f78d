/**
 * The drafts of a filter -> its text, with comments where what they explain stands.
 *
 * In: options as read, drafts of formats, frame and rules, the `let`s. Out: the text of one filter. A comment above an option that became a `let` stands above that; one above
 * an option that was filled in stands above the first statement that it went into.
 */

import { showText } from "../../diagnostics/show-text.ts";
import type { FilterOptions } from "../config/read-filter.ts";
import type { Traced } from "../config/traced.ts";
import { policyName } from "../names.ts";
import { Comments } from "./comments.ts";
import type { FormatDraft } from "./formats.ts";
import type { Lets } from "./lets.ts";
import type { Drafts } from "./rules.ts";
import { printDraft, printRegex, writeFilter } from "./write-filter.ts";

interface Written {
  readonly as: string;
  /** Comment lines for the end. */
  readonly tail: readonly string[];
  readonly formats: readonly FormatDraft[];
  readonly drafts: Drafts;
  readonly lets: Lets;
}

export function filterText(
  options: FilterOptions,
  { as, tail, formats, drafts, lets }: Written,
): string {
  const { layers } = options;
  const comments = new Comments(layers.files);
  const head = layers.own.flatMap((file) => comments.head(file));
  const named = lets.drafts.map((one) => ({
    comments: [...placesOf(one.label, options)].flatMap((place) => comments.above(place)),
    text: `let ${one.name} = ${one.value}`,
  }));
  const explain = (value: Traced) => commentsOf(value, options, comments);
  const frame = frameLines(drafts, lets);
  const aboveFrame = options.prefregex === null ? [] : explain(options.prefregex);
  const rules = drafts.rules.map((draft, index) => {
    // The pieces of one pattern share its comment.
    const isFirst = drafts.rules[index - 1]?.original !== draft.original;
    return {
      comments: isFirst ? explain(draft.original) : [],
      text: printDraft(draft, lets),
    };
  });
  return writeFilter({
    name: policyName(as),
    head,
    describe: describe(options),
    formats,
    window: options.maxlines,
    lets: named,
    frame: { comments: aboveFrame, lines: frame },
    session: sessionOf(drafts),
    rules,
    tail: [
      ...options.unused.map(
        (option) => `without effect: ${option.name} = ${option.value.text.replaceAll("\n", " ")}`,
      ),
      ...options.journalmatch.map(
        (match) => `In a jail: watch journal match "${match.text}" as lines`,
      ),
      ...layers.own.flatMap((file) => comments.tail(file)),
      ...tail,
    ],
  });
}

/** What stands above the option that holds a pattern, above those that were filled into it, and above its own line. */
function commentsOf(value: Traced, { layers }: FilterOptions, comments: Comments): string[] {
  const [first = 0] = value.places;
  const own = layers.own.flatMap((file) =>
    [...file.sections.values()].flatMap((section) => [...section.options.values()]),
  );
  const holder = own.find(({ value: { places } }) => {
    const [from = first + 1] = places;
    return from <= first && first <= (places.at(-1) ?? from);
  });
  const filledIn = [...value.marks]
    .sort((a, b) => b.end - b.start - (a.end - a.start))
    .filter((mark) => own.some((option) => option.place === mark.place));
  return [
    ...(holder === undefined ? [] : comments.above(holder.place)),
    ...filledIn.flatMap((mark) => comments.above(mark.place)),
    ...comments.above(first),
  ];
}

/** Where options of this name stand that patterns were put together from, the outer ones first. */
function placesOf(
  label: string,
  { failregex, ignoreregex, prefregex }: FilterOptions,
): Set<number> {
  const all = [...(prefregex === null ? [] : [prefregex]), ...failregex, ...ignoreregex];
  const marks = all.flatMap((value) => value.marks).filter((mark) => mark.name === label);
  marks.sort((a, b) => b.end - b.start - (a.end - a.start));
  return new Set(marks.map((mark) => mark.place).filter((place) => place >= 0));
}

/** A note outside of sessions learns nothing, and still keeps later rules from counting its line. */
function sessionOf({ hasSession, rules }: Drafts): string | null {
  if (hasSession) return "session by session within 5m";
  return rules.some(({ kind }) => kind === "note" || kind === "clear") ? "session by pid" : null;
}

function frameLines({ frame, lostFrame }: Drafts, lets: Lets): string[] {
  if (frame !== null) return [`frame ${printRegex(frame, lets)}`];
  return lostFrame === null ? [] : [`# not translated: frame /${showText(lostFrame.text)}/`];
}

function describe({ name, args, layers }: FilterOptions): string {
  const files = [...new Set(layers.files.map((file) => file.source.name))];
  const set = [...args].map(([key, value]) => `${key}=${value}`);
  const as = set.length === 0 ? "" : ` (${set.join(", ")})`;
  return `${name}${as}, imported from Fail2ban's ${files.join(", ")}`;
}
