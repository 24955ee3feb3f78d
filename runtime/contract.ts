/**
 * What a compiled policy and the runtime agree on: the only place where both sides' shapes stand.
 *
 * The generated module builds one `Program` out of plain data and scanner functions; everything
 * else in `runtime/` takes it from there. Times are milliseconds, offsets are bytes.
 */

/** The order decides nothing; the names are those of the language. */
export type HitKind = "fail" | "note" | "clear" | "ignore";

export interface RuleSpec {
  /** `sshd#3`. */
  readonly name: string;
  readonly kind: HitKind;
  readonly weight: number;
  /** Closes the session after the rule took effect. */
  readonly end: boolean;
  /** `library/sshd.f2b:41`, for people. */
  readonly at: string;
}

export interface FilterSpec {
  readonly id: string;
  readonly name: string;
  /** How long a session lives after its last record; null: the filter has none. */
  readonly sessionMs: number | null;
  readonly rules: readonly RuleSpec[];
}

/**
 * One rule matched one record. A fresh object each time, unless the scanner is lazy. Offsets into the
 * scanned buffer are valid only while `report` runs.
 */
export interface Hit {
  /** Index into `Program.filters`. */
  readonly filter: number;
  readonly rule: RuleSpec;
  /** The record's ordinal in its source since the scanner was made, from 1. */
  readonly record: number;
  readonly start: number;
  readonly end: number;
  /** As the record's stamp says, milliseconds since 1970 UTC; NaN: it has no readable stamp. */
  readonly time: number;
  /** Canonical, IPv4-mapped folded to IPv4; null: the record names none. The peer's, before `behind`. */
  readonly address: string | null;
  /** A host name where the pattern has a `host` hole and no address stood there; else null. */
  readonly host: string | null;
  /** `forwarded` as the record has it, left to right; null: the record has none. */
  readonly forwarded: readonly string[] | null;
  /** Named holes and groups that took part, and fields named by the format; no prototype. */
  readonly captures: Readonly<Record<string, string>>;
  /** Gives each of them, in their order, without making that object; left out: there is one already. */
  readonly eachCapture?: (taker: CaptureTaker) => void;
  /** Program, host and the `session by` field; null: no session, or the field is missing. */
  readonly session: string | null;
  /** `rule.weight` times the N of "message repeated N times". */
  readonly weight: number;
}

/** Takes captures one by one: those of templates as the bytes that they are, all others as text. */
export interface CaptureTaker {
  /** `b[start, end)` in UTF-8, as far as the log is. */
  takeBytes(name: string, b: Buffer, start: number, end: number): void;
  takeText(name: string, text: string): void;
}

/** What a scanner needs to know of the world to read time. */
export interface TimeContext {
  /** Fills missing years and dates; the arrival time of records without a stamp. */
  readonly now: () => number;
  /** IANA name, `UTC` or `+02:00`; null: the host's zone. */
  readonly zone: string | null;
}

export interface Scanner {
  /**
   * Reads every whole record (up to LF) of `bytes[start, end)` and reports its hits in order of
   * records, within one record in order of `Program.filters`. Returns the offset behind the last
   * LF read; the rest is an unfinished record that the caller brings again with more behind it.
   * Never throws, whatever the bytes.
   */
  scan(bytes: Buffer, start: number, end: number, report: (hit: Hit) => void): number;
  /** Treats `bytes[start, end)` as one last record without LF. */
  scanLast(bytes: Buffer, start: number, end: number, report: (hit: Hit) => void): void;
  /**
   * True: whoever gets a hit is done with it when `report` returns. It is then one object for all hits, and its
   * captures are made only when asked for. False at first.
   */
  lazy?: boolean;
  /** Records read so far. */
  records: number;
  /** Records over the size limit, which matched nothing. */
  oversized: number;
}

/** One scanner for one set of filters and one envelope, in one pass. */
export interface ScannerSpec {
  readonly filters: readonly number[];
  readonly make: (time: TimeContext) => Scanner;
}

