/** Generated from policy.schema.json by scripts/generate-types.ts: edit that, not this. */

/**
 * `envelope` is what wraps each record; the journal's source writes `syslog`, and null leaves the header to the filters.
 */
export type Watch = (WatchFile | WatchJournal | WatchInput | WatchBans)
/**
 * Who is counted and banned.
 */
export type Identity = (IdentityAddress | IdentityCaptures)
/**
 * Somebody who is protected or trusted. Lists and names are resolved to these.
 */
export type Who = (WhoPrefix | WhoSelf | WhoFile | WhoHost)
export type Pattern = (Template | Regex)
export type Part = (PartText | PartHole | PartOptional)
export type Parts = Part[]
/**
 * @minItems 1
 */
export type Path = [(string | number), ...((string | number))[]]
export type Expr = (ExprAll | ExprNot | ExprHas | ExprCompare | ExprIn | ExprMatches)
export type Field = (FieldName | FieldPath)
export type Scalar = (ScalarText | ScalarInt | ScalarDuration | ScalarPrefix | ScalarBool)
export type ActionValue = (ActionText | ActionNumber | ActionBool | ActionSecret | ActionList | ActionObject)
export type ActionPart = (ActionPartText | ActionPartValue | ActionPartSecret)
/**
 * `driver` names a firewall the runtime has built in (library modules only).
 */
export type Step = (StepRun | StepScript | StepWrite | StepLog | StepHttp | StepMail | StepDriver)

/**
 * The checked policy: typed, all defaults filled, parameters, `when`, `let` and `use` gone. What `f2b compile --policy-json` prints and every phase after 2-check reads. Times are milliseconds.
 */
export interface Policy {
version: 1
/**
 * The policy file's base name.
 */
name: string
/**
 * Every file read, the policy first, then in the order of their names.
 */
files: {
/**
 * Relative to the policy, or a module's name such as std/sshd.
 */
name: string
sha256: string
}[]
jails: Jail[]
/**
 * One entry a filter and set of arguments in use; jails and tests name them by `id`.
 */
filters: Filter[]
actions: Action[]
tests: FilterTest[]
}
export interface Jail {
name: string
at: At
watches: Watch[]
/**
 * Filter ids.
 */
filters: string[]
bans: Ban[]
neverBan: Who[]
/**
 * Trusted proxies; empty when there is none.
 */
behind: Who[]
observe: boolean
rememberMs: number
acrossJails: boolean
/**
 * Empty: all ports.
 */
ports: {
/**
 * null: both.
 */
protocol: ("tcp" | "udp" | null)
from: number
to: number
}[]
/**
 * Action ids, in order; empty with `do none`.
 */
actions: string[]
resolveHosts: boolean
tests: JailTest[]
}
/**
 * A place in policy text: line and column count from 1; start and end are UTF-16 offsets.
 */
