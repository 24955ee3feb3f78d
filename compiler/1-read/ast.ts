/**
 * The syntax tree: what a policy file says, nothing resolved, every node with its place.
 *
 * Made by `build-ast.ts` from Chevrotain's tree, read by `2-check` only. Names are those of the
 * grammar. Texts are already unescaped; `raw` is what stands in the file, with quotes.
 */
import type { Span } from "../source.ts";

interface Node {
  readonly at: Span;
}

export interface Name extends Node {
  readonly type: "name";
  readonly name: string;
}

export interface Text extends Node {
  readonly type: "text";
  readonly value: string;
  readonly raw: string;
  /** A suffix `i`: ASCII case does not matter. Only patterns may have it. */
  readonly ignoreCase: boolean;
  /**
   * Where each UTF-16 unit of `value` starts in the file; one more entry than `value` has units.
   * Template holes find their place in the file through it.
   */
  readonly offsets: readonly number[];
}

export interface Regex extends Node {
  readonly type: "regex";
  /** Between the slashes, as written. */
  readonly source: string;
  readonly flags: string;
}

/** An address or a prefix as written: `192.0.2.1`, `2001:db8::/32`. Its validity is 2-check's. */
export interface Address extends Node {
  readonly type: "address";
  readonly text: string;
}

export interface Duration extends Node {
  readonly type: "duration";
  readonly text: string;
  readonly ms: number;
}

export interface Int extends Node {
  readonly type: "int";
  readonly value: number;
}

/** `ipv4/32`. */
export interface Family extends Node {
  readonly type: "family";
  readonly family: 4 | 6;
  readonly prefix: number;
}

/** `.a."b c"[0].d` as steps: strings are keys, numbers are indices. */
export interface Path extends Node {
  readonly type: "path";
  readonly raw: string;
  readonly steps: readonly (string | number)[];
}

export interface Bool extends Node {
  readonly type: "bool";
  readonly value: boolean;
}

export interface List extends Node {
  readonly type: "list";
  readonly items: readonly Value[];
}

export interface Obj extends Node {
  readonly type: "object";
  readonly entries: readonly { readonly key: Name | Text; readonly value: Value }[];
}

/** `office`, `file "/etc/x"`, `env "TOKEN"`, `host "a.example"`, `redis {...}`. */
export interface Reference extends Node {
  readonly type: "reference";
  readonly name: Name;
  readonly argument: Text | Obj | null;
}

export type Value =
  | Text
  | Regex
  | Address
  | Duration
  | Int
  | Family
  | Path
  | Bool
  | List
  | Obj
  | Reference;

export type Pattern = Text | Regex;

export interface Policy extends Node {
  readonly type: "policy";
  /** In the order of the file. */
  readonly items: readonly Item[];
}

export type Item = Use | Let | Defaults | Jail | Filter | Action | Serve | Fleet;

/** `use std/sshd, "./shop.f2b"`. */
export interface Use extends Node {
  readonly type: "use";
  readonly modules: readonly ((StdModule | Text) & Node)[];
}

export interface StdModule extends Node {
  readonly type: "std";
  /** `std/sshd`. */
  readonly name: string;
}

export interface Let extends Node {
  readonly type: "let";
  readonly name: Name;
  readonly value: Value;
}

export interface Defaults extends Node {
  readonly type: "defaults";
  readonly body: readonly JailStatement[];
}

export interface Jail extends Node {
  readonly type: "jail";
  readonly name: Name;
  readonly body: readonly JailStatement[];
}

/** `serve metrics on "127.0.0.1:9217"`: `what` is `metrics` or `dashboard`. */
export interface Serve extends Node {
  readonly type: "serve";
  readonly what: Name;
  readonly on: Text;
}

/** `fleet redis "rediss://..." { share bans  count failures }`. */
export interface Fleet extends Node {
  readonly type: "fleet";
  readonly driver: Name;
  readonly url: Text;
  readonly shares: readonly { readonly verb: Name; readonly what: Name; readonly at: Span }[];
}

