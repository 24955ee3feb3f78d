/**
 * The systemd journal as a source, through `journalctl -o json -f`.
 *
 * In: a unit, identifier or match query and the cursor of the last run. Out: each entry as one record with a syslog
 * header (`STAMP HOST IDENT[PID]: MESSAGE`), so that one scanner reads files and journal alike. What must hold:
 * nothing in an entry can forge the header or a second record; a cursor is handed on only after
 * its entry was taken; journalctl is started again whenever it ends (journald restarts, rotation).
 */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { recordBytesMax } from "../limits.ts";
import type { Consumer, Position, Source, SourceStatus } from "./source.ts";

export interface JournalQuery {
  readonly by: "unit" | "identifier" | "match" | null;
  readonly values: readonly string[];
}

export interface JournalSourceOptions {
  readonly query: JournalQuery;
  readonly from: "start" | "end" | null;
  readonly cursor: string | null;
  readonly consumer: Consumer;
  /** false: read what is there, then end. */
  readonly follow?: boolean;
  /** Injectable for tests: the program and what stands before the query. */
  readonly program?: readonly string[];
}

/** Pauses between restarts of journalctl, the last one for ever. */
const restartMs = [200, 1_000, 5_000, 15_000];

/** An entry's JSON is longer than its message: arrays of byte values take five characters a byte. */
const entryBytesMax = 5 * recordBytesMax;

const fields = [
  "MESSAGE",
  "SYSLOG_IDENTIFIER",
  "SYSLOG_PID",
  "_COMM",
  "_HOSTNAME",
  "_PID",
  "_SOURCE_REALTIME_TIMESTAMP",
];

/** The arguments behind `journalctl`: values are never options, whatever they begin with. */
export function journalArguments(
  query: JournalQuery,
  cursor: string | null,
  from: "start" | "end" | null,
  follow = true,
): string[] {
  // Without --all, a field of 4096 bytes or more is shown as null: an attacker would write long lines.
  const args = ["-o", "json", "--all", "--no-pager", "-q", `--output-fields=${fields.join(",")}`];
  if (follow) args.push("-f");
  // Not --after-cursor: where the entry is gone, it leaves out the one behind it.
  if (cursor !== null) args.push(`--cursor=${cursor}`, "-n", "all");
  else if (from === "end") args.push("-n", "0");
  else args.push("-n", "all", "-b");
  switch (query.by) {
    case "unit":
      args.push(...query.values.map((unit) => `--unit=${unit}`));
      break;
    case "identifier":
      args.push(...query.values.map((identifier) => `--identifier=${identifier}`));
      break;
    case "match":
      for (const [index, match] of query.values.entries()) {
        if (index > 0) args.push("+");
        args.push(...match.split(/\s+/).filter((term) => term !== ""));
      }
      break;
    case null:
      break;
  }
  return args;
}

export function queryName(query: JournalQuery): string {
  return query.by === null ? "journal" : `journal ${query.by} ${query.values.join(", ")}`;
}

