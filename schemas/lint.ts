/** Generated from lint.schema.json by scripts/generate-types.ts: edit that, not this. */

/**
 * One line of `f2b lint --json`: a finding with its place. Lines and columns count from 1, columns in UTF-16 code units; `end` is exclusive.
 */
export interface FindingLine {
code: string
severity: ("error" | "warning" | "note")
message: string
/**
 * Relative to the policy, or a module's name such as std/sshd.
 */
file: string
start: Position
end: Position
/**
 * The line to write, or the question to ask oneself.
 */
help: (string | null)
}
export interface Position {
line: number
column: number
}
