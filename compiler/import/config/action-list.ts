/**
 * `action = nftables[port="22"]  mail-whois[dest="a b"]`: what jails do, one after the other.
 *
 * In: the text, all filled in. Out: each with its arguments; null where one has another shape. They stand behind blanks that are in no bracket and no quotes.
 */
import { type NamedWithArguments, readNamed } from "./arguments.ts";

export function readActions(text: string): NamedWithArguments[] | null {
  const actions = splitActions(text).map(readNamed);
  const isRead = actions.every((one) => one !== null && /^[\w./-]+$/.test(one.name));
  return isRead ? actions.filter((one) => one !== null) : null;
}

/** Names alone: arguments may be keys of other people's services, and so may what is left of a list that cannot be read. */
export function actionNames(text: string): string[] {
  return readActions(text)?.map(({ name }) => name) ?? ["(cannot be read)"];
}

function splitActions(text: string): string[] {
  const parts: string[] = [];
  let part = "";
  let quote = "";
  let isInside = false;
  for (const [at, unit] of Array.from(text).entries()) {
    if (quote !== "") quote = unit === quote ? "" : quote;
    else if (isInside && (unit === '"' || unit === "'")) quote = unit;
    else if (unit === "[") isInside = true;
    else if (unit === "]") isInside = false;
    const isBlank = quote === "" && !isInside && /\s/.test(unit);
    // `name [a=1]` is one, too.
    if (isBlank && !/^\s*\[/.test(text.slice(at))) {
      if (part !== "") parts.push(part);
      part = "";
    } else part += unit;
  }
  return part === "" ? parts : [...parts, part];
}
