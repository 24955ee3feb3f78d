/**
 * The envelope `syslog`, which is the journal's too: a header that is cut before a format reads.
 *
 * In: a record's bytes. Out: the registers' record is what stands behind the header, and program,
 * host, pid and time are known; false: it has no header and matches nothing.
 */
import { trimEnd } from "../bytes.ts";
import { parseSyslogHeader } from "../format/syslog.ts";
import type { Registers } from "../registers.ts";

export function openSyslog(r: Registers, bytes: Buffer, start: number, end: number): boolean {
  r.beginEnveloped(bytes, start, end);
  const messageStart = parseSyslogHeader(bytes, start, end, r.envelope, r.parts);
  if (messageStart < 0) return false;
  r.start = messageStart;
  r.end = Math.max(messageStart, trimEnd(bytes, messageStart, end));
  r.headed = true;
  r.beginFormat();
  return true;
}
