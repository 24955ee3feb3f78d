/** Generated from import.schema.json by scripts/generate-types.ts: edit that, not this. */

/**
 * One of the last lines of `f2b import --json`, behind the findings (lint.schema.json): what became of a filter.
 */
export interface ImportLine {
filter: string
/**
 * false: an error stands in the way, and nothing is written.
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
