/**
 * Keeps one firewall in step with what jails decided.
 *
 * In: changes as they are decided. Out: transactions, one at a time, each with everything that came meanwhile. What
 * must hold: order is kept; a firewall that fails is brought back whole from what stands, with growing
 * pauses, for as long as it takes; what an administrator flushed is noticed and put right.
 */
import type { Firewall, FirewallChange, StandingAddress } from "../contract.ts";
import { firewallBatchMax, firewallWaitingMax } from "../limits.ts";

export interface FirewallQueueOptions {
  readonly firewall: Firewall;
  /** All bans that must stand in it now: the truth to return to. */
  readonly standing: () => StandingAddress[];
  /** The clock that ends of bans are told by, milliseconds since 1970. */
  readonly now: () => number;
  readonly say: (level: "notice" | "warning", message: string) => void;
}

export interface FirewallStatus {
  readonly name: string;
  readonly inStep: boolean;
  readonly detail: string;
  readonly waiting: number;
  readonly repairs: number;
  /** Milliseconds since 1970 of the last answer of the firewall. */
  readonly lastAt: number | null;
}

const checkMs = 10_000;
const notStarted = "not started";
const pausesMs = [100, 500, 2_000, 10_000];

/** More than this at once is a flood: what comes next waits as long as it took, and less work is done for more. */
const floodChanges = 100;
const gatherMsMax = 250;

/** What was decided at once. */
interface Waiting {
  readonly changes: readonly FirewallChange[];
  readonly done: () => void;
}

export class FirewallQueue {
  #waiting: Waiting[] = [];
  /** Changes in all of `#waiting`. */
  #waitingChanges = 0;
  /** Who waits for room in it. */
  #held: (() => void)[] = [];
  #holds = true;
  /** Who waits for the next attempt to bring the firewall back whole, however it ends. */
  #attempts: (() => void)[] = [];
  #running: Promise<void> | null = null;
  #started = false;
  #stopped = false;
  /** What is decided while a restore is under way is not in what it restores. */
  #restoring = false;
  #fault: string | null = notStarted;
  #repairs = 0;
  #lastAt: number | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(private readonly options: FirewallQueueOptions) {}

  /**
   * Brings the firewall to what stands. Resolves after the first attempt: a failure is told, and
   * repaired in the background.
   */
  async start(): Promise<void> {
    await this.restoreNow();
    this.#schedule();
  }

