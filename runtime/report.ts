/**
 * A decision as one JSON object for who reads it elsewhere (charter section 4).
 */
import type { Decision } from "./decision.ts";
import { isoTime } from "./escape.ts";

export function decisionLine(decision: Decision): object {
  const { type, jail, address, id, line, file, rule, observed } = decision;
  const time = isoTime(decision.time);
  switch (decision.type) {
    case "ban":
    case "prolong": {
      const until = isoTime(decision.until);
      const { failures, insteadOf } = decision;
      const instead = insteadOf === null ? {} : { insteadOf };
      const order = { type, jail, address, id, time, until, failures, line, file, observed };
      return { ...order, rule, ...instead };
    }
    case "unban":
      return { type, jail, address, id, time, line, file, observed };
    case "failure": {
      const { evidence, weight } = decision;
      return { type, jail, address, id, time, line, file, observed, rule, weight, evidence };
    }
    case "spared":
      return { type, jail, address, id, time, line, file, observed, rule, hosts: decision.hosts };
  }
}