export interface Filter extends Node {
  readonly type: "filter";
  readonly name: Name;
  readonly params: readonly Param[];
  readonly body: readonly FilterStatement[];
}

export interface Param extends Node {
  readonly name: Name;
  /** `string`, `int`, `secret` ..., or the words of a choice: `normal | aggressive`. */
  readonly choices: readonly Name[];
  readonly byDefault: Value | null;
}

/** `sshd(mode: aggressive)`. */
export interface Call extends Node {
  readonly name: Name;
  readonly args: readonly Argument[];
}

export interface Argument extends Node {
  readonly name: Name;
  readonly value: Value;
}

export type FilterStatement = Describe | Let | Format | Frame | Session | Rule | When | FilterTest;

export interface Describe extends Node {
  readonly type: "describe";
  readonly text: Text;
}

export interface Format extends Node {
  readonly type: "format";
  readonly name: Name;
  readonly programs: readonly Pattern[];
  /** `with forwarded, ...`. */
  readonly extras: readonly Name[];
  readonly time: FormatTime | null;
  readonly window: Int | null;
  readonly fields: readonly FormatField[];
}

/** `time "PATTERN"`, `time last`, `time anywhere "PATTERN"`. One of the two is there, or both. */
export interface FormatTime extends Node {
  readonly word: Name | null;
  readonly pattern: Text | null;
}

/** `time .ts`, `port .p : int`. */
export interface FormatField extends Node {
  readonly name: Name;
  readonly path: Path;
  readonly kind: Name | null;
}

export interface Frame extends Node {
  readonly type: "frame";
  readonly pattern: Pattern;
}

export interface Session extends Node {
  readonly type: "session";
  readonly by: Name;
  readonly within: Duration | null;
}

export type RuleKind = "fail" | "note" | "clear" | "ignore";

export interface Rule extends Node {
  readonly type: "rule";
  readonly kind: RuleKind;
  readonly label: Name | null;
  readonly pattern: Pattern | null;
  readonly where: Expr | null;
  readonly weight: Int | null;
  readonly end: boolean;
}

export interface When extends Node {
  readonly type: "when";
  readonly test: Expr;
  readonly then: readonly FilterStatement[];
  readonly otherwise: readonly FilterStatement[] | null;
}

export interface FilterTest extends Node {
  readonly type: "test";
  readonly args: readonly Argument[];
  readonly lines: readonly FilterTestLine[];
}

export interface FilterTestLine extends Node {
  readonly verdict: "fails" | "passes";
  readonly text: Text;
  readonly as: Obj | null;
}

export type Comparison = "==" | "!=" | "<" | "<=" | ">" | ">=";

export type Scalar = Text | Int | Duration | Address | Name | Bool;

export type Expr =
  | (Node & { readonly type: "and" | "or"; readonly of: readonly Expr[] })
  | (Node & { readonly type: "not"; readonly of: Expr })
  | (Node & { readonly type: "has"; readonly field: Name | Path })
  | (Node & {
      readonly type: "compare";
      readonly field: Name | Path;
      readonly op: Comparison;
      readonly to: Scalar;
    })
  | (Node & { readonly type: "in"; readonly field: Name | Path; readonly list: List | Name })
  | (Node & { readonly type: "matches"; readonly field: Name | Path; readonly pattern: Pattern });

export type JailStatement =
  | Watch
  | JailFilters
  | Rule
  | By
  | Ban
  | NeverBan
  | Behind
  | Observe
  | Remember
  | Ports
  | Do
  | ResolveHosts
  | JailTest;

