/**
 * Who is at the other end when a trusted proxy stands between.
 *
 * In: the peer's address, the `forwarded` list as logged, and who is trusted. Out: the client, or null when
 * the record must count for nobody. What must hold (language reference, `behind`): what a client writes
 * into the header is believed only behind the last member that a trusted proxy appended.
 */
import { addressFromText } from "./address.ts";

export interface Trusted {
  covers(address: string): boolean;
}

export function findClient(
  peer: string | null,
  forwarded: readonly string[] | null,
  trusted: Trusted,
): string | null {
  if (peer === null || forwarded === null || !trusted.covers(peer)) return peer;
  for (let at = forwarded.length - 1; at >= 0; at -= 1) {
    const address = addressFromText(forwarded[at] ?? "");
    if (address === null) return null;
    if (!trusted.covers(address)) return address;
  }
  // Everybody named is a proxy: the request began at one of them.
  return peer;
}
