/**
 * What signals ask of the daemon.
 *
 * In: signals, from the first moment on; a stop that was asked for on the control socket. Out: when and why it ends,
 * and who wants to look at everything again. What must hold (charter 3.9): none opens a port, as SIGUSR1 does in
 * Node by itself, and none but SIGTERM and SIGINT ends a daemon that others may mean by it.
 */
import type { Log } from "./log.ts";

export interface Signals {
  readonly stopped: Promise<{ readonly flush: boolean; readonly why: string }>;
  stop(flush: boolean): void;
  /** Called at SIGHUP; null: nothing is open, and SIGHUP ends nobody all the same. */
  onReopen(reopen: (() => void) | null): void;
}

/** A service manager that has to kill us loses more than we would. */
const hangMs = 4_500;

export function hearSignals(log: Log): Signals {
  let resolve: (value: { flush: boolean; why: string }) => void = () => {};
  const stopped = new Promise<{ flush: boolean; why: string }>((done) => {
    resolve = done;
  });
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => {
      resolve({ flush: false, why: signal });
      // Whatever hangs.
      setTimeout(() => process.exit(0), hangMs).unref();
    });
  }
  for (const signal of ["SIGUSR1", "SIGUSR2"] as const) {
    process.on(signal, () => log.say("notice", `${signal} means nothing to f2b`));
  }
  let reopen: (() => void) | null = null;
  process.on("SIGHUP", () => {
    if (reopen === null) return;
    log.say("info", "SIGHUP: looking at all files, lists and firewalls again");
    reopen();
  });
  return {
    stopped,
    stop: (flush) => resolve({ flush, why: flush ? "asked to, with flush" : "asked to" }),
    onReopen(wanted) {
      reopen = wanted;
    },
  };
}
