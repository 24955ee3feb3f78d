/** Generated from bans.schema.json by scripts/generate-types.ts: edit that, not this. */

/**
 * ISO 8601 in UTC with milliseconds.
 */
export type Time = string

/**
 * One line of `bans --json`: a standing ban, each jail and identity once. With `--why`, what led to it stands behind.
 */
export interface BansLine {
jail: string
/**
 * Canonical address or prefix; null: the identity is no address.
 */
address: (string | null)
id: string
since: Time
/**
 * null: for ever.
 */
until: (Time | null)
failures: number
/**
 * The rule and the record that completed it, or `by hand`.
 */
reason: string
/**
 * The hash of the bundle that holds it.
 */
bundle: string
/**
 * Only where the jail observes: nobody is kept out.
 */
observed?: true
/**
 * With `--why`; null: an administrator's order.
 */
rule?: ({
name: string
/**
 * Where the policy has it: `sshd.f2b:41`.
 */
at: string
} | null)
/**
 * With `--why`.
 */
offence?: number
/**
 * With `--why`: the last lines that led to it.
 */
lines?: BansEvidence[]
/**
 * With `--why`: what each action answered.
 */
answers?: BansAnswer[]
/**
 * With `--why`: whether the firewalls are in step, as in status.schema.json.
 */
firewalls?: {
name: string
inStep: boolean
detail: string
[k: string]: unknown | undefined
}[]
}
export interface BansEvidence {
file: string
line: number
time: Time
rule: string
/**
 * As an attacker wrote it: escape it before it is shown.
 */
text: string
at: string
}
export interface BansAnswer {
action: string
event: string
/**
 * null: it did what it was asked.
 */
fault: (string | null)
}