export function journalSource(options: JournalSourceOptions): Source {
  const { consumer, query } = options;
  const name = queryName(query);
  const program = options.program ?? ["journalctl"];
  let cursor = options.cursor;
  let child: ChildProcessByStdio<null, Readable, Readable> | null = null;
  let timer: NodeJS.Timeout | null = null;
  let failures = 0;
  let stopped = false;
  let taking: Promise<void> = Promise.resolve();
  let end = () => {};
  const idle = new Promise<void>((resolve) => {
    end = resolve;
  });
  const status = {
    name,
    state: "following" as SourceStatus["state"],
    detail: "",
    bytes: 0,
    lastAt: null as number | null,
    oversized: 0,
  };

  function run(): void {
    const [command = "journalctl", ...before] = program;
    const running = spawn(
      command,
      [...before, ...journalArguments(query, cursor, options.from, options.follow)],
      {
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    child = running;
    let held: Buffer = Buffer.alloc(0);
    let skipping = false;
    let said = "";
    running.stderr.on("data", (chunk: Buffer) => {
      said = (said + chunk.toString("utf8")).slice(-500);
    });
    running.stdout.on("data", (chunk: Buffer) => {
      status.bytes += chunk.length;
      const all: Buffer = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
      const last = all.lastIndexOf(0x0a);
      if (last >= 0) {
        const start = skipping ? all.indexOf(0x0a) + 1 : 0;
        skipping = false;
        running.stdout.pause();
        taking = takeEntries(all.subarray(start, last + 1));
        void taking.finally(() => running.stdout.resume());
      }
      held = skipping ? Buffer.alloc(0) : Buffer.from(all.subarray(last + 1));
      if (held.length <= entryBytesMax) return;
      held = Buffer.alloc(0);
      skipping = true;
      status.oversized++;
    });
    running.on("error", (error: NodeJS.ErrnoException) => {
      said = error.code === "ENOENT" ? `${command} is not installed` : error.message;
      ended(said);
    });
    running.on("close", (code) => {
      ended(said.trim().split("\n").pop() || `journalctl ended with code ${code}`);
    });
    let done = false;
    function ended(why: string): void {
      if (done) return;
      done = true;
      child = null;
      if (stopped || options.follow === false) {
        void taking.then(end);
        return;
      }
      const pauseMs = restartMs[Math.min(failures, restartMs.length - 1)] as number;
      if (status.state !== "failed") {
        consumer.say("warning", `${name}: ${why}; starting journalctl again`);
      }
      status.state = "failed";
      status.detail = why;
      failures++;
      timer = setTimeout(run, pauseMs);
    }
  }

  async function takeEntries(bytes: Buffer): Promise<void> {
    const records: Buffer[] = [];
    let last: string | null = null;
    for (let at = 0; at < bytes.length; ) {
      const end = bytes.indexOf(0x0a, at);
      const entry = readEntry(bytes.toString("utf8", at, end));
      at = end + 1;
      if (entry === null || (cursor !== null && entry.cursor === cursor)) continue;
      if (entry.record.length > recordBytesMax) status.oversized++;
      else records.push(entry.record);
      last = entry.cursor ?? last;
    }
    failures = 0;
    status.state = "following";
    status.detail = "";
    status.lastAt = Date.now();
    const all = Buffer.concat(records);
    if (all.length > 0) consumer.take(all, 0, all.length);
    if (last === null) return;
    cursor = last;
    const position: Position = { kind: "journal", query: name, cursor: last };
    await consumer.moved(position);
  }

  return {
    async start() {
      run();
    },
    reopen() {},
    status: () => [{ ...status }],
    idle: () => idle,
    async stop() {
      stopped = true;
      if (timer !== null) clearTimeout(timer);
      child?.kill("SIGTERM");
    },
  };
}

/** One line of `journalctl -o json` as a record with its LF; null: no entry, or one without a message. */
export function readEntry(line: string): { record: Buffer; cursor: string | null } | null {
  let entry: Map<string, unknown>;
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== "object" || value === null) return null;
    entry = new Map(Object.entries(value));
  } catch {
    return null;
  }
  const cursor = entry.get("__CURSOR");
  const message = bytesOf(entry.get("MESSAGE"));
  const micros = Number(
    entry.get("_SOURCE_REALTIME_TIMESTAMP") ?? entry.get("__REALTIME_TIMESTAMP"),
  );
  if (message === null || !Number.isFinite(micros) || Math.abs(micros) > 8.64e18) return null;
  const host = headerWord(entry.get("_HOSTNAME"), /[^A-Za-z0-9._:-]/g) || "localhost";
  const program =
    headerWord(entry.get("SYSLOG_IDENTIFIER") ?? entry.get("_COMM"), /[^A-Za-z0-9._/@()+-]/g) ||
    "unknown";
  const pid = headerWord(entry.get("SYSLOG_PID") ?? entry.get("_PID"), /[^0-9]/g);
  const header = `${stampOf(micros)} ${host} ${program}${pid === "" ? "" : `[${pid}]`}: `;
  return {
    record: Buffer.concat([Buffer.from(header, "latin1"), oneLine(message), Buffer.from("\n")]),
    cursor: typeof cursor === "string" ? cursor : null,
  };
}

/** A local process chooses its identifier: it must not be able to write brackets, colons or blanks. */
function headerWord(value: unknown, forbidden: RegExp): string {
  const text = Array.isArray(value) ? value[0] : value;
  return typeof text === "string" ? text.replace(forbidden, "_").slice(0, 128) : "";
}

/** `MESSAGE` is text, or an array of byte values when it is not UTF-8 (systemd.journal-fields(7)). */
function bytesOf(value: unknown): Buffer | null {
  if (typeof value === "string") return Buffer.from(value, "utf8");
  if (!Array.isArray(value)) return null;
  // A field that was given several times is an array of its values: the first counts.
  if (typeof value[0] === "string") return Buffer.from(value[0], "utf8");
  return Buffer.from(value.filter((byte) => Number.isInteger(byte)) as number[]);
}

/** Line ends inside a message become the two characters `\n`: they must not start a record. */
function oneLine(message: Buffer): Buffer {
  if (message.indexOf(0x0a) < 0) return message;
  return Buffer.from(message.toString("latin1").replace(/\n/g, "\\n"), "latin1");
}

/** ISO 8601 in UTC with microseconds. */
function stampOf(micros: number): string {
  const iso = new Date(Math.floor(micros / 1000)).toISOString();
  const rest = String(Math.floor(micros) % 1000).padStart(3, "0");
  return `${iso.slice(0, -1)}${rest}Z`;
}
