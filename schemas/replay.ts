/** Generated from replay.schema.json by scripts/generate-types.ts: edit that, not this. */

/**
 * One line of `f2b replay --json`: a decision in the logs' own time; the last line is the summary.
 */
export type ReplayLine = (ReplayBan | ReplayUnban | ReplayFailure | ReplaySummary)

export interface ReplayBan {
type: "ban"
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
}
export interface ReplayUnban {
type: "unban"
jail: string
address: (string | null)
id: string
time: string
observed?: boolean
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
captures?: {
[k: string]: string | undefined
}
}
export interface ReplaySummary {
type: "summary"
lines: number
failures: number
bans: number
seconds: number
}
