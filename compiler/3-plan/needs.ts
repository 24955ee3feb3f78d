/**
 * What a bundle needs from a host: the manifest's `needs`, from which the service unit is derived.
 *
 * In: a checked policy. Out: sorted lists without doubles. A path or program that is only known on
 * the host (it holds a value) cannot be told beforehand and is left out.
 */
import type { Manifest } from "../../runtime/contract.ts";
import type { ActionValue, Policy, Step } from "../../schemas/policy.ts";

export function findNeeds(policy: Policy): Manifest["needs"] {
  const watches = policy.jails.flatMap((jail) => jail.watches);
  const who = policy.jails.flatMap((jail) => [...jail.neverBan, ...jail.behind]);
  const steps = policy.actions.flatMap((action) => action.hooks.flatMap((hook) => hook.steps));
  const journal = watches.some((watch) => watch.kind === "journal");
  const drivers = steps.flatMap((step) => (step.verb === "driver" ? [step] : []));
  const secrets = steps.flatMap(valuesOf).flatMap(secretsOf);
  return {
    files: sorted(watches.flatMap((watch) => (watch.kind === "file" ? watch.paths : []))),
    lists: sorted([
      ...who.flatMap((one) => (one.kind === "file" ? [one.path] : [])),
      ...secrets.flatMap((secret) => (secret.from === "file" ? [secret.name] : [])),
    ]),
    journal,
    programs: sorted([
      ...(journal ? ["journalctl"] : []),
      ...drivers.flatMap(programsOfDriver),
      ...steps.flatMap(programOf),
    ]),
    writes: sorted([
      ...steps.flatMap((step) => (step.verb === "write" ? fixedText(step.path) : [])),
      ...drivers.flatMap((driver) => settingOf(driver, "path")),
    ]),
    environment: sorted(secrets.flatMap((secret) => (secret.from === "env" ? [secret.name] : []))),
    resolves: who.some((one) => one.kind === "host"),
    servers: sorted(steps.flatMap(serverOf)),
    capabilities: sorted(drivers.flatMap((driver) => capabilitiesOf[driver.driver])),
  };
}

function sorted(texts: readonly string[]): string[] {
  return [...new Set(texts)].sort();
}

type Driver = Extract<Step, { verb: "driver" }>;

/** xtables keeps what it is told in a kernel that wants CAP_NET_RAW, too, for its lookups. */
const capabilitiesOf: Readonly<Record<Driver["driver"], readonly string[]>> = {
  nftables: ["CAP_NET_ADMIN"],
  ipset: ["CAP_NET_ADMIN", "CAP_NET_RAW"],
  blackhole: ["CAP_NET_ADMIN"],
  "list-file": [],
  memory: [],
};

function programsOfDriver(driver: Driver): readonly string[] {
  switch (driver.driver) {
    case "nftables":
      return ["nft"];
    case "ipset":
      return ["ip6tables", "ip6tables-restore", "ipset", "iptables", "iptables-restore"];
    case "blackhole":
      return ["ip"];
    case "list-file":
      return settingOf(driver, "reload").slice(0, 1);
    case "memory":
      return [];
    default:
      return driver.driver satisfies never;
  }
}

function settingOf(driver: Driver, name: string): readonly string[] {
  const value = driver.settings.find((one) => one.name === name)?.value ?? [];
  return typeof value === "string" ? [value] : value;
}

function programOf(step: Step): string[] {
  if (step.verb === "script") return ["/bin/sh"];
  return step.verb === "run" ? fixedText(step.argv[0]) : [];
}

function fixedText(value: ActionValue): string[] {
  if (value.kind !== "text") return [];
  const texts = value.parts.map((part) => ("text" in part ? part.text : null));
  return texts.includes(null) ? [] : [texts.join("")];
}

function valuesOf(step: Step): ActionValue[] {
  switch (step.verb) {
    case "run":
      return [...step.argv, ...(step.input === null ? [] : [step.input])];
    case "script":
      return step.input === null ? [] : [step.input];
    case "write":
      return [step.path, step.body];
    case "log":
      return [step.text];
    case "http":
      return [
        step.url,
        ...step.headers.map((one) => one.value),
        ...(step.body === null ? [] : [step.body.value]),
      ];
    case "mail":
      return [...step.to, step.subject, step.body];
    case "driver":
      return [];
    default:
      return step satisfies never;
  }
}

/** Whom a request asks: literal text, or the secret that says so. */
function serverOf(step: Step): string[] {
  if (step.verb === "mail") return ["smtp://127.0.0.1"];
  if (step.verb !== "http") return [];
  const first = step.url.kind === "text" ? step.url.parts[0] : step.url;
  if (first === undefined) return [];
  if ("text" in first) return [/^https?:\/\/[^/?#]+/i.exec(first.text)?.[0] ?? ""];
  const secret = "secret" in first ? first.secret : "from" in first ? first : null;
  return secret === null ? [] : [`${secret.from} ${secret.name}`];
}

function secretsOf(value: ActionValue): { from: "env" | "file"; name: string }[] {
  switch (value.kind) {
    case "secret":
      return [{ from: value.from, name: value.name }];
    case "text":
      return value.parts.flatMap((part) => ("secret" in part ? [part.secret] : []));
    case "list":
      return value.items.flatMap(secretsOf);
    case "object":
      return value.entries.flatMap((entry) => secretsOf(entry.value));
    default:
      return [];
  }
}
