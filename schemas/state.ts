/** Generated from state.schema.json by scripts/generate-types.ts: edit that, not this. */

/**
 * A failure counted: jail, sentence, identity, time, weight, address, distinct value.
 * 
 * @minItems 8
 * @maxItems 8
 */
export type Count = ["c", string, Sum, string, Time, number, Whose, Text]
/**
 * CRC-32 of the key of a ban sentence: what it counts, within what time.
 */
export type Sum = number
/**
 * Milliseconds since 1970.
 */
export type Time = number
/**
 * An address; 0: it is the identity; null: there is none.
 */
export type Whose = (string | null | 0)
export type Text = (string | null)
/**
 * What was counted led to a ban: jail, sentence, identity.
 * 
 * @minItems 4
 * @maxItems 4
 */
export type Use = ["u", string, Sum, string]
/**
 * A ban made or prolonged that no row of many takes: jail, identity, address, since, until (null: for ever), failures, offence, file, line, rule, captures, the prefix in whose place it is, and 1 for forced plus 2 for a new offence.
 * 
 * @minItems 14
 * @maxItems 14
 */
export type Ban = ["b", string, string, Whose, Time, (Time | null), number, number, string, number, string, Captures, Text, (0 | 1 | 2 | 3)]
/**
 * Bans of single addresses or prefixes, made or prolonged: jail, file, rule, the sentence whose counts each of them used up just before (0: none), a time, and of each ban: identity, since (from that time on), length (null: for ever), failures, offence, line, 1 for forced plus 2 for a new offence, captures.
 * 
 * @minItems 7
 * @maxItems 7
 */
export type Bans = ["B", string, string, string, Sum, Time, [(string | number | null | Captures), (string | number | null | Captures), (string | number | null | Captures), (string | number | null | Captures), (string | number | null | Captures), (string | number | null | Captures), (string | number | null | Captures), (string | number | null | Captures), ...((string | number | null | Captures))[]]]
/**
 * What led to a ban: jail, identity, file, rule, and JSON of the lines by number, time and text; file and rule where they differ from the first line's.
 * 
 * @minItems 6
 * @maxItems 6
 */
export type Lines = ["l", string, string, string, string, string]
/**
 * What is known of connections of one log: the log, lane, filter, and rows. A row of the key alone, in version 2: it is over.
 * 
 * @minItems 5
 * @maxItems 5
 */
export type Sessions = ["s", string, number, string, Session[]]
/**
 * Key, when it was last seen, who it is (an address that is all there is stands alone), and failures held until that is known.
 * 
 * @minItems 1
 * @maxItems 4
 */
export type Session = [string]|[string, (Time | null)]|[string, (Time | null), (string | Party | null)]|[string, (Time | null), (string | Party | null), Held[]]
/**
 * Offences of one jail in a snapshot: jail, a time, and of each identity: itself, and its one offence or several, from that time on.
 * 
 * @minItems 4
 * @maxItems 4
 */
export type Offences = ["O", string, Time, (string | number | number[])[]]
/**
 * Counts of one sentence in a snapshot: jail, sentence, a time, and of each identity: itself, how many counts, and of each count: time (from that time on), weight, address (0: it is the identity), distinct value.
 * 
 * @minItems 5
 * @maxItems 5
 */
export type Window = ["W", string, Sum, Time, (string | number | null)[]]
/**
 * Many connections of one log of which nothing but the address is known: the log, lane, filter, what all keys begin with, the first one's time, and for each the rest of its key, the distance of the time when it was last seen, and the address; and the rests of the keys of those that are over.
 * 
 * @minItems 8
 * @maxItems 8
 */
export type PackedSessions = ["S", string, number, string, string, Time, (string | number)[], string[]]
/**
 * The JSON of one line of `journal-N` or `snapshot-N` in the state folder, behind its CRC-32 in eight hex digits and a blank. All entries of a frame are used, or none. This is version 3, which is written; versions 1 and 2 are read too.
 */
export type StateFrame = (Header | End | Count | Use | Ban | Bans | Unban | Lines | Sessions | Position | Forget | Observe | Offences | Window | PackedSessions)[]

/**
 * The first entry of each file.
 */
export interface Header {
f2b: ("journal" | "snapshot")
version: 3
generation: number
}
/**
 * The last entry of a whole snapshot.
 */
export interface End {
end: true
}
export interface Captures {
[k: string]: string | undefined
}
/**
 * A ban ended or lifted.
 */
export interface Unban {
type: "change"
change: {
type: "unban"
jail: string
id: string
}
}
export interface Party {
address: Text
host: Text
forwarded: (string[] | null)
}
export interface Held {
rule: string
record: number
captures: Captures
weight: number
}
/**
 * Where reading of a source goes on.
 */
export interface Position {
type: "position"
source: string
position: ({
kind: "file"
path: string
dev: number
ino: number
offset: number
headBytes: number
head: number
tail: number
} | {
kind: "journal"
query: string
cursor: string
})
}
/**
 * The position of a rotated file is not needed any more.
 */
export interface Forget {
type: "forget"
key: string
}
/**
 * An administrator's word on a jail.
 */
export interface Observe {
type: "observe"
jail: string
on: boolean
}