export type WatchSpec =
  | {
      readonly kind: "file";
      readonly paths: readonly string[];
      readonly scanner: number;
      readonly zone: string | null;
      readonly from: "start" | "end" | null;
    }
  | {
      readonly kind: "journal";
      readonly by: "unit" | "identifier" | "match" | null;
      readonly values: readonly string[];
      readonly scanner: number;
      readonly zone: string | null;
      readonly from: "start" | "end" | null;
    }
  | { readonly kind: "input"; readonly scanner: number; readonly zone: string | null }
  | { readonly kind: "bans"; readonly of: readonly string[] };

export type IdentitySpec =
  | { readonly kind: "address"; readonly ipv4: number; readonly ipv6: number }
  | { readonly kind: "captures"; readonly names: readonly string[] };

export interface BanSpec {
  readonly eachAddress: boolean;
  readonly count: number;
  readonly what: "failures" | "bans" | "distinct";
  readonly capture: string | null;
  readonly by: IdentitySpec;
  readonly withinMs: number;
  /** null is for ever. */
  readonly times: readonly (number | null)[];
  readonly doublingToMs: number | null;
  readonly jitterMs: number;
}

export type WhoSpec =
  | { readonly kind: "prefix"; readonly prefix: string }
  | { readonly kind: "self" }
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "host"; readonly name: string };

export interface PortSpec {
  readonly protocol: "tcp" | "udp" | null;
  readonly from: number;
  readonly to: number;
}

export interface JailSpec {
  readonly name: string;
  readonly at: string;
  /** Sources by jail: two jails that watch the same thing share a source when it is opened. */
  readonly watches: readonly WatchSpec[];
  /** Indices into `Program.filters`. */
  readonly filters: readonly number[];
  /**
   * The scanner that stands for all of the jail's sources when a log is named on the command line;
   * -1: the jail watches bans alone and reads no log.
   */
  readonly replayScanner: number;
  readonly bans: readonly BanSpec[];
  readonly neverBan: readonly WhoSpec[];
  readonly behind: readonly WhoSpec[];
  readonly observe: boolean;
  readonly rememberMs: number;
  readonly acrossJails: boolean;
  /** Empty: all ports. */
  readonly ports: readonly PortSpec[];
  /** Indices into `Program.actions`. */
  readonly actions: readonly number[];
  readonly resolveHosts: boolean;
}

/** What an action's text may hold; `captures` are cleaned of control characters before use. */
export interface ActionEvent {
  readonly event: string;
  readonly jail: string;
  /** Canonical address or prefix; null when the identity is no address. */
  readonly address: string | null;
  readonly id: string;
  readonly family: 4 | 6 | null;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** null is for ever. */
  readonly until: number | null;
  readonly failures: number;
  readonly captures: Readonly<Record<string, string>>;
  readonly kept: Readonly<Record<string, string>>;
}

/** Text made of literals and values of the event: emitted as a function, filled exactly once. */
export type ActionText = (
  event: ActionEvent,
  secret: (from: "env" | "file", name: string) => string,
) => string;

export type StepSpec =
  | {
      readonly verb: "run";
      readonly argv: readonly ActionText[];
      readonly input: ActionText | null;
      readonly timeoutMs: number;
      readonly keep: string | null;
      readonly expect: readonly [number, number];
    }
  | {
      readonly verb: "script";
      readonly text: string;
      readonly input: ActionText | null;
      readonly timeoutMs: number;
      readonly keep: string | null;
      readonly expect: readonly [number, number];
    }
  | {
      readonly verb: "write";
      readonly path: ActionText;
      readonly body: ActionText;
      readonly timeoutMs: number;
    }
  | { readonly verb: "log"; readonly text: ActionText }
  | {
      readonly verb: "http";
      /** An imported function, so that a policy without requests carries none of their code. */
      readonly send: (request: HttpRequest) => Promise<string>;
      readonly method: string;
      readonly url: ActionText;
      readonly headers: readonly (readonly [name: string, value: ActionText])[];
      readonly body: ActionText | null;
      readonly timeoutMs: number;
      readonly keep: string | null;
      readonly keepPath: readonly (string | number)[] | null;
      readonly expect: readonly [number, number];
    }
  | {
      readonly verb: "mail";
      readonly send: (message: MailMessage) => Promise<void>;
      readonly to: readonly ActionText[];
      readonly subject: ActionText;
      readonly body: ActionText;
      readonly timeoutMs: number;
    };

