/**
 * What jails decide, and what of their state changes with it. Both are plain data: decisions are reported and
 * acted on, changes are journalled, and the changes of a decision always come before it.
 */
import type { OffenceRow } from "./offences.ts";
import type { Counted, WindowRow } from "./window.ts";

/** Where a decision comes from: the record that completed it. */
export interface Cause {
  /** The log's name; empty: nobody's log, an administrator's order. */
  readonly file: string;
  /** Counts from 1; 0: no record. */
  readonly line: number;
  /** `sshd#3`; empty: no rule. */
  readonly rule: string;
  readonly captures: Readonly<Record<string, string>>;
}

export interface Ban extends Cause {
  readonly jail: string;
  /** Canonical address or prefix; null when the identity is no address. */
  readonly address: string | null;
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly since: number;
  /** null is for ever. */
  readonly until: number | null;
  readonly failures: number;
  /** Which offence of the identity it is, from 1. */
  readonly offence: number;
  /** The prefix in whose place this host is banned, since it holds somebody protected. */
  readonly insteadOf: string | null;
  /** An administrator's order that holds even against `never ban`. */
  readonly forced: boolean;
}

interface Decided extends Cause {
  readonly jail: string;
  readonly address: string | null;
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly observed: boolean;
}

export type Decision =
  | (Decided & {
      readonly type: "failure";
      readonly weight: number;
      /** The identity is banned already: the line shows that the ban does not hold, and does not count. */
      readonly evidence: boolean;
      /** The identities that it counted for: a host, its prefix, a user. */
      readonly counted: readonly string[];
    })
  | (Decided & {
      readonly type: "ban" | "prolong";
      readonly until: number | null;
      readonly failures: number;
      readonly offence: number;
      readonly insteadOf: string | null;
      /** The address of the failure that completed it; null: it named none, or an administrator. */
      readonly culprit: string | null;
      /** The identity whose failures led to it: of a host banned in a prefix's place, the prefix. */
      readonly counted: string;
    })
  | (Decided & { readonly type: "unban"; readonly reason: "ended" | "lifted" | "protected" })
  | (Decided & {
      /** Whoever would have been banned is protected; `hosts` were banned in a prefix's place. */
      readonly type: "spared";
      readonly hosts: readonly string[];
    });

/** `sentence` names a ban sentence by what it counts, so that a changed policy meets no old counts. */
export type Change =
  | {
      readonly type: "count";
      readonly jail: string;
      readonly sentence: string;
      readonly id: string;
      readonly counted: Counted;
    }
  | { readonly type: "use"; readonly jail: string; readonly sentence: string; readonly id: string }
  /** A new ban, or the same with a later end; `isNew` makes it an offence. */
  | { readonly type: "ban"; readonly jail: string; readonly ban: Ban; readonly isNew: boolean }
  | { readonly type: "unban"; readonly jail: string; readonly id: string };

export interface JailSnapshot {
  readonly jail: string;
  readonly bans: readonly Ban[];
  readonly windows: readonly { readonly sentence: string; readonly rows: readonly WindowRow[] }[];
  readonly offences: readonly OffenceRow[];
}
