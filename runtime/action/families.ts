/**
 * Which address families a host has: a driver that runs a program for each of them leaves IPv6 out where the
 * kernel has none.
 *
 * In: the host. Out: families, looked at anew at each start and check. What must hold: without IPv6 nothing that
 * wants it is run, it is told once, and bans of IPv6 addresses are kept for the day on which it comes.
 */
import { existsSync } from "node:fs";
import type { DriverContext } from "../contract.ts";

export type Family = 4 | 6;

export interface Families {
  /** As `refresh` found them last. */
  readonly present: readonly Family[];
  /** True: others than before. */
  refresh(): boolean;
}

/**
 * False: the kernel was built or started without IPv6 (`ipv6.disable=1`), and takes no packet of it. Where
 * interfaces alone are told to have none (`disable_ipv6`) the file is there, and all programs work. Under `self`, for
 * our own service unit shows nothing else of /proc (ProcSubset=pid).
 */
export function hostHasIpv6(): boolean {
  return existsSync("/proc/self/net/if_inet6");
}

export const noIpv6Text = "this host has no IPv6: only IPv4 addresses are kept out";

export function openFamilies({ hasIpv6 = hostHasIpv6, log }: DriverContext): Families {
  let present: readonly Family[] = [4, 6];
  return {
    get present() {
      return present;
    },
    refresh() {
      const found: readonly Family[] = hasIpv6() ? [4, 6] : [4];
      if (found.length === present.length) return false;
      present = found;
      log("notice", found.length === 1 ? noIpv6Text : "this host has IPv6 now");
      return true;
    },
  };
}
