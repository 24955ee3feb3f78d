/** Generated from control.schema.json by scripts/generate-types.ts: edit that, not this. */

/**
 * One line of JSON from a client to a running bundle over its control socket. The list of verbs is closed and none of them defines what is run. Answers are `ControlAnswer` lines with the request's `id`.
 */
export type ControlRequest = (StatusRequest | BansRequest | BanRequest | UnbanRequest | TailRequest | FlushRequest | LoglevelRequest | ObserveRequest | StopRequest)
export type Id = number
export type JailName = string
export type Who = string

export interface StatusRequest {
id: Id
verb: "status"
jail?: JailName
}
export interface BansRequest {
id: Id
verb: "bans"
jail?: JailName
/**
 * Tell what led to the bans that hold this address.
 */
why?: string
}
export interface BanRequest {
id: Id
verb: "ban"
address: Who
jail: JailName
/**
 * null is for ever; left out: the jail's first ban time.
 */
forMs?: (number | null)
/**
 * Ban even what `never ban` protects.
 */
force?: boolean
}
export interface UnbanRequest {
id: Id
verb: "unban"
/**
 * An address, a prefix (all bans within it), an identity, or `all`.
 */
address: string
jail?: JailName
}
export interface TailRequest {
id: Id
verb: "tail"
jail?: JailName
}
export interface FlushRequest {
id: Id
verb: "flush"
}
export interface LoglevelRequest {
id: Id
verb: "loglevel"
level: ("debug" | "info" | "notice" | "warning" | "error")
}
export interface ObserveRequest {
id: Id
verb: "observe"
jail: JailName
on: boolean
}
export interface StopRequest {
id: Id
verb: "stop"
/**
 * Take the firewall's table away too.
 */
flush?: boolean
}
