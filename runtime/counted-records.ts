/**
 * Which records of a source were counted: a record is never two failures in one jail.
 *
 * Without held failures the record before is all that can come again; a held failure comes back late, so
 * with sessions and several filters the last records are kept in mind, within a bound.
 */
import { countedRecordsMax } from "./limits.ts";

export interface CountedRecords {
  has(record: number): boolean;
  add(record: number): void;
}

/** `canComeBack`: some filter holds failures, which are settled by later records. */
export function trackRecords(canComeBack: boolean): CountedRecords {
  const counted = new Set<number>();
  const kept = canComeBack ? countedRecordsMax : 1;
  return {
    has: (record) => counted.has(record),
    add(record) {
      counted.add(record);
      if (counted.size <= kept) return;
      for (const oldest of counted) {
        counted.delete(oldest);
        return;
      }
    },
  };
}
