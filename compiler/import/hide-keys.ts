/**
 * The files of a configuration, for people's eyes: without the keys that stand in them.
 *
 * A finding shows its line, and the line of a jail's action may hold the key of somebody's service. In: the sources as read. Out: the same, each letter of such a value a `*`, so that every place stays
 * where it is.
 */
import { Source } from "../source.ts";

/** `cftoken="..."`, `apikey = ...`: the name says that the value is one. */
const key =
  /([\w.-]*(?:key|token|pass|pwd|secret|cfuser|credential|auth|webhook|dsn)[\w.-]*[ \t]*[=:][ \t]*)("[^"\n]*"|'[^'\n]*'|[^\s,\]]+)/gi;

export function hideKeys(sources: ReadonlyMap<string, Source>): Map<string, Source> {
  const hide = (text: string) =>
    text.replace(key, (_, name: string, value: string) => name + "*".repeat(value.length));
  return new Map(
    [...sources].map(([name, source]) => [
      name,
      name.startsWith("filter.d/") ? source : new Source(name, hide(source.text)),
    ]),
  );
}
