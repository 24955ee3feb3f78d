/**
 * One queue an action: its events run one after the other, beside those of all other actions.
 *
 * In: events. Out: their steps run, retried with growing pauses, counted. What must hold: an action that
 * hangs or fails delays nobody else, an unban never overtakes its ban, memory is bounded, and what
 * is shed is counted.
 */
import type { ActionEvent, ActionSpec } from "../contract.ts";
import { runSteps, type StepContext } from "./steps.ts";

export interface QueueCounters {
  done: number;
  /** Attempts that failed and were tried again. */
  retried: number;
  /** Events given up after the last attempt. */
  failed: number;
  /** Events dropped because the queue was full. */
  shed: number;
  waiting: number;
}

/** What an action answered, for `bans --why`. */
export interface Answer {
  readonly action: string;
  readonly event: ActionEvent;
  /** null: it went well. */
  readonly fault: string | null;
  readonly attempts: number;
}

export interface QueueOptions {
  readonly context: StepContext;
  readonly answer: (answer: Answer) => void;
  /** Injectable for tests; milliseconds. */
  readonly sleep?: (ms: number) => Promise<void>;
}

/** Events that may wait: a flood of bans is shed rather than kept in memory. */
const waitingMax = 20_000;

/** Pauses between attempts: five tries within about half a minute. */
const pausesMs = [500, 2_000, 8_000, 20_000];

export class ActionQueue {
  readonly counters: QueueCounters = { done: 0, retried: 0, failed: 0, shed: 0, waiting: 0 };
  readonly #waiting: ActionEvent[] = [];
  readonly #kept = new Map<string, Readonly<Record<string, string>>>();
  #head = 0;
  #running: Promise<void> | null = null;
  #stopped = false;

  constructor(
    private readonly action: ActionSpec,
    private readonly options: QueueOptions,
  ) {}

  /** Takes an event unless the action has nothing to do for it. Returns at once. */
  add(event: ActionEvent): void {
    if (this.#stopped || !this.action.hooks.some((hook) => hook.event === event.event)) return;
    if (this.counters.waiting >= waitingMax) {
      this.counters.shed++;
      return;
    }
    this.#waiting.push(event);
    this.counters.waiting++;
    this.#running ??= this.#drain();
  }

  /** Resolves when nothing waits; with `stop`, nothing is taken or retried any more. */
  async idle(stop = false): Promise<void> {
    if (stop) this.#stopped = true;
    await this.#running;
  }

  /** Drops what waits: the daemon ends, and what runs is about to be killed. */
  abandon(): void {
    this.#stopped = true;
    this.counters.shed += this.counters.waiting;
    this.counters.waiting = 0;
    this.#waiting.length = 0;
    this.#head = 0;
  }

  async #drain(): Promise<void> {
    for (;;) {
      const event = this.#waiting[this.#head];
      if (event === undefined) break;
      this.#head++;
      if (this.#head > 1024 && this.#head * 2 > this.#waiting.length) {
        this.#waiting.splice(0, this.#head);
        this.#head = 0;
      }
      this.counters.waiting--;
      await this.#run(event);
    }
    this.#waiting.length = 0;
    this.#head = 0;
    this.#running = null;
  }

  async #run(event: ActionEvent): Promise<void> {
    const sleep = this.options.sleep ?? pause;
    const who = `${event.jail} ${event.id}`;
    for (let attempt = 1; ; attempt++) {
      try {
        let kept = this.#kept.get(who) ?? event.kept;
        for (const hook of this.action.hooks) {
          if (hook.event !== event.event) continue;
          kept = await runSteps(hook.steps, { ...event, kept }, this.options.context);
        }
        this.#remember(event.event, who, kept);
        this.counters.done++;
        this.options.answer({ action: this.action.id, event, fault: null, attempts: attempt });
        return;
      } catch (error) {
        const pauseMs = pausesMs[attempt - 1];
        if (pauseMs === undefined || this.#stopped) {
          this.counters.failed++;
          const fault = (error as Error).message;
          this.options.answer({ action: this.action.id, event, fault, attempts: attempt });
          return;
        }
        this.counters.retried++;
        await sleep(pauseMs);
      }
    }
  }

  /** What a ban kept (a rule's number, say) is there for its unban, and forgotten with it. */
  #remember(event: string, who: string, kept: Readonly<Record<string, string>>): void {
    if (event === "unban") this.#kept.delete(who);
    else if (Object.keys(kept).length > 0) this.#kept.set(who, kept);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
