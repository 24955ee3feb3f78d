/*
 * How much work a fixed log costs, counted and not timed: records read in full, texts made of bytes, regular expressions
 * run, hits built. A figure that grows is a regression; one that shrinks is to be written down here.
 */
import { readFileSync } from "node:fs";
import t from "tap";
import { makeAccessLog, makeAuthLog } from "../../bench/generated-logs.ts";
import type { Hit, Program } from "../../runtime/contract.ts";
import { checkText, compile } from "../differential/both.ts";

interface Work {
  /** Strings that buffers became. */
  texts: number;
  /** Bytes in them. */
  textBytes: number;
  regexes: number;
  hits: number;
}

/** Counts what goes through the engine's own doors while `run` runs. */
function count(run: () => number): Work {
  const work: Work = { texts: 0, textBytes: 0, regexes: 0, hits: 0 };
  const { toString: textOf } = Buffer.prototype;
  const { exec, test } = RegExp.prototype;
  Buffer.prototype.toString = function counted(
    this: Buffer,
    encoding?: BufferEncoding,
    start = 0,
    end = this.length,
  ) {
    work.texts++;
    work.textBytes += end - start;
    return textOf.call(this, encoding, start, end);
  };
  RegExp.prototype.exec = function counted(text) {
    work.regexes++;
    return exec.call(this, text);
  };
  RegExp.prototype.test = function counted(text) {
    work.regexes++;
    return exec.call(this, text) !== null;
  };
  try {
    work.hits = run();
  } finally {
    Buffer.prototype.toString = textOf;
    RegExp.prototype.exec = exec;
    RegExp.prototype.test = test;
  }
  return work;
}

function scan(program: Program, log: Buffer): number {
  const scanner = program.scanners.at(-1)?.make({ now: () => Date.UTC(2026, 3, 30), zone: "UTC" });
  if (scanner === undefined) throw new RangeError("no scanner");
  const hits: Hit[] = [];
  scanner.lazy = true;
  scanner.scan(log, 0, log.length, (hit) => hits.push(hit));
  return hits.length;
}

t.test("std/sshd: addresses and names once, nothing of other programs", async (t) => {
  const { tools } = await compile(checkText("use std/sshd"), (id) => id === "sshd");
  const log = makeAuthLog(20_000);
  const lines = log.toString("latin1").split("\n");
  const work = count(() => scan(tools.program, log));
  t.comment(work);
  t.ok(work.hits > 5_000);
  t.ok(work.texts < 3 * work.hits, `${work.texts} texts for ${work.hits} hits`);
  t.ok(work.regexes <= work.hits, `${work.regexes} regular expressions for ${work.hits} hits`);
  const others = Buffer.from(`${lines.filter((line) => !line.includes("sshd[")).join("\n")}\n`);
  t.same(
    count(() => scan(tools.program, others)),
    { texts: 0, textBytes: 0, regexes: 0, hits: 0 },
  );
});

t.test("ten web filters: only records that hold a text of theirs are read", async (t) => {
  const text = readFileSync(new URL("../../bench/policies/web.f2b", import.meta.url), "utf8");
  const { tools } = await compile(checkText(text));
  const log = makeAccessLog(20_000);
  const work = count(() => scan(tools.program, log));
  t.comment(work);
  t.ok(work.hits > 100);
  t.ok(work.textBytes < log.length / 20, `${work.textBytes} bytes of ${log.length} became text`);
  const quiet = log.toString("latin1").split("\n");
  const plain = quiet.filter(
    (line) => !/[%\\]|" 40[013] /.test(line) && !/\/\.|wp-|xmlrpc|pma|phpmyadmin/.test(line),
  );
  const rest = Buffer.from(`${plain.join("\n")}\n`);
  t.ok(plain.length > 15_000);
  t.same(
    count(() => scan(tools.program, rest)),
    { texts: 0, textBytes: 0, regexes: 0, hits: 0 },
  );
});