/** A request with everything filled in. */
export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  /** Names in lower case. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string | null;
  readonly timeoutMs: number;
  /** Into the JSON of the answer; null: the answer's text. */
  readonly keepPath: readonly (string | number)[] | null;
  /** Statuses that mean success, both included. */
  readonly expect: readonly [number, number];
}

export interface MailMessage {
  readonly to: readonly string[];
  readonly subject: string;
  readonly body: string;
  readonly timeoutMs: number;
}

export interface ActionSpec {
  readonly id: string;
  readonly name: string;
  /** A firewall built into the runtime, made by an imported function so that unused ones vanish. */
  readonly driver: ((context: DriverContext) => Firewall) | null;
  readonly hooks: readonly {
    readonly event: string;
    readonly all: boolean;
    readonly steps: readonly StepSpec[];
  }[];
}

export interface DriverContext {
  /** Every jail that uses the action. */
  readonly jails: readonly {
    readonly name: string;
    readonly ports: readonly PortSpec[];
    readonly prefixes: readonly IdentitySpec[];
  }[];
  /** The clock that ends of bans are told by, milliseconds since 1970. */
  readonly now: () => number;
  readonly log: (level: "debug" | "info" | "notice" | "warning" | "error", message: string) => void;
  /** Injectable for tests; the default asks the kernel. */
  readonly hasIpv6?: () => boolean;
}

export interface FirewallChange {
  /**
   * `add` a ban that is new, `extend` one that stands to its later end, `delete` one before its time. Who
   * sends them knows what stands: nft lets a second `add` shorten a timeout.
   */
  readonly op: "add" | "extend" | "delete";
  readonly jail: string;
  /** Canonical address or prefix. */
  readonly address: string;
  /** Milliseconds since 1970; null is for ever. */
  readonly until: number | null;
}

/** A ban as a firewall holds it. */
export type StandingAddress = Pick<FirewallChange, "jail" | "address" | "until">;

/** A firewall takes many changes in one go and tells when they are in force. */
export interface Firewall {
  readonly name: string;
  /** Bans that run out end by its own timeouts; where it has none they are deleted when they end. */
  readonly endsBans: boolean;
  /** Brings the firewall to exactly these bans in one transaction, whatever was there. */
  start(bans: readonly StandingAddress[]): Promise<void>;
  apply(changes: readonly FirewallChange[]): Promise<void>;
  /**
   * True when the rules stand as `start` left them and hold these bans; false: `start` must be
   * called again. A sample is enough: who flushes a set flushes it whole.
   */
  check(sample: readonly StandingAddress[]): Promise<boolean>;
  /** At stop: bans stay; with `flush` everything of ours is taken away. */
  stop(flush: boolean): Promise<void>;
}

/** What the bundle needs from a host, and who made it. */
export interface Manifest {
  readonly f2b: string;
  readonly format: 1;
  readonly policy: string;
  /** sha256 of the generated module before it was bundled, with the runtime's version. */
  readonly hash: string;
  readonly files: readonly { readonly name: string; readonly sha256: string }[];
  readonly jails: readonly string[];
  readonly filters: readonly string[];
  readonly actions: readonly string[];
  readonly needs: {
    readonly files: readonly string[];
    readonly lists: readonly string[];
    readonly journal: boolean;
    readonly programs: readonly string[];
    readonly writes: readonly string[];
    readonly environment: readonly string[];
    readonly capabilities: readonly string[];
    /** `never ban host "..."`: names are looked up, so the network is needed. */
    readonly resolves: boolean;
    /** Servers that actions ask, as `https://host`, or `env NAME` and `file PATH` where a secret says which. */
    readonly servers: readonly string[];
  };
}

export interface Program {
  readonly manifest: Manifest;
  readonly filters: readonly FilterSpec[];
  readonly scanners: readonly ScannerSpec[];
  readonly jails: readonly JailSpec[];
  readonly actions: readonly ActionSpec[];
}
