/** Generated from test.schema.json by scripts/generate-types.ts: edit that, not this. */

/**
 * One line of `f2b test --json`: a line of a test block, or with `--coverage` a rule that no line reached.
 */
export type TestOutput = (TestLine | TestUncovered)

export interface TestLine {
type: "line"
/**
 * The filter with its arguments, or the jail.
 */
of: string
file: string
/**
 * Where the test line stands in the policy.
 */
line: number
/**
 * The log line; empty for what a jail's test says of an address.
 */
text: string
ok: boolean
expected: string
found: string
}
export interface TestUncovered {
type: "uncovered"
rule: string
at: string
}
