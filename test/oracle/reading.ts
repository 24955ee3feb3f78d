/*
 * What a format makes of a record, and what an envelope makes of it before: the two shapes that
 * the readers of this folder hand on.
 */

import type { Path } from "../../schemas/policy.ts";
import type { Value } from "./where.ts";

/** Of a syslog header or the journal. */
export interface Header {
  program: string | null;
  pid: string | null;
  host: string | null;
}

/** A record whose envelope is off. */
export interface Unwrapped {
  bytes: string;
  header: Header | null;
  /** The envelope's; null: it tells none. */
  time: number | null;
}

/** A record as its format reads it. */
export interface Reading {
  /** Latin-1. */
  message: string;
  /** null: the record has no readable stamp. */
  time: number | null;
  header: Header | null;
  repeated: number;
  /** Canonical. */
  address: string | null;
  host: string | null;
  forwarded: string[] | null;
  /** Fields with names, and which of them are captures. */
  fields: Map<string, Value>;
  at: (path: Path) => Value | null;
  /** How many messages its rules see at once; null: this one. */
  window: number | null;
}

export function plainReading(message: string, time: number | null): Reading {
  return {
    message,
    time,
    header: null,
    repeated: 1,
    address: null,
    host: null,
    forwarded: null,
    fields: new Map(),
    at: () => null,
    window: null,
  };
}

/** A list as proxies write it: commas between, blanks around each member cut. */
export function splitForwarded(text: string): string[] {
  return text.split(",").map((member) => member.replace(/^[ \t]+|[ \t]+$/g, ""));
}