export interface At {
file: string
line: number
column: number
start: number
end: number
}
export interface WatchFile {
kind: "file"
/**
 * @minItems 1
 */
paths: [string, ...(string)[]]
envelope: ("docker" | "cri" | "syslog" | null)
zone: (string | null)
from: ("start" | "end" | null)
at: At
}
export interface WatchJournal {
kind: "journal"
by: ("unit" | "identifier" | "match" | null)
values: string[]
envelope: ("syslog" | null)
zone: (string | null)
from: ("start" | "end" | null)
at: At
}
export interface WatchInput {
kind: "input"
envelope: ("docker" | "cri" | "syslog" | null)
zone: (string | null)
at: At
}
export interface WatchBans {
kind: "bans"
/**
 * Jail names, resolved: never empty, never the jail itself.
 */
of: string[]
at: At
}
export interface Ban {
/**
 * Bans every address in the window; `by` then only says who is counted.
 */
eachAddress: boolean
count: number
what: ("failures" | "bans" | "distinct")
/**
 * With `distinct`: the capture's name, or `address`.
 */
capture: (string | null)
by: Identity
withinMs: number
/**
 * The ladder in milliseconds; null is for ever.
 * 
 * @minItems 1
 */
times: [(number | null), ...((number | null))[]]
doublingToMs: (number | null)
jitterMs: number
at: At
}
export interface IdentityAddress {
kind: "address"
ipv4: number
ipv6: number
}
export interface IdentityCaptures {
kind: "captures"
/**
 * @minItems 1
 */
names: [string, ...(string)[]]
}
export interface WhoPrefix {
kind: "prefix"
/**
 * Canonical, with its length: 192.0.2.1/32.
 */
prefix: string
}
export interface WhoSelf {
kind: "self"
}
export interface WhoFile {
kind: "file"
path: string
}
export interface WhoHost {
kind: "host"
name: string
}
export interface JailTest {
at: At
steps: (JailTestGiven | JailTestBans | JailTestSpares)[]
}
export interface JailTestGiven {
kind: "given"
lines: string[]
at: At
}
export interface JailTestBans {
kind: "bans"
address: string
/**
 * null: any time; 0: for ever.
 */
forMs: (number | null)
at: At
}
export interface JailTestSpares {
kind: "spares"
address: string
at: At
}
export interface Filter {
/**
 * The name when all arguments are the defaults, else `name(k: v)`; with ` of JAIL` behind it when a jail adds ignore rules.
 */
id: string
name: string
arguments: {
[k: string]: string | number | boolean | undefined
}
/**
 * Of the standard library, with nothing given to it but words that it lists itself: `f2b lint std` proves what it reads.
 */
isStock: boolean
describe: (string | null)
/**
 * @minItems 1
 */
formats: [Format, ...(Format)[]]
frames: Pattern[]
session: (null | Session)
/**
 * In text order, ignore rules included where they stand.
 */
rules: Rule[]
at: At
}
export interface Format {
name: ("syslog" | "combined" | "common" | "json" | "logfmt" | "audit" | "lines")
/**
 * Any of them must match the program's name; empty: any program.
 */
programs: Pattern[]
/**
 * Quoted fields behind those of `combined` or `common`, in order.
 */
extras: string[]
time: (TimeKind | TimePattern | TimePlace)
window: (number | null)
fields: {
name: string
path: Path
kind: (string | null)
}[]
at: At
}
export interface Template {
kind: "template"
/**
 * As written, without quotes.
 */
source: string
ignoreCase: boolean
parts: Parts
at: At
}
export interface PartText {
kind: "text"
text: string
}
export interface PartHole {
kind: "hole"
/**
 * null: matched, not captured.
 */
name: (string | null)
of: ("address" | "host" | "user" | "text" | "rest" | "message" | "word" | "not" | "int" | "number" | "hex" | "port" | "time" | "words")
/**
 * Written with `!`: the daemon vouches for what stands there.
 */
vouched: boolean
/**
 * With `not`: the characters it must not contain.
 */
chars: (string | null)
/**
 * With `words`: the choices, as written.
 */
words: (string[] | null)
}
export interface PartOptional {
kind: "optional"
parts: Parts
}
export interface Regex {
kind: "regex"
/**
 * As written, between the slashes.
 */
source: string
/**
 * Subset of isu, sorted.
 */
flags: string
/**
 * Written with the flag `l`: matched in linear time.
 */
linear: boolean
/**
 * A JavaScript pattern, tags and lets filled in; compiles with `flags`.
 */
expanded: string
/**
 * Named groups; of one name those whose text counts come first. `of` is `text` for plain ones.
 */
groups: {
/**
 * The capture's name.
 */
name: string
/**
 * The group's name in `expanded`.
 */
group: string
of: ("text" | "address" | "ip4" | "ip6" | "cidr" | "host")
}[]
at: At
}
export interface TimeKind {
kind: ("auto" | "last" | "none")
}
export interface TimePattern {
kind: "pattern"
/**
 * strptime's letters and holes: see docs/matching.md.
 */
pattern: string
}
export interface TimePlace {
kind: ("start" | "leading" | "anywhere")
/**
 * As above; null: the automatic forms. Only the stamp is cut out.
 */
pattern: (string | null)
}
export interface Session {
by: string
withinMs: number
}
export interface Rule {
/**
 * `filter#label` or `filter#ordinal`: ordinals count all rules as written, from 1, whatever `when` left out.
 */
name: string
kind: ("fail" | "note" | "clear" | "ignore")
pattern: (null | Pattern)
where: (null | Expr)
weight: number
end: boolean
at: At
}
export interface ExprAll {
op: ("and" | "or")
/**
 * @minItems 2
 */
of: [Expr, Expr, ...(Expr)[]]
}
export interface ExprNot {
op: "not"
of: Expr
}
export interface ExprHas {
op: "has"
field: Field
}
export interface FieldName {
name: string
}
export interface FieldPath {
path: Path
}
export interface ExprCompare {
op: ("==" | "!=" | "<" | "<=" | ">" | ">=")
field: Field
to: Scalar
}
export interface ScalarText {
type: "text"
value: string
}
export interface ScalarInt {
type: "int"
value: number
}
export interface ScalarDuration {
type: "duration"
ms: number
}
export interface ScalarPrefix {
type: "prefix"
/**
 * Canonical, with its length.
 */
prefix: string
}
export interface ScalarBool {
type: "bool"
value: boolean
}
export interface ExprIn {
op: "in"
field: Field
list: Scalar[]
}
export interface ExprMatches {
op: "matches"
field: Field
pattern: Pattern
}
export interface Action {
id: string
name: string
arguments: {
[k: string]: ActionValue | undefined
}
hooks: {
/**
 * @minItems 1
 */
events: [{
name: ("start" | "stop" | "ban" | "unban" | "prolong" | "report" | "check" | "repair")
/**
 * The step takes all pending bans in one go.
 */
all: boolean
}, ...({
name: ("start" | "stop" | "ban" | "unban" | "prolong" | "report" | "check" | "repair")
/**
 * The step takes all pending bans in one go.
 */
all: boolean
})[]]
steps: Step[]
at: At
}[]
at: At
}
/**
 * Text with holes: filled once, on the host.
 */
