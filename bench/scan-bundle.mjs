/**
 * node scan-bundle.mjs BUNDLE LOG: what scanning alone costs, compiled and loaded before.
 *
 * In: a bundle and a log. Out: one line of JSON, milliseconds of the clock and of the processor, records and failures found by the first jail's scanner. Plain
 * JavaScript that uses nothing but the bundle, so that the bundle of any commit can be measured.
 */
import { closeSync, openSync, readSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [bundle, path] = process.argv.slice(2);
const { program } = await import(pathToFileURL(bundle).href);
const file = openSync(path, "r");
const chunk = Buffer.allocUnsafe(1 << 20);
const begin = process.hrtime.bigint();
const used = process.cpuUsage();
const scanner = program.scanners[program.jails[0].replayScanner].make({
  now: Date.now,
  zone: "UTC",
});
scanner.lazy = true;
let failures = 0;
const report = (hit) => {
  if (hit.rule.kind === "fail") failures++;
};
for (let held = 0; ; ) {
  const read = readSync(file, chunk, held, chunk.length - held, null);
  if (read === 0) break;
  const taken = scanner.scan(chunk, 0, held + read, report);
  chunk.copyWithin(0, taken, held + read);
  held = held + read - taken;
}
closeSync(file);
const clock = Number(process.hrtime.bigint() - begin) / 1e6;
const { user, system } = process.cpuUsage(used);
const processor = (user + system) / 1000;
console.log(JSON.stringify({ clock, processor, records: scanner.records, failures }));
