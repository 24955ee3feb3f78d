/*
 * Bytes as text of Latin-1, one character a byte, which is what every reader here works on; and the
 * two ways between that and real text. A capture becomes real text only when it leaves.
 */

/** What the bytes say as UTF-8, each invalid sequence as U+FFFD. */
export function textOf(bytes: string): string {
  return Buffer.from(bytes, "latin1").toString("utf8");
}

export function bytesOf(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

export function isBlank(byte: string): boolean {
  return byte === " " || byte === "\t";
}

export function cutTrailing(bytes: string): string {
  let end = bytes.length;
  while (end > 0 && "\r \t".includes(bytes.charAt(end - 1))) end--;
  return bytes.slice(0, end);
}
