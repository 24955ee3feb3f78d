/**
 * Python as an oracle: its `re` answers in a child, and its Fail2ban, if there is one, lists its patterns.
 */
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const script = fileURLToPath(new URL("python-re.py", import.meta.url));

export interface PythonMatch {
  readonly whole: string;
  readonly groups: readonly (string | null)[];
  readonly named: Readonly<Record<string, string | null>>;
}

export type Answer =
  | { readonly error: string; readonly at: number | null }
  | { readonly slow: true }
  | { readonly matches: readonly (PythonMatch | null)[] };

type RawAnswer =
  | { error: string; at: number | null }
  | { slow: true }
  | { matches: ([string, (string | null)[], Record<string, string | null>] | null)[] };

export const hasPython =
  spawnSync("python3", ["-c", "import sys; sys.exit(sys.version_info < (3, 11))"]).status === 0;

export class Python {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;

  constructor() {
    this.#child = spawn("python3", [script]);
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  async ask(pattern: string, flags: string, inputs: readonly string[]): Promise<Answer> {
    this.#child.stdin.write(`${JSON.stringify({ pattern, flags, inputs })}\n`);
    const { value } = await this.#lines.next();
    const answer = JSON.parse(value as string) as RawAnswer;
    if ("error" in answer || "slow" in answer) return answer;
    return {
      matches: answer.matches.map((match) =>
        match === null ? null : { whole: match[0], groups: match[1], named: match[2] },
      ),
    };
  }

  close(): void {
    this.#child.stdin.end();
  }
}

export interface StockPattern {
  readonly filter: string;
  readonly kind: string;
  readonly pattern: string;
  readonly python: string;
}

/** The patterns of the stock filters, and what tags stand for; none where Fail2ban is not installed. */
export function stockPatterns(): { patterns: StockPattern[]; tags: Map<string, string> } {
  const ran = spawnSync("python3", [script, "stock"], { encoding: "utf8", maxBuffer: 1 << 26 });
  const patterns: StockPattern[] = [];
  const tags = new Map<string, string>();
  for (const line of ran.stdout.split("\n")) {
    if (line === "") continue;
    const found = JSON.parse(line) as StockPattern | { tag: string; python: string };
    if ("tag" in found) tags.set(found.tag, found.python);
    else patterns.push(found);
  }
  return { patterns, tags };
}
