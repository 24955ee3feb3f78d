/** Generated from import.schema.json by scripts/generate-types.ts: edit that, not this. */

/**
 * One of the last lines of `f2b import --json`, behind the findings (lint.schema.json): what became of a filter.
 */
export interface ImportLine {
filter: string
/**
 * false: an error stands in the way, and the filter is not written.
 */
imported: boolean
/**
 * Rules whose pattern is a template.
 */
templates: number
/**
 * Rules whose pattern is a regular expression.
 */
regexes: number
lets: number
/**
 * What the policy lacks, in the order of the configuration.
 */
missing: ImportMissing[]
/**
 * The jails that use the filter in this way. One that counts bans has no rules.
 */
jails: ImportJail[]
}
export interface ImportMissing {
code: string
what: string
/**
 * Relative to the configuration.
 */
file: string
line: number
}
export interface ImportJail {
jail: string
/**
 * In the policy.
 */
name: string
/**
 * false: it stands in the policy as a comment.
 */
imported: boolean
/**
 * It bans nobody: a finding says why.
 */
observes: boolean
missing: ImportMissing[]
}
