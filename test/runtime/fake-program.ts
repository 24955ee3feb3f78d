/**
 * Programs made by hand, so that the runtime is tested without the compiler.
 *
 * The fake scanner reads records such as `12 fail 192.0.2.1 user=root session=a`: seconds since 1970 (`-` for
 * no stamp), a kind, an address or a host name (`-` for nobody), then captures.
 */
import type {
  BanSpec,
  FilterSpec,
  Hit,
  HitKind,
  JailSpec,
  Program,
  RuleSpec,
  Scanner,
  TimeContext,
} from "../../runtime/contract.ts";
import type { Decision, JailSnapshot } from "../../runtime/decision.ts";
import type { Jail } from "../../runtime/jail.ts";
import { recordBytesMax } from "../../runtime/limits.ts";
import { parsePrefix } from "../../runtime/prefix.ts";
import type { LookUp } from "../../runtime/protect.ts";
import { type ReplayLog, replayDecisions } from "../../runtime/replay.ts";

const kinds: readonly HitKind[] = ["fail", "note", "clear", "ignore"];

export const rules: readonly RuleSpec[] = kinds.flatMap((kind) =>
  [false, true].map((end) => ({
    name: `fake#${kind}${end ? "-end" : ""}`,
    kind,
    weight: 1,
    end,
    at: "fake.f2b:1",
  })),
);

export function makeFilter(name: string, sessionMs: number | null = null): FilterSpec {
  return { id: name, name, sessionMs, rules };
}

/** `only` lists the first words (behind the kind, after a dot) that a filter wants: `fail.ssh`. */
export function fakeScanner(filters: readonly number[], program: () => Program): Scanner {
  const scanner: Scanner = {
    records: 0,
    oversized: 0,
    scan(bytes, start, end, report) {
      let at = start;
      for (let lf = bytes.indexOf(10, at); lf >= 0 && lf < end; lf = bytes.indexOf(10, at)) {
        read(bytes, at, lf, report);
        at = lf + 1;
      }
      return at;
    },
    scanLast: (bytes, start, end, report) => read(bytes, start, end, report),
  };
  function read(bytes: Buffer, start: number, end: number, report: (hit: Hit) => void): void {
    scanner.records += 1;
    if (end - start > recordBytesMax) {
      scanner.oversized += 1;
      return;
    }
    const hit = readRecord(bytes.toString("utf8", start, end));
    if (hit === null) return;
    const { only, ...rest } = hit;
    for (const filter of filters) {
      if (only !== "" && program().filters[filter]?.name !== only) continue;
      report({ ...rest, filter, record: scanner.records, start, end });
    }
  }
  return scanner;
}

function readRecord(text: string) {
  const [stamp, word, who, ...pairs] = text.trim().split(" ");
  const [kind, only = ""] = (word ?? "").split(".");
  const end = pairs.includes("end");
  const rule = rules.find((one) => one.kind === kind && one.end === end);
  if (rule === undefined || who === undefined) return null;
  const captures: Record<string, string> = Object.create(null);
  for (const pair of pairs) {
    const [name, value] = pair.split("=");
    if (name !== undefined && value !== undefined) captures[name] = value;
  }
  const { session, weight, forwarded, ...others } = captures;
  const address = parsePrefix(who) === null ? null : who;
  return {
    only,
    rule,
    time: stamp === "-" ? Number.NaN : Number(stamp) * 1000,
    address,
    host: address === null && who !== "-" ? who : null,
    forwarded: forwarded?.split(",") ?? null,
    captures: Object.assign(Object.create(null), others),
    session: session ?? null,
    weight: Number(weight ?? 1),
  };
}

/** What a jail would be restored from. */
export function snapshotOf(jail: Jail): JailSnapshot {
  const { bans, windows, offences } = jail.freeze();
  return {
    jail: jail.spec.name,
    bans,
    windows: windows.map(({ sentence, rows }) => ({ sentence, rows: [...rows] })),
    offences: [...offences],
  };
}

export const byHost = { kind: "address", ipv4: 32, ipv6: 64 } as const;

export function makeBan(some: Partial<BanSpec> = {}): BanSpec {
  return {
    eachAddress: false,
    count: 3,
    what: "failures",
    capture: null,
    by: byHost,
    withinMs: 600_000,
    times: [3_600_000],
    doublingToMs: null,
    jitterMs: 0,
    ...some,
  };
}

export function makeJailSpec(some: Partial<JailSpec> = {}): JailSpec {
  return {
    name: "jail",
    at: "fake.f2b:1",
    watches: [],
    filters: [0],
    replayScanner: 0,
    bans: [makeBan()],
    neverBan: [],
    behind: [],
    observe: false,
    rememberMs: 90 * 86_400_000,
    acrossJails: false,
    ports: [],
    actions: [],
    resolveHosts: false,
    ...some,
  };
}

export function makeProgram(
  jails: readonly Partial<JailSpec>[],
  filters: readonly FilterSpec[] = [makeFilter("fake")],
): Program {
  const scanners = jails.map((jail) => ({
    filters: jail.filters ?? [0],
    make: (_: TimeContext) => fakeScanner(jail.filters ?? [0], () => program),
  }));
  const program: Program = {
    manifest: {
      f2b: "0.0.0",
      format: 1,
      policy: "fake",
      hash: "",
      files: [],
      jails: jails.map((jail) => jail.name ?? "jail"),
      filters: filters.map((filter) => filter.name),
      actions: [],
      needs: {
        files: [],
        lists: [],
        journal: false,
        programs: [],
        writes: [],
        environment: [],
        capabilities: [],
        resolves: false,
        servers: [],
      },
    },
    filters,
    scanners,
    jails: jails.map((jail, at) => makeJailSpec({ replayScanner: at, ...jail })),
    actions: [],
  };
  return program;
}

/** Prefixes are themselves; nobody else is known. */
export const lookUpPrefixes: LookUp = (who) => {
  const prefix = who.kind === "prefix" ? parsePrefix(who.prefix) : null;
  return prefix === null ? [] : [prefix];
};

export async function* chunksOf(
  text: string,
  sizes: readonly number[] = [],
): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text, "utf8");
  let at = 0;
  for (let turn = 0; at < bytes.length; turn += 1) {
    const size = sizes.length === 0 ? bytes.length : (sizes[turn % sizes.length] ?? 1);
    yield Buffer.from(bytes.subarray(at, at + size));
    at += size;
  }
}

/** Decisions of a replay over logs, each a list of records. */
export async function decide(
  program: Program,
  ...logs: (readonly string[] | { readonly jail: string; readonly lines: readonly string[] })[]
): Promise<Decision[]> {
  const decisions: Decision[] = [];
  const given = logs.map((log, at): ReplayLog => {
    const lines = "lines" in log ? log.lines : log;
    const chunks = chunksOf(`${lines.join("\n")}\n`);
    return { name: `log${at + 1}`, chunks, ...("lines" in log ? { jail: log.jail } : {}) };
  });
  const options = { all: true, now: 0, zone: null, lookUp: lookUpPrefixes };
  await replayDecisions(program, given, options, (decision) => decisions.push(decision));
  return decisions;
}

/** `12 ban 192.0.2.1 until 3612`, without failures. */
export function tell(decisions: readonly Decision[]): string[] {
  return decisions
    .filter((one) => one.type !== "failure")
    .map((one) => {
      const until =
        "until" in one ? ` until ${one.until === null ? "ever" : one.until / 1000}` : "";
      return `${one.time / 1000} ${one.type} ${one.id}${until}`;
    });
}
