/**
 * `call "NAME"` in a library module: a firewall that the runtime has built in.
 *
 * In: the step and its settings. Out: the checked step, or null after reporting. A policy of one's own gets
 * them through the library's actions, whose parameters say what may be set.
 */
import type { ActionValue, Step } from "../../schemas/policy.ts";
import type { Step as StepTree } from "../1-read/ast.ts";
import { checkActions as catalogue } from "../diagnostics/catalogue/check-actions.ts";
import { lowerActionValue, type TextSetting } from "./action-text.ts";
import { atOf, near } from "./context.ts";
import type { Clauses } from "./lower-remote.ts";
import { reportUnsupportedStep } from "./not-in-this-version.ts";

type Driver = Extract<Step, { verb: "driver" }>;

/** What each takes; all of it must be there. */
const settingsOf: Readonly<Record<Driver["driver"], Readonly<Record<string, "text" | "list">>>> = {
  nftables: {},
  ipset: {},
  blackhole: {},
  "list-file": { path: "text", line: "text", line6: "text", head: "text", reload: "list" },
  memory: {},
};
const drivers = Object.keys(settingsOf) as Driver["driver"][];

export function lowerCall(
  tree: StepTree,
  clauses: Clauses,
  setting: TextSetting,
  isLibrary: boolean,
): Driver | null {
  const { context } = setting;
  const name = tree.argument.type === "text" ? tree.argument.value : "";
  const driver = drivers.find((one) => one === name);
  if (driver === undefined || !isLibrary) {
    reportUnsupportedStep(tree, context);
    return null;
  }
  const entries = clauses.get("json")?.object.entries ?? [];
  const known = settingsOf[driver];
  const settings: Driver["settings"] = [];
  for (const { key, value } of entries) {
    const name = key.type === "name" ? key.name : key.value;
    const lowered = lowerActionValue(value, setting);
    if (lowered === null) return null;
    const plain = plainOf(lowered);
    if (known[name] !== (typeof plain === "string" ? "text" : "list") || plain === null) {
      context.diagnostics.add(catalogue.driverSetting, key.at, near(name, Object.keys(known)));
      return null;
    }
    settings.push({ name, value: plain });
  }
  const missing = Object.keys(known).find((one) => !settings.some(({ name }) => name === one));
  if (missing !== undefined) {
    context.diagnostics.add(catalogue.driverSetting, tree.at, { name: missing });
    return null;
  }
  return { verb: "driver", driver, settings, at: atOf(context, tree.at) };
}

/** Literal text, or a list of such; null: something else. */
function plainOf(value: ActionValue): string | string[] | null {
  if (value.kind === "list") {
    const items = value.items.map(plainOf);
    return items.every((item) => typeof item === "string") ? items : null;
  }
  if (value.kind !== "text") return null;
  const texts = value.parts.map((part) => ("text" in part ? part.text : null));
  return texts.includes(null) ? null : texts.join("");
}
