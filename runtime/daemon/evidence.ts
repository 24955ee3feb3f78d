/**
 * Why somebody is banned, and whether the ban holds.
 *
 * In: decisions as they are made, with the text of their record. Out: the lines that led to each standing ban, what
 * actions answered, and one warning for a host that goes on causing lines though it is banned. What must
 * hold: bounded in bans and in lines, the oldest go first; a warning is given once a ban.
 */
import type { Answer } from "../action/queue.ts";
import { AgedMap } from "../aged-map.ts";
import type { Decision } from "../decision.ts";
import type { Jail } from "../jail.ts";
import { explainedBansMax, recentLinesMax } from "../limits.ts";
import { type EvidenceLine, type PackedLines, unpackLines } from "./evidence-lines.ts";
import { RecentLines } from "./recent-lines.ts";

/** Lines that were on their way when the ban came are no evidence against it. */
const graceMs = 10_000;
/** So many lines after the grace period, and the ban does not hold. */
const linesMin = 2;

interface BanRecord {
  lines: readonly EvidenceLine[] | PackedLines;
  readonly answers: {
    readonly action: string;
    readonly event: string;
    readonly fault: string | null;
  }[];
  linesSince: number;
  /** When it was heard of: what a log that is caught up with says of the time between is no evidence. */
  readonly heardAt: number;
}

export class Evidence {
  readonly #recent = new RecentLines();
  readonly #bans = new AgedMap<BanRecord>();
  #last: { cause: string; lines: EvidenceLine[] } = { cause: "", lines: [] };
  /** Where a record's text is found while its batch is dealt with. */
  readonly texts = new Map<string, (line: number) => string>();

  constructor(
    private readonly now: () => number,
    private readonly warn: (message: string, jail: string) => void,
  ) {}

  /** At once, while the text of its record is there. */
  hear(decision: Decision, jail: Jail | undefined): void {
    const key = `${decision.jail}\0${decision.id}`;
    switch (decision.type) {
      case "failure": {
        const line = this.#lineOf(decision);
        const counted = decision.counted.length === 0 ? [decision.id] : new Set(decision.counted);
        for (const id of counted) this.#recent.add(`${decision.jail}\0${id}`, line);
        if (decision.evidence) this.#hearEvidence(decision, jail);
        break;
      }
      case "ban":
      case "prolong": {
        const lines = this.#linesBehind(decision);
        const record = this.#bans.get(key) ?? this.#newRecord();
        record.lines = [...linesIn(record), ...lines].slice(-recentLinesMax);
        this.#keep(key, record);
        break;
      }
      case "unban":
        this.#bans.take(key);
        break;
      case "spared":
        break;
    }
  }

  /** Of all hosts that the count is of. Bans that one line completed, `ban each address`, have the same. */
  #linesBehind({ jail, counted, file, line }: Decision & { counted: string }): EvidenceLine[] {
    const cause = `${jail}\0${counted}\0${file}:${line}`;
    if (this.#last.cause !== cause) {
      this.#last = { cause, lines: this.#recent.take(`${jail}\0${counted}`) };
    }
    return this.#last.lines;
  }

  hearAnswer({ action, event, fault }: Answer): void {
    const record = this.#bans.get(`${event.jail}\0${event.id}`);
    if (record === undefined) return;
    record.answers.push({ action, event: event.event, fault });
    if (record.answers.length > recentLinesMax) record.answers.shift();
  }

  linesOf(jail: string, id: string): readonly EvidenceLine[] {
    const record = this.#bans.get(`${jail}\0${id}`);
    return record === undefined ? [] : linesIn(record);
  }

  answersOf(jail: string, id: string): BanRecord["answers"] {
    return this.#bans.get(`${jail}\0${id}`)?.answers ?? [];
  }

  /** The lines of all bans at this moment. */
  freeze(): { jail: string; id: string; lines: BanRecord["lines"] }[] {
    const all = [];
    for (const [key, { lines }] of this.#bans.entries()) {
      const at = key.indexOf("\0");
      if ("text" in lines || lines.length > 0)
        all.push({ jail: key.slice(0, at), id: key.slice(at + 1), lines });
    }
    return all;
  }

  restore(jail: string, id: string, lines: BanRecord["lines"]): void {
    this.#keep(`${jail}\0${id}`, { ...this.#newRecord(), lines });
  }

  #newRecord(): BanRecord {
    return { lines: [], answers: [], linesSince: 0, heardAt: this.now() };
  }

  #keep(key: string, record: BanRecord): void {
    this.#bans.put(key, record);
    if (this.#bans.size <= explainedBansMax) return;
    const oldest = this.#bans.oldest();
    if (oldest !== null) this.#bans.take(oldest);
  }

  /** Forgets bans of the last run that ended since. */
  prune(stands: (jail: string, id: string) => boolean): void {
    for (const [key] of this.#bans.entries()) {
      const at = key.indexOf("\0");
      if (!stands(key.slice(0, at), key.slice(at + 1))) this.#bans.take(key);
    }
  }

  #lineOf(decision: Decision): EvidenceLine {
    return {
      file: decision.file,
      line: decision.line,
      time: decision.time,
      rule: decision.rule,
      text: this.texts.get(decision.file)?.(decision.line) ?? "",
    };
  }

  #hearEvidence(decision: Decision, jail: Jail | undefined): void {
    if (jail === undefined || jail.observed || jail.spec.actions.length === 0) return;
    const culprit = { address: decision.address, host: null, captures: decision.captures };
    const ban = jail.standing.find(culprit, decision.time);
    if (ban === null || decision.time < ban.since + graceMs) return;
    const record = this.#bans.get(`${decision.jail}\0${ban.id}`);
    if (record === undefined || this.now() < record.heardAt + graceMs) return;
    if (++record.linesSince !== linesMin) return;
    const age = Math.round((decision.time - ban.since) / 1000);
    this.warn(
      `${decision.jail}: ${decision.id} is banned for ${age} s and still causes lines (${decision.file}:${decision.line}). ${likelyCauses(jail)}`,
      decision.jail,
    );
  }
}

function linesIn({ lines }: BanRecord): readonly EvidenceLine[] {
  return "text" in lines ? unpackLines(lines) : lines;
}

/** What usually is behind a ban that does not hold, the likeliest first. */
function likelyCauses(jail: Jail): string {
  const causes = [];
  if (jail.spec.ports.length > 0) causes.push("it uses another port than the jail's `ports`");
  causes.push("a proxy or load balancer stands in front (`behind`)");
  causes.push("another chain or a container's network accepts it first");
  causes.push("the firewall's rules were changed (`status` says whether they are in step)");
  return `Likely causes: ${causes.join("; ")}.`;
}
