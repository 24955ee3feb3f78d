/**
 * What `self`, `file "..."` and `host "..."` stand for at present.
 *
 * In: those whom a policy protects or trusts. Out: their prefixes, at once, from memory; `refresh` brings the
 * memory up to date. What must hold: a list that cannot be read and a name that cannot be resolved keep
 * their last good answer, and are told of once.
 */
import { lookup } from "node:dns/promises";
import { readFileSync, statSync } from "node:fs";
import { networkInterfaces } from "node:os";
import type { WhoSpec } from "./contract.ts";
import { listBytesMax } from "./limits.ts";
import { type Prefix, parsePrefix } from "./prefix.ts";
import type { LookUp } from "./protect.ts";

export interface WhoListsOptions {
  readonly who: readonly WhoSpec[];
  readonly warn: (message: string) => void;
  /** False where names must not be looked up, as in replay. */
  readonly resolveNames: boolean;
  /** Injectable for tests; the default asks the system's resolver. */
  readonly resolve?: (name: string) => Promise<readonly string[]>;
}

export interface WhoLists {
  readonly lookUp: LookUp;
  /** Looks at files, interfaces and names again. Resolves true when anything changed. Never rejects. */
  refresh(): Promise<boolean>;
}

interface Known {
  prefixes: readonly Prefix[];
  /** Tells whether a look is worth it (files) or brought news. */
  stamp: string;
  fault: string;
}

/** Reads files and interfaces before it returns; names are known after the first `refresh`. */
export function openWhoLists(options: WhoListsOptions): WhoLists {
  const known = new Map<string, Known>();
  const keyOf = (who: WhoSpec) => JSON.stringify(who);

  const update = (who: WhoSpec, look: (one: Known) => void): boolean => {
    const one = known.get(keyOf(who)) ?? { prefixes: [], stamp: "", fault: "" };
    known.set(keyOf(who), one);
    const before = one.stamp;
    try {
      look(one);
      one.fault = "";
    } catch (error) {
      const fault = error instanceof Error ? error.message : String(error);
      if (fault !== one.fault) options.warn(fault);
      one.fault = fault;
    }
    return one.stamp !== before;
  };

  const refreshLocal = (): boolean => {
    let changed = false;
    for (const who of options.who) {
      if (who.kind === "prefix")
        changed = update(who, (one) => setPrefix(one, who.prefix)) || changed;
      if (who.kind === "self") changed = update(who, setOwnAddresses) || changed;
      if (who.kind === "file") {
        changed = update(who, (one) => readList(one, who.path, options.warn)) || changed;
      }
    }
    return changed;
  };

  const refreshNames = async (): Promise<boolean> => {
    if (!options.resolveNames) return false;
    const resolve = options.resolve ?? resolveName;
    const changes = options.who.map(async (who) => {
      if (who.kind !== "host") return false;
      const answer = await resolve(who.name).catch((error: unknown) => {
        return error instanceof Error ? error : new Error(String(error));
      });
      return update(who, (one) => {
        if (answer instanceof Error)
          throw new Error(`cannot resolve ${who.name}: ${answer.message}`);
        setPrefixes(one, answer);
      });
    });
    return (await Promise.all(changes)).includes(true);
  };

  refreshLocal();
  return {
    lookUp: (who) => known.get(keyOf(who))?.prefixes ?? [],
    refresh: async () => {
      const local = refreshLocal();
      return (await refreshNames()) || local;
    },
  };
}

function setPrefix(one: Known, text: string): void {
  if (one.stamp === "") setPrefixes(one, [text]);
}

function setPrefixes(one: Known, texts: readonly string[]): void {
  const prefixes = texts.map(parsePrefix).filter((prefix) => prefix !== null);
  if (prefixes.length === 0) throw new Error("a protected name stands for no address");
  one.prefixes = prefixes;
  one.stamp = [...texts].sort().join(" ");
}

/** Loopback is always our own, interfaces or not. */
function setOwnAddresses(one: Known): void {
  const texts = ["127.0.0.0/8", "::1"];
  for (const addresses of Object.values(networkInterfaces())) {
    for (const { address } of addresses ?? []) texts.push(address.replace(/%.*$/, ""));
  }
  setPrefixes(one, texts);
}

/** A list that is none at all, told once and not line by line: it may have millions. */
const toldLinesMax = 20;

/** One address or prefix a line, `#` begins a comment. */
function readList(one: Known, path: string, warn: (message: string) => void): void {
  const stat = statSync(path);
  if (!stat.isFile()) throw new Error(`${path} is not a regular file`);
  if (stat.size > listBytesMax) throw new Error(`${path} is longer than ${listBytesMax} bytes`);
  const stamp = `${stat.dev}:${stat.ino}:${stat.size}:${stat.mtimeMs}`;
  if (stamp === one.stamp) return;
  const prefixes: Prefix[] = [];
  let leftOut = 0;
  for (const [at, line] of readFileSync(path, "utf8").split("\n").entries()) {
    const text = line.replace(/#.*/, "").trim();
    if (text === "") continue;
    const prefix = parsePrefix(text);
    if (prefix !== null) prefixes.push(prefix);
    else if (++leftOut <= toldLinesMax) {
      warn(`${path}:${at + 1}: neither an address nor a prefix; line left out`);
    }
  }
  const untold = leftOut - toldLinesMax;
  if (untold > 0) warn(`${path}: ${untold} more lines left out`);
  one.prefixes = prefixes;
  one.stamp = stamp;
}

async function resolveName(name: string): Promise<string[]> {
  return (await lookup(name, { all: true })).map((found) => found.address);
}
