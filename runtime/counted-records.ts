/**
 * Which records of a source were counted: a record is never two failures in one jail.
 *
 * Without held failures the record before is all that can come again; a held failure comes back late, so
 * with sessions and several filters the last records are kept in mind, within a bound.
 */
import { countedRecordsMax } from "./limits.ts";

export interface CountedRecords {
  /** True the first time that this record is asked for. */
  isNew(record: number): boolean;
}

export function trackRecords(canComeBack: boolean): CountedRecords {
  let last = 0;
  const counted = new Set<number>();
  return {
    isNew: (record) => {
      if (!canComeBack) {
        const isNew = record !== last;
        last = record;
        return isNew;
      }
      if (counted.has(record)) return false;
      counted.add(record);
      if (counted.size > countedRecordsMax) {
        for (const oldest of counted) {
          counted.delete(oldest);
          break;
        }
      }
      return true;
    },
  };
}
