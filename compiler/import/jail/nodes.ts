/**
 * Statements of a jail as trees, made and not read: what `1-read/print-jail.ts` prints.
 */
import type * as ast from "../../1-read/ast.ts";
import { makeText } from "../../2-check/scope.ts";
import { printDuration } from "../../duration.ts";

/** One with the comment lines above it. */
export interface Statement {
  readonly comments: readonly string[];
  readonly node: ast.JailStatement;
}

const at = { file: "", start: 0, end: 0 };

export const name = (text: string): ast.Name => ({ type: "name", name: text, at });

export const text = (value: string): ast.Text => makeText(value, at);

export const int = (value: number): ast.Int => ({ type: "int", value, at });

export const duration = (ms: number): ast.Duration => ({
  type: "duration",
  text: printDuration(ms),
  ms,
  at,
});

/** Null is for ever. */
export const banTime = (ms: number | null): ast.BanTime =>
  ms === null ? { type: "ever", at } : duration(ms);

export const address = (value: string): ast.Address => ({ type: "address", text: value, at });

/** `self`, `host "..."`, `file "..."`. */
export const reference = (word: string, argument?: string): ast.Reference => ({
  type: "reference",
  name: name(word),
  argument: argument === undefined ? null : text(argument),
  at,
});

export const call = (called: string, args: Readonly<Record<string, string>> = {}): ast.Call => ({
  name: name(called),
  args: Object.entries(args).map(([key, value]) => ({ name: name(key), value: text(value), at })),
  at,
});

export const statement = (node: ast.JailStatement, ...comments: string[]): Statement => ({
  node,
  comments,
});

export const watch = (
  source: ast.Watch["source"],
  more: { as?: string; zone?: string | null; from?: ast.Watch["from"] } = {},
): Statement =>
  statement({
    type: "watch",
    source,
    as: more.as === undefined ? null : name(more.as),
    zone: more.zone ? text(more.zone) : null,
    from: more.from ?? null,
    at,
  });

export const filters = (called: string): Statement =>
  statement({ type: "filters", calls: [call(called)], at });

export interface BanSentence {
  readonly count: number;
  readonly what: "failures" | "bans";
  readonly withinMs: number;
  readonly timesMs: readonly (number | null)[];
  readonly doublingToMs: number | null;
  readonly jitterMs: number;
}

export const ban = (sentence: BanSentence): Statement =>
  statement({
    type: "ban",
    eachAddress: false,
    count: int(sentence.count),
    what: { kind: sentence.what },
    by: null,
    within: duration(sentence.withinMs),
    times: sentence.timesMs.map(banTime),
    doublingTo: sentence.doublingToMs === null ? null : duration(sentence.doublingToMs),
    jitter: sentence.jitterMs === 0 ? null : duration(sentence.jitterMs),
    at,
  });

export const byHosts = (...comments: string[]): Statement =>
  statement(
    {
      type: "by",
      families: [
        { type: "family", family: 4, prefix: 32, at },
        { type: "family", family: 6, prefix: 128, at },
      ],
      captures: [],
      at,
    },
    ...comments,
  );

export const neverBan = (who: readonly ast.Who[]): Statement =>
  statement({ type: "never", who, at });

export const remember = (ms: number, acrossJails: boolean): Statement =>
  statement({ type: "remember", forTime: duration(ms), acrossJails, at });

export const observe = (...comments: string[]): Statement =>
  statement({ type: "observe", at }, ...comments);

export const resolveHosts = (): Statement => statement({ type: "resolve", at });

export interface PortRange {
  readonly protocol: "tcp" | "udp" | null;
  readonly from: number;
  readonly to: number;
}

/** Null: all. */
export const ports = (ranges: readonly PortRange[] | null): Statement =>
  statement({
    type: "ports",
    all: ranges === null,
    ports: (ranges ?? []).map(({ protocol, from, to }) => ({
      protocol,
      from: int(from),
      to: to === from ? null : int(to),
      at,
    })),
    at,
  });

/** Without any: `do none`. */
export const doActions = (calls: readonly ast.Call[]): Statement =>
  statement({ type: "do", calls, at });
