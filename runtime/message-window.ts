/**
 * `window N`: rules that are matched on the last N messages, one a line.
 *
 * In: the message of a record that a format with a window has read. Out: the rules are asked with the
 * messages joined by LF in its place. What must hold (docs/matching.md section 9): lines that a match
 * touched are used up, except those that a group called `skip` took; a window is never longer than a
 * message may be, so that no pattern reads more than it would of one record; a longer message is not seen.
 */
import type { Cursor } from "./cursor.ts";
import { messageBytesMax } from "./limits.ts";
import { Header } from "./registers.ts";

/** One filter's messages, oldest first. */
interface MessageWindow {
  messages: Buffer[];
  /** All of them and the LF between them. */
  bytes: number;
  /** The stamp of the last record that had one: what follows it without a stamp has its time. */
  readonly stamp: Header;
}

/** `size`: how many messages; null: the format that read the record has no window. */
export function windowed(
  c: Cursor,
  filter: number,
  size: number | null,
  rules: (c: Cursor) => boolean,
): boolean {
  if (size === null) return rules(c);
  const record = c.record;
  const { messageBytes, messageStart, messageEnd } = record;
  if (messageEnd - messageStart > messageBytesMax) return false;
  c.windows[filter] ??= { messages: [], bytes: -1, stamp: new Header() };
  const window = c.windows[filter];
  keepStamp(window.stamp, record.header);
  push(window, Buffer.from(messageBytes.subarray(messageStart, messageEnd)), size);
  const joined = join(window);
  record.messageBytes = joined;
  record.messageStart = 0;
  record.messageEnd = joined.length;
  c.text = null;
  c.matched = null;
  const found = rules(c);
  if (found) useUp(window, c.text, c.matched);
  record.messageBytes = messageBytes;
  record.messageStart = messageStart;
  record.messageEnd = messageEnd;
  c.text = null;
  return found;
}

function keepStamp(kept: Header, header: Header): void {
  const { stampBytes, stampStart, stampEnd } = header;
  if (header.stampField === undefined && stampStart < 0) {
    if (kept.stampStart < 0) return;
    const { stampForm, stampPattern, stampWhole } = kept;
    header.setStamp(kept.stampBytes, 0, kept.stampEnd, stampForm, stampPattern, stampWhole);
  } else if (stampStart >= 0) {
    const bytes = Buffer.from(stampBytes.subarray(stampStart, stampEnd));
    const { stampForm, stampPattern, stampWhole } = header;
    kept.setStamp(bytes, 0, bytes.length, stampForm, stampPattern, stampWhole);
  }
}

function push(window: MessageWindow, message: Buffer, size: number): void {
  window.messages.push(message);
  window.bytes += message.length + 1;
  while (window.messages.length > size || window.bytes > messageBytesMax) {
    const oldest = window.messages.shift();
    if (oldest === undefined) return;
    window.bytes -= oldest.length + 1;
  }
}

function join({ messages, bytes }: MessageWindow): Buffer {
  const joined = Buffer.alloc(Math.max(bytes, 0), 0x0a);
  let at = 0;
  for (const message of messages) {
    message.copy(joined, at);
    at += message.length + 1;
  }
  return joined;
}

/** Takes the lines away that the match touched; without one, all of them. */
function useUp(window: MessageWindow, text: string | null, match: RegExpExecArray | null): void {
  const kept = text === null || match === null ? [] : findKept(window.messages, text, match);
  window.messages = kept;
  window.bytes = kept.reduce((sum, message) => sum + message.length + 1, -1);
}

function findKept(messages: readonly Buffer[], text: string, match: RegExpExecArray): Buffer[] {
  const from = match.index;
  // A line's LF is the line's: what ends behind one does not touch the next.
  const to = Math.max(from, from + match[0].length - 1);
  const skipped = skippedParts(match);
  let start = 0;
  const lines = text.split("\n");
  return messages.filter((_, i) => {
    const end = start + (lines[i] ?? "").length;
    const begins = start;
    start = end + 1;
    if (end < from || begins > to) return true;
    return skipped.some(([first, last]) => first < last && begins >= first && end <= last);
  });
}

/** What groups called `skip` took, a second one under a name with a number. */
function skippedParts(match: RegExpExecArray): [number, number][] {
  const groups = Object.entries(match.indices?.groups ?? {});
  return groups.flatMap(([name, part]) =>
    part !== undefined && /^skip(_\d+)?$/.test(name) ? [part] : [],
  );
}

/** For a rule without a regular expression: what it matches is all of the window. */
export function unmatched(c: Cursor): boolean {
  c.matched = null;
  return true;
}