export interface ActionText {
kind: "text"
parts: ActionPart[]
}
export interface ActionPartText {
text: string
}
export interface ActionPartValue {
/**
 * A value of the event (address, jail, duration ...), a capture, or something kept by an earlier step.
 */
value: string
}
export interface ActionPartSecret {
secret: {
from: ("env" | "file")
name: string
}
}
export interface ActionNumber {
kind: "number"
value: number
}
export interface ActionBool {
kind: "bool"
value: boolean
}
/**
 * Read on the host when needed; never in a bundle.
 */
export interface ActionSecret {
kind: "secret"
from: ("env" | "file")
name: string
}
export interface ActionList {
kind: "list"
items: ActionValue[]
}
export interface ActionObject {
kind: "object"
entries: {
key: string
value: ActionValue
}[]
}
export interface StepRun {
verb: "run"
/**
 * @minItems 1
 */
argv: [ActionValue, ...(ActionValue)[]]
input: (null | ActionValue)
timeoutMs: number
keep: (string | null)
expect: Expect
at: At
}
/**
 * Exit codes, or statuses of HTTP, that mean success, both included.
 */
export interface Expect {
from: number
to: number
}
export interface StepScript {
verb: "script"
/**
 * Given to /bin/sh -c as it stands; values arrive as F2B_ variables.
 */
text: string
input: (null | ActionValue)
timeoutMs: number
keep: (string | null)
expect: Expect
at: At
}
export interface StepWrite {
verb: "write"
path: ActionValue
body: ActionValue
timeoutMs: number
at: At
}
export interface StepLog {
verb: "log"
text: ActionValue
at: At
}
export interface StepHttp {
verb: "http"
method: ("GET" | "POST" | "PUT" | "PATCH" | "DELETE")
/**
 * Whose server it is stands in literal text or in a secret; values behind it are percent-encoded.
 */
url: (ActionText | ActionNumber | ActionBool | ActionSecret | ActionList | ActionObject)
headers: {
name: string
value: ActionValue
}[]
body: (null | {
type: ("json" | "text")
value: ActionValue
})
timeoutMs: number
keep: (string | null)
/**
 * Into the JSON of the answer; null: its text as it is.
 */
keepPath: (null | Path)
expect: Expect
at: At
}
export interface StepMail {
verb: "mail"
/**
 * @minItems 1
 */
to: [ActionValue, ...(ActionValue)[]]
subject: ActionValue
body: ActionValue
timeoutMs: number
at: At
}
export interface StepDriver {
verb: "driver"
driver: ("nftables" | "ipset" | "blackhole" | "list-file" | "memory")
/**
 * Texts and lists of texts; which ones, the driver says.
 */
settings: {
name: string
value: (string | string[])
}[]
at: At
}
export interface FilterTest {
/**
 * A filter id.
 */
filter: string
at: At
lines: {
verdict: ("fails" | "passes")
text: string
/**
 * Expected address, id, time and captures; `nobody` as address: the line must not name anyone.
 */
as: (null | {
[k: string]: string | number | boolean | undefined
})
at: At
}[]
}
