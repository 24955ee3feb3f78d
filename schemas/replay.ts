/** Generated from replay.schema.json by scripts/generate-types.ts: edit that, not this. */

/**
 * One line of `f2b replay --json`: a decision in the logs' own time; the last line is the summary. Without `--all` neither failures nor those spared.
 */
export type ReplayLine = (ReplayBan | ReplayUnban | ReplayFailure | ReplaySpared | ReplaySummary)

export interface ReplayBan {
/**
 * `prolong`: the ban stands already and gets a later end.
 */
type: ("ban" | "prolong")
jail: string
/**
 * Canonical address or prefix; null when the identity is no address.
 */
address: (string | null)
id: string
time: string
/**
 * null: for ever.
 */
until: (string | null)
failures: number
line: number
file: string
/**
 * The jail only observes: nothing would have been banned.
 */
observed: boolean
/**
 * The rule that completed it.
 */
rule: string
/**
 * The prefix in whose place this host is banned, since it holds somebody protected.
 */
insteadOf?: string
}
export interface ReplayUnban {
type: "unban"
jail: string
address: (string | null)
id: string
time: string
observed: boolean
line: number
file: string
}
export interface ReplayFailure {
type: "failure"
jail: string
address: (string | null)
id: string
time: string
line: number
file: string
rule: string
observed: boolean
weight: number
/**
 * The identity is banned already: the line shows that the ban does not hold, and does not count.
 */
evidence: boolean
}
/**
 * Whoever would have been banned is protected.
 */
export interface ReplaySpared {
type: "spared"
jail: string
address: (string | null)
id: string
time: string
line: number
file: string
observed: boolean
rule: string
/**
 * Who was banned in a prefix's place.
 */
hosts: string[]
}
export interface ReplaySummary {
type: "summary"
lines: number
failures: number
bans: number
seconds: number
}
