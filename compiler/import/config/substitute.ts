/**
 * The second substitution: `<name>` in a filter's or an action's values.
 *
 * In: the value and a way to find others. Out: the value with all known tags filled in, the innermost first and again
 * until nothing changes, so that `<mdre-<mode>>` works; tags that nobody knows stay, as `<HOST>` must. Null after reporting a circle.
 */
import { importing } from "../../diagnostics/catalogue/importing.ts";
import type { Diagnostics } from "../../diagnostics/diagnostic.ts";
import type { Places, Traced } from "./traced.ts";

/** A tag's value before its own tags are filled in; null: there is none. */
export type FindTag = (name: string) => Traced | null;

const repeatsMax = 25;

export function substitute(
  value: Traced,
  find: FindTag,
  places: Places,
  diagnostics: Diagnostics,
): Traced | null {
  const tag = /<([^ <>]+)>/g;
  const filled = new Map<string, number>();
  let out = value;
  let from = 0;
  for (;;) {
    tag.lastIndex = from;
    const match = tag.exec(out.text);
    if (match === null) return out;
    const name = match[1] ?? "";
    const by = find(name);
    if (by === null) {
      from = match.index + match[0].length;
      continue;
    }
    const times = (filled.get(name) ?? 0) + 1;
    filled.set(name, times);
    if (times > repeatsMax || by.text.includes(match[0])) {
      const at = places.span(out.places[match.index] ?? 0, match[0].length);
      diagnostics.add(importing.tagCircle, at, { name });
      return null;
    }
    // All of one name at once: how often is counted by levels, not by places.
    for (let at = out.text.lastIndexOf(match[0]); at >= match.index; ) {
      out = out.splice(at, at + match[0].length, by);
      at = at === 0 ? -1 : out.text.lastIndexOf(match[0], at - 1);
    }
    // What was filled in may complete a tag that began before it.
    from = Math.max(0, out.text.lastIndexOf("<", match.index - 1));
  }
}
