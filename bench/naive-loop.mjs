/**
 * node naive-loop.mjs LOG: what somebody would write in an afternoon, one regular expression a line.
 */
import { readFileSync } from "node:fs";

const failed = /sshd\[\d+\]: (?:Failed \S+ for .*|Invalid user .*) from ([0-9a-f.:]+) port \d+/;
let failures = 0;
for (const line of readFileSync(process.argv[2], "latin1").split("\n")) {
  if (failed.test(line)) failures++;
}
console.log(failures);
