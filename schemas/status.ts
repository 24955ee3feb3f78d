/** Generated from status.schema.json by scripts/generate-types.ts: edit that, not this. */

export type Count = number
/**
 * Milliseconds since 1970; null: not yet.
 */
export type Time = (number | null)

/**
 * What `status --json` prints: one object. With a jail named, `jails` has that one and `bans` its standing bans.
 */
export interface StatusLine {
/**
 * The version that made the bundle.
 */
f2b: string
policy: string
/**
 * The bundle's hash.
 */
bundle: string
pid: number
/**
 * ISO 8601 in UTC.
 */
since: (string | null)
/**
 * The answer to `is it protecting me?`.
 */
protecting: boolean
/**
 * The same in a sentence, with the reason.
 */
verdict: string
jails: StatusJail[]
sources: StatusSource[]
firewalls: StatusFirewall[]
state: {
/**
 * null: nothing is kept.
 */
folder: (string | null)
/**
 * Why nothing can be saved.
 */
fault: (string | null)
lost: Count
}
actions: StatusAction[]
/**
 * Of the jail that was named: rows as in bans.schema.json.
 */
bans?: {
[k: string]: unknown | undefined
}[]
}
export interface StatusJail {
name: string
/**
 * Where the policy has it.
 */
at: string
observe: boolean
failures: Count
bans: Count
standing: Count
spared: Count
/**
 * Lines of hosts that were banned already.
 */
evidence: number
tracked: Count
shed: Count
}
export interface StatusSource {
name: string
state: ("following" | "polling" | "waiting" | "failed")
detail: string
bytes: Count
lastAt: Time
oversized: Count
jails: string[]
records: Count
/**
 * Failures older than the longest window while catching up.
 */
tooOld: number
}
export interface StatusFirewall {
name: string
inStep: boolean
/**
 * Why it is not; empty when it is.
 */
detail: string
waiting: Count
repairs: Count
lastAt: Time
}
export interface StatusAction {
id: string
done: Count
retried: Count
failed: Count
shed: Count
waiting: Count
}
