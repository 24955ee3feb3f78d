/** Generated from match.schema.json by scripts/generate-types.ts: edit that, not this. */

/**
 * One line of `f2b match --json`: what a rule made of a record.
 */
export interface MatchLine {
/**
 * The record that completed the failure, counted from 1; for a held one, the record that settled it.
 */
line: number
filter: string
/**
 * `filter#ordinal` or `filter#label`.
 */
rule: string
kind: ("failure" | "note" | "clear" | "ignored")
/**
 * Canonical; IPv4-mapped IPv6 as IPv4. null: nobody, or a host name (then `id` has it).
 */
address: (string | null)
/**
 * The capture `id`, of a prefix the network; else the address, else the host name.
 */
id: (string | null)
/**
 * ISO 8601, UTC, milliseconds.
 */
time: (string | null)
captures: {
[k: string]: string | undefined
}
}
