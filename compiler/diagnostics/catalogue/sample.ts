/**
 * Small policies for the catalogue's `bad` and `good`: everything around the one thing that counts.
 */

/** A filter `demo` with the given statements and a test, so that nothing else is to be said of it. */
export function sampleFilter(body: string, params = ""): string {
  return [
    `filter demo${params} {`,
    "  format lines",
    `  ${body}`,
    "  test { passes `2026-03-01T10:00:00Z hello` }",
    "}",
    "",
  ].join("\n");
}

const usualBan = "ban after 5 failures within 10m for 1h";

/** A jail `demo` over a filter; each clause can be replaced or left out with an empty text. */
export function sampleJail(
  clauses: {
    watch?: string;
    filter?: string;
    ban?: string;
    never?: string;
    action?: string;
    more?: string;
    rule?: string;
  } = {},
): string {
  const { watch = 'watch file "/var/log/demo.log"', filter = "filter demo" } = clauses;
  const { ban = usualBan, never = "never ban self", action = "do none", more = "" } = clauses;
  const { rule = 'fail "refused {user:word!} from {address}"' } = clauses;
  const lines = [watch, filter, ban, never, action, more].filter((line) => line !== "");
  return `${sampleFilter(rule)}\njail demo {\n${lines.map((line) => `  ${line}\n`).join("")}}\n`;
}

/** A jail that does the action `tell`, which is given. */
export function sampleAction(body: string, params = "", call = "tell"): string {
  return `action tell${params} {\n  ${body}\n}\n\n${sampleJail({ action: `do ${call}` })}`;
}

/** `did you mean` for entries that carry the nearest name. */
export function suggest(args: { readonly nearest?: string }): string | undefined {
  return args.nearest === undefined ? undefined : `did you mean \`${args.nearest}\`?`;
}
