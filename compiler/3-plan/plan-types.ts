/**
 * The plan: what a bundle does, without a word of policy left in it.
 *
 * Made by plan.ts out of a checked policy, read by 4-write alone. Patterns are rows of operations on
 * bytes, captures are numbered slots, filters and actions are indices. Jails and the manifest are
 * already in the shape in which `runtime/contract.ts` has them.
 */
import type { JailSpec, Manifest, RuleSpec } from "../../runtime/contract.ts";
import type { Action, ExprCompare, ExprIn, Field, Format } from "../../schemas/policy.ts";

export interface Plan {
  readonly manifest: Omit<Manifest, "hash" | "f2b">;
  readonly filters: readonly FilterPlan[];
  readonly scanners: readonly ScannerPlan[];
  readonly jails: readonly JailSpec[];
  readonly actions: readonly Action[];
}

export interface FilterPlan {
  readonly id: string;
  readonly name: string;
  /** `std/sshd:12`, for people. */
  readonly at: string;
  readonly describe: string | null;
  readonly sessionMs: number | null;
  /** The third part of a session's key: a capture, or `pid`, `program`, `host`. */
  readonly sessionBy: string | null;
  readonly formats: readonly FormatPlan[];
  /** Fields of json, logfmt and audit, as the readers number them. */
  readonly fields: readonly FieldKey[];
  readonly frames: readonly PatternPlan[];
  readonly frameSlots: readonly string[];
  /** Ignore rules first, then the others in text order. */
  readonly rules: readonly RulePlan[];
}

/** A field as rules name it: by a name the format gives it, or by its path alone. */
export type FieldKey =
  | { readonly name: string; readonly kind: string | null }
  | { readonly path: FieldPath };

type FieldPath = readonly (string | number)[];

export interface FormatPlan {
  /** Two formats with one key read every record alike, so a scanner reads it once for both. */
  readonly key: string;
  readonly name: Format["name"];
  readonly extras: readonly string[];
  readonly time: Format["time"];
  /** Rules see the last so many messages, joined by LF; null: each on its own. */
  readonly window: number | null;
  /** Where each of the filter's `fields` stands in this format; null: it has no such field. */
  readonly paths: readonly (FieldPath | null)[];
  /** Names one of which the program must have; with `patterns` empty too, any program will do. */
  readonly programs: readonly string[];
  readonly patterns: readonly PatternPlan[];
}

export interface RulePlan {
  readonly spec: RuleSpec;
  /** As the policy has it, for people. */
  readonly source: string | null;
  readonly pattern: PatternPlan | null;
  readonly where: WherePlan | null;
  /** A message that can match begins with one of these; an empty one: with anything. */
  readonly prefixes: readonly string[];
  readonly prefixIgnoresCase: boolean;
}

/** An expression as checked, its patterns planned. */
export type WherePlan =
  | { readonly op: "and" | "or"; readonly of: readonly WherePlan[] }
  | { readonly op: "not"; readonly of: WherePlan }
  | { readonly op: "has"; readonly field: Field }
  | { readonly op: "matches"; readonly field: Field; readonly pattern: PatternPlan }
  | ExprCompare
  | ExprIn;

/** What a group of a regular expression must be, or nothing has matched. */
type GroupKind = "text" | "address" | "host" | "cidr" | "ip4" | "ip6";

export type PatternPlan = TemplatePlan | RegexPlan;

export interface TemplatePlan {
  readonly kind: "template";
  readonly ignoreCase: boolean;
  readonly alternatives: readonly Alternative[];
  /** Its captures have slots one behind the other. */
  readonly firstSlot: number;
  readonly captures: readonly string[];
}

export interface RegexPlan {
  readonly kind: "regex";
  readonly expanded: string;
  readonly flags: string;
  /** Matched without trying a way twice. */
  readonly linear: boolean;
  /** A match of it begins with this, at the start of the message; empty: with anything. */
  readonly prefix: string;
  /** A text every match contains; empty: none is known. */
  readonly required: string;
  /** By the capture's name: the group's name in JavaScript, and what it must be. */
  readonly groups: readonly {
    readonly name: string;
    readonly group: string;
    readonly kind: GroupKind;
  }[];
}

/** One way to read a template: docs/matching.md section 5, in the order in which it is carried out. */
export interface Alternative {
  /** From the start of the message forward. */
  readonly left: readonly Op[];
  /** From its end backward, the last one first; empty without a free hole. */
  readonly right: readonly Op[];
  /** null: no free hole, the left pass must end at the end of the message. */
  readonly free: null | {
    /** The slot of the first free hole; -1: not captured. */
    readonly slot: number;
    /** What lies between the free holes, first to last, each with the slot of the hole behind it. */
    readonly segments: readonly { readonly ops: readonly Op[]; readonly slot: number }[];
  };
}

export type Op =
  | { readonly op: "text"; readonly text: string }
  | {
      readonly op: "hole";
      readonly of:
        | "address"
        | "host"
        | "word"
        | "not"
        | "int"
        | "number"
        | "hex"
        | "port"
        | "time"
        | "words";
      readonly slot: number;
      /** The literal that must stand behind it in the direction of matching; it is taken with it. */
      readonly neighbour: string | null;
      /** What stands before the hole is a free hole or the start: its left border is tested. */
      readonly open: boolean;
      readonly chars: string | null;
      readonly words: readonly string[] | null;
    };

/** One pass over one kind of source. */
export interface ScannerPlan {
  readonly envelope: "docker" | "cri" | "syslog" | null;
  readonly filters: readonly number[];
  /** Each record is read by these one after the other until every filter has had its format. */
  readonly readers: readonly ReaderPlan[];
  /** Texts of which a record must hold one, or it is not read, in groups; each filter has a bit, or shares one. */
  readonly needles: readonly (readonly NeedlePlan[])[];
  /** Bits of filters that must read every record. */
  readonly always: number;
  /** The bit of each of `filters`. */
  readonly wants: ReadonlyMap<number, number>;
}

export interface NeedlePlan {
  /** Up to eight characters of ASCII; in lower case when `fold` says that case is ignored. */
  readonly text: string;
  readonly fold: boolean;
  readonly wants: number;
}

export interface ReaderPlan {
  readonly format: FormatPlan;
  /** Which filters see a record that was read, with the format's number within the filter. */
  readonly uses: readonly { readonly filter: number; readonly format: number }[];
}
