/**
 * Runs one program and waits for it: where the runtime starts processes, all but journalctl.
 *
 * In: an argv (never a shell's text), what it reads, how long it may take. Out: how it ended and the
 * head of what it wrote. What must hold: it never throws, never hangs past its time, and never
 * keeps more than `outputBytesMax` of what a program prints.
 */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { Readable } from "node:stream";

export interface ProcessResult {
  /** The exit code; null when it did not exit by itself. */
  readonly code: number | null;
  /** Why it did not: could not be started, was stopped after its time, or died of a signal. */
  readonly fault: string | null;
  readonly output: string;
  readonly errors: string;
}

export interface ProcessOptions {
  /** Pieces are made as the program reads them. */
  readonly input?: string | Iterable<string>;
  readonly timeoutMs: number;
  /** Added to a minimal environment: PATH, and C.UTF-8 as locale so that no output depends on the host. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly outputBytesMax?: number;
}

/** Where daemons find programs when the service manager gives no PATH. */
const pathDefault = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** After SIGTERM a program has this long to go before SIGKILL. */
const termGraceMs = 200;

/** Process groups that run now, by their leader's id. */
const running = new Set<number>();

let leaving = false;

/** Kills what still runs: the daemon leaves, nothing of it stays behind, and nothing new is run. */
export function endProcesses(): void {
  leaving = true;
  for (const id of running) {
    try {
      process.kill(-id, "SIGKILL");
    } catch {
      // It ended in the meantime.
    }
  }
}

export interface StartedProcess {
  readonly child: ChildProcessWithoutNullStreams;
  /** To it and to what it started. */
  signal(signal: NodeJS.Signals): void;
}

/** Starts a program that `endProcesses` ends with all others. */
export function startProcess(
  argv: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): StartedProcess {
  const [program = "", ...rest] = argv;
  const child = spawn(program, rest, {
    stdio: ["pipe", "pipe", "pipe"],
    // Its own process group, so that what it started ends with it.
    detached: true,
    env: { PATH: process.env["PATH"] ?? pathDefault, LC_ALL: "C.UTF-8", ...environment },
  });
  const { pid } = child;
  if (pid !== undefined) running.add(pid);
  child.once("close", () => pid !== undefined && running.delete(pid));
  // EPIPE: a program need not read what it is given.
  child.stdin.on("error", () => {});
  return {
    child,
    signal(signal) {
      try {
        // Later the number may be somebody else's.
        if (pid !== undefined && running.has(pid)) process.kill(-pid, signal);
      } catch {
        // It ended in the meantime.
      }
    },
  };
}

export function runProcess(
  argv: readonly string[],
  options: ProcessOptions,
): Promise<ProcessResult> {
  if (leaving) {
    return Promise.resolve({ code: null, fault: "the daemon leaves", output: "", errors: "" });
  }
  const bytesMax = options.outputBytesMax ?? 64 * 1024;
  return new Promise((resolve) => {
    const chunks: { out: Buffer[]; err: Buffer[] } = { out: [], err: [] };
    const sizes = { out: 0, err: 0 };
    let fault: string | null = null;
    const { child, signal: stop } = startProcess(argv, options.environment);
    let killTimer: NodeJS.Timeout | undefined;
    const timer = setTimeout(() => {
      fault = `did not end within ${options.timeoutMs} ms`;
      stop("SIGTERM");
      killTimer = setTimeout(() => {
        stop("SIGKILL");
        // A grandchild that left the group may hold the pipes open: do not wait for it.
        child.stdout.destroy();
        child.stderr.destroy();
      }, termGraceMs);
    }, options.timeoutMs);
    const take = (which: "out" | "err") => (chunk: Buffer) => {
      const room = bytesMax - sizes[which];
      if (room <= 0) return;
      chunks[which].push(chunk.subarray(0, room));
      sizes[which] += Math.min(room, chunk.length);
    };
    child.stdout.on("data", take("out"));
    child.stderr.on("data", take("err"));
    const { input = "" } = options;
    if (typeof input === "string") child.stdin.end(input);
    else Readable.from(input).pipe(child.stdin);
    let ended = false;
    const end = (code: number | null, signal: string | null) => {
      if (ended) return;
      ended = true;
      clearTimeout(timer);
      clearTimeout(killTimer);
      resolve({
        code: fault === null ? code : null,
        fault: fault ?? (code === null ? `ended by ${signal ?? "a signal"}` : null),
        output: Buffer.concat(chunks.out).toString("utf8"),
        errors: Buffer.concat(chunks.err).toString("utf8"),
      });
    };
    child.on("error", (error: NodeJS.ErrnoException) => {
      fault =
        error.code === "ENOENT"
          ? `${argv[0]} is not installed or not in PATH`
          : `${argv[0]} could not be started: ${error.message}`;
      end(null, null);
    });
    child.on("close", end);
  });
}