export interface Watch extends Node {
  readonly type: "watch";
  readonly source:
    | { readonly kind: "file"; readonly paths: readonly Text[] }
    | {
        readonly kind: "journal";
        /** `null`: the whole journal. */
        readonly by: "unit" | "identifier" | "match" | null;
        readonly values: readonly Text[];
      }
    | { readonly kind: "bans"; readonly of: readonly Name[] }
    | { readonly kind: "syslog"; readonly on: Text }
    | { readonly kind: "command"; readonly command: List }
    | { readonly kind: "input" }
    | { readonly kind: "default" };
  readonly as: Name | null;
  readonly zone: Text | null;
  readonly from: "start" | "end" | null;
}

export interface JailFilters extends Node {
  readonly type: "filters";
  readonly calls: readonly Call[];
}

export interface By extends Node {
  readonly type: "by";
  /** Prefixes, or captures joined by `and`; never both. */
  readonly families: readonly Family[];
  readonly captures: readonly Name[];
}

/** A time of a ladder: `ever` is null. */
export type BanTime = Duration | (Node & { readonly type: "ever" });

export interface Ban extends Node {
  readonly type: "ban";
  readonly eachAddress: boolean;
  readonly count: Int;
  readonly what:
    | { readonly kind: "failures" | "bans" }
    | { readonly kind: "distinct"; readonly capture: Name };
  readonly by: By | null;
  readonly within: Duration | null;
  readonly times: readonly BanTime[];
  readonly doublingTo: Duration | null;
  readonly jitter: Duration | null;
}

export interface NeverBan extends Node {
  readonly type: "never";
  readonly who: readonly Who[];
}

/** `192.0.2.1`, `[...]`, `self`, `office`, `file "..."`, `host "..."`. */
export type Who = Address | List | Reference;

export interface Behind extends Node {
  readonly type: "behind";
  readonly who: Who;
}

export interface Observe extends Node {
  readonly type: "observe";
}

export interface Remember extends Node {
  readonly type: "remember";
  readonly forTime: Duration;
  readonly acrossJails: boolean;
}

export interface Ports extends Node {
  readonly type: "ports";
  readonly all: boolean;
  readonly ports: readonly {
    readonly protocol: "tcp" | "udp" | null;
    readonly from: Int;
    readonly to: Int | null;
    readonly at: Span;
  }[];
}

export interface Do extends Node {
  readonly type: "do";
  /** Empty with `do none`. */
  readonly calls: readonly Call[];
}

export interface ResolveHosts extends Node {
  readonly type: "resolve";
}

export interface JailTest extends Node {
  readonly type: "jailtest";
  readonly steps: readonly (
    | (Node & { readonly type: "given"; readonly lines: readonly Text[] })
    | (Node & {
        readonly type: "bans";
        readonly address: Address;
        readonly forTime: BanTime | null;
      })
    | (Node & { readonly type: "spares"; readonly address: Address })
  )[];
}

export interface Action extends Node {
  readonly type: "action";
  readonly name: Name;
  readonly params: readonly Param[];
  readonly body: readonly (Let | On)[];
}

/** `on ban, report { ... }`; `on bans all`-forms set `all`. */
export interface On extends Node {
  readonly type: "on";
  readonly events: readonly { readonly name: Name; readonly all: boolean; readonly at: Span }[];
  readonly steps: readonly Step[];
}

export type StepVerb = "run" | "script" | "http" | "mail" | "write" | "log" | "call";

export interface Step extends Node {
  readonly type: "step";
  readonly verb: StepVerb;
  /** `http post url`: `post`. */
  readonly method: Name | null;
  readonly argument: Argument_;
  readonly clauses: readonly Clause[];
}

/** `arg` of the grammar: a text (a template here), a list of them, or a name. */
export type Argument_ = Text | List | Name;

export type Clause =
  | (Node & { readonly type: "keep"; readonly name: Name; readonly path: Path | null })
  | (Node & { readonly type: "timeout"; readonly after: Duration })
  | (Node & { readonly type: "json" | "header"; readonly object: Obj })
  | (Node & {
      readonly type: "bearer" | "input" | "subject" | "body";
      readonly argument: Argument_;
    })
  | (Node & { readonly type: "expect"; readonly from: Int; readonly to: Int | null });