  /**
   * Resolves when the changes are in force, or when the firewall is known to be out of step: then nothing is
   * kept here, because what stands is all that it needs to be brought back.
   */
  add(changes: readonly FirewallChange[]): Promise<void> {
    if (this.#stopped || changes.length === 0) return Promise.resolve();
    if (!this.#started && !this.#restoring) {
      if (this.#fault !== notStarted) return Promise.resolve();
      return new Promise((done) => this.#attempts.push(done));
    }
    return new Promise((done) => {
      this.#waiting.push({ changes, done });
      this.#waitingChanges += changes.length;
      this.#running ??= this.#work();
    });
  }

  /** False: it is told when a ban runs out. */
  get endsBans(): boolean {
    return this.options.firewall.endsBans;
  }

  /**
   * Null: there is room for more. Else it resolves when there is: who decides faster than the firewall takes
   * it should wait. One that does not work never makes anybody wait.
   */
  room(): Promise<void> | null {
    if (!this.#holds || this.#fault !== null) return null;
    if (this.#waitingChanges <= firewallWaitingMax) return null;
    return new Promise((done) => this.#held.push(done));
  }

  /** The daemon is about to stop: nobody waits for room any more. */
  holdNobody(): void {
    this.#holds = false;
    for (const go of this.#held.splice(0)) go();
  }

  status(): FirewallStatus {
    return {
      name: this.options.firewall.name,
      inStep: this.#fault === null,
      detail: this.#fault ?? "",
      waiting: this.#waitingChanges,
      repairs: this.#repairs,
      lastAt: this.#lastAt,
    };
  }

  async stop(flush: boolean): Promise<void> {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#running;
    await this.options.firewall.stop(flush);
  }

  async #work(): Promise<void> {
    // What was decided in this turn of the event loop goes out together.
    await Promise.resolve();
    let failures = 0;
    let gatherMs = 0;
    while (!this.#started || this.#waiting.length > 0) {
      const batch = this.#started ? this.#take(firewallBatchMax) : [];
      const changes = batch.flatMap((one) => one.changes);
      const since = performance.now();
      try {
        if (this.#started) await this.options.firewall.apply(changes);
        else await this.#restore();
        this.#lastAt = Date.now();
        failures = 0;
        if (changes.length > floodChanges)
          gatherMs = Math.min(performance.now() - since, gatherMsMax);
      } catch (error) {
        const fault = (error as Error).message;
        if (this.#fault !== fault) this.options.say("warning", `${fault}; bringing it back whole`);
        this.#fault = fault;
        this.#started = false;
        this.#repairs++;
        this.#tellAttempts();
        // What stands holds all of it: the next round restores everything.
        for (const { done } of [...batch.splice(0), ...this.#take(Number.POSITIVE_INFINITY)])
          done();
        if (this.#stopped) return;
        await pause(pausesMs[Math.min(failures, pausesMs.length - 1)] as number);
        failures++;
      }
      for (const { done } of batch) done();
      if (gatherMs > 0) await pause(gatherMs);
      gatherMs = 0;
    }
    this.#running = null;
  }

  /** What waits, up to so many changes. */
  #take(changesMax: number): Waiting[] {
    let end = 0;
    let changes = 0;
    while (end < this.#waiting.length && changes < changesMax) {
      changes += this.#waiting[end++]?.changes.length ?? 0;
    }
    this.#waitingChanges -= changes;
    const taken = this.#waiting.splice(0, end);
    if (this.#waitingChanges <= firewallWaitingMax) for (const go of this.#held.splice(0)) go();
    return taken;
  }

  #tellAttempts(): void {
    for (const done of this.#attempts.splice(0)) done();
  }

  async #restore(): Promise<void> {
    const stale = this.#take(Number.POSITIVE_INFINITY);
    this.#restoring = true;
    try {
      await this.options.firewall.start(this.options.standing());
    } finally {
      this.#restoring = false;
      for (const { done } of stale) done();
    }
    if (this.#repairs > 0) {
      this.options.say("notice", `${this.options.firewall.name} is in step again`);
    }
    this.#started = true;
    this.#fault = null;
    this.#tellAttempts();
  }

  #schedule(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => void this.#check(), checkMs);
    this.#timer.unref();
  }

  /** Looks whether what we left still stands, at rest only: under load every `apply` tells. */
  async #check(): Promise<void> {
    try {
      await this.checkNow();
    } catch (error) {
      this.options.say("warning", `${this.options.firewall.name}: ${(error as Error).message}`);
    }
    this.#schedule();
  }

  /** Brings the firewall to what stands, whatever is there. Resolves after one attempt. */
  restoreNow(): Promise<void> {
    return new Promise((done) => {
      this.#attempts.push(done);
      this.#started = false;
      this.#running ??= this.#work();
    });
  }

  /** False: the rules were not as we left them; they have been put right, or are being. */
  async checkNow(): Promise<boolean> {
    // What is under way tells by itself whether the rules stand.
    if (this.#running !== null || this.#stopped) return this.#started;
    const { firewall, now, standing } = this.options;
    const holds = await firewall.check(sampleOf(standing(), now() + soonMs));
    if (holds || this.#stopped) return holds;
    this.options.say(
      "warning",
      `somebody changed or flushed the rules of ${firewall.name}: putting them back`,
    );
    this.#repairs++;
    await this.restoreNow();
    return false;
  }
}

/** A ban that ends sooner may be gone from the firewall already, and rightly. */
const soonMs = 5_000;

/** First, middle and last: a set is flushed whole or not at all. */
function sampleOf(bans: readonly StandingAddress[], soon: number): StandingAddress[] {
  const lasting = bans.filter((ban) => ban.until === null || ban.until > soon);
  const at = [0, lasting.length >> 1, lasting.length - 1];
  return [...new Set(at)].flatMap((index) => lasting[index] ?? []);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
