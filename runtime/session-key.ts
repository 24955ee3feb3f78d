/**
 * Which session a record belongs to, as text: program, host and a value of the record.
 *
 * In: a record's header. Out: a key that is equal where these three are. What must hold: bounded; lines of one process, which
 * come together, cost no new text.
 */
import { decode, isDigit } from "./bytes.ts";
import { keptText } from "./kept-text.ts";
import type { Registers } from "./registers.ts";

let keyPlace = 0;
let keyHead = "";

/** Program and host are mostly those of the key before. */
export function sessionKey(record: Registers, value: string): string {
  const { placeId } = record.header;
  if (placeId === 0 || placeId !== keyPlace) {
    const program = headerText(record, "program") ?? "";
    keyHead = `${program}\0${keptText(headerText(record, "host") ?? "")}\0`;
    keyPlace = placeId;
  }
  return keyHead + keptText(value);
}

const sessionsKept = 1024;
/** Of each slot the header's `placeId`, the pid, and the key that they make. */
const sessionPlaces = /* @__PURE__ */ new Int32Array(sessionsKept);
const sessionPids = /* @__PURE__ */ new Int32Array(sessionsKept);
const sessionKeys: string[] = [];

/** The usual one: lines of one process come together. */
export function findPidSession(record: Registers): string | null {
  const { bytes, placeId, pidStart, pidEnd } = record.header;
  if (pidStart < 0) return null;
  const pid = placeId === 0 ? -1 : smallNumber(bytes, pidStart, pidEnd);
  if (pid < 0) return sessionKey(record, decode(bytes, pidStart, pidEnd));
  const slot = (pid ^ (placeId << 4)) & (sessionsKept - 1);
  if (sessionPlaces[slot] !== placeId || sessionPids[slot] !== pid) {
    sessionPlaces[slot] = placeId;
    sessionPids[slot] = pid;
    sessionKeys[slot] = sessionKey(record, String(pid));
  }
  return sessionKeys[slot] as string;
}

/** A number of up to nine digits that has one spelling; -1: something else. */
function smallNumber(b: Buffer, start: number, end: number): number {
  if (end - start > 9 || b[start] === 0x30) return -1;
  let number = 0;
  for (let at = start; at < end; at++) {
    if (!isDigit(b[at] as number)) return -1;
    number = number * 10 + (b[at] as number) - 0x30;
  }
  return number;
}

/** `program`, `pid` and `host` of a syslog header or an envelope. */
export function headerText(record: Registers, name: string): string | undefined {
  const at = record.header;
  const { bytes } = at;
  switch (name) {
    case "program":
      return at.programStart < 0 ? undefined : decode(bytes, at.programStart, at.programEnd);
    case "pid":
      return at.pidStart < 0 ? undefined : decode(bytes, at.pidStart, at.pidEnd);
    case "host":
      return at.hostStart < 0 ? undefined : decode(bytes, at.hostStart, at.hostEnd);
    default:
      return undefined;
  }
}
