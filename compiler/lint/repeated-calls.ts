/**
 * Filters and actions that a jail names twice with the same arguments: the second does nothing, and was perhaps
 * meant to be another.
 */
import type { Call, Jail, JailStatement } from "../1-read/ast.ts";
import type { Loaded } from "../2-check/load.ts";
import { lint as catalogue } from "../diagnostics/catalogue/lint.ts";
import type { Diagnostics, Fix } from "../diagnostics/diagnostic.ts";

type Calling = JailStatement & { type: "filters" | "do" };

export function findRepeatedCalls(loaded: Loaded, diagnostics: Diagnostics): void {
  for (const tree of loaded.trees.values()) {
    for (const item of tree.items) {
      if (item.type !== "jail" && item.type !== "defaults") continue;
      for (const type of ["filters", "do"] as const) reportRepeated(item.body, type, diagnostics);
    }
  }
}

function reportRepeated(body: Jail["body"], type: Calling["type"], diagnostics: Diagnostics): void {
  const first = new Map<string, Call>();
  for (const statement of body.filter((one): one is Calling => one.type === type)) {
    const repeated = statement.calls.filter((call) => {
      const key = meaningOf(call);
      if (first.has(key)) return true;
      first.set(key, call);
      return false;
    });
    for (const call of repeated) {
      const earlier = first.get(meaningOf(call)) ?? call;
      const fix = removalOf(call, repeated, statement);
      const what = type === "do" ? "does" : "reads with";
      diagnostics.add(
        catalogue.repeatedCall,
        call.at,
        { name: call.name.name, what },
        { labels: [{ at: earlier.at, text: "the first is here" }], ...(fix && { fix }) },
      );
    }
  }
}

/** A call as text, without where it stands. */
function meaningOf({ name, args }: Call): string {
  const places = ["at", "offsets", "raw"];
  const plain = (key: string, value: unknown) => (places.includes(key) ? undefined : value);
  return JSON.stringify([name.name, args], plain);
}

/** With the comma on the side of what stays; a statement of which nothing stays goes as a whole, once. */
function removalOf(call: Call, repeated: readonly Call[], statement: Calling): Fix | null {
  const { calls } = statement;
  if (repeated.length === calls.length) {
    return call === calls[0] ? { at: statement.at, text: "" } : null;
  }
  const at = calls.indexOf(call);
  const firstKept = calls.findIndex((one) => !repeated.includes(one));
  const before = calls[at - 1];
  const next = calls[at + 1];
  if (at < firstKept && next !== undefined) {
    return { at: { ...call.at, end: next.at.start }, text: "" };
  }
  return { at: { ...call.at, start: before?.at.end ?? call.at.start }, text: "" };
}
