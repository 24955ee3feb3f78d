/**
 * Jails as data, durations written so that a person can read them.
 *
 * In: the plan's jails, already in the runtime's shape. Out: a constant each.
 */
import type { BanSpec, JailSpec } from "../../runtime/contract.ts";
import { type Code, comment, join, js, literal, propertyKey, quote } from "./code.ts";
import { formatDuration, writeDuration } from "./duration.ts";
import type { Module } from "./module.ts";

export function writeJail(module: Module, jail: JailSpec): Code {
  const constant = module.names.make(`jail ${jail.name}`);
  const { name, bans, rememberMs, ...rest } = jail;
  const fields = Object.entries(rest).map(([key, value]) => entry(key, literal(value)));
  module.add(
    join([
      comment(`jail ${name} (${jail.at})`),
      ...bans.map((ban) => comment(`  ${sayBan(ban)}`)),
      js`const ${constant} = {
name: ${quote(name)},
${join(fields)}
bans: [
${join(bans.map(writeBan))}
],
rememberMs: ${writeDuration(rememberMs)},
};`,
    ]),
  );
  return constant;
}

function entry(key: string, value: Code): Code {
  return js`${propertyKey(key)}: ${value},`;
}

function writeBan(ban: BanSpec): Code {
  const { withinMs, times, doublingToMs, jitterMs, ...rest } = ban;
  const steps = times.map((ms) => (ms === null ? js`null` : writeDuration(ms)));
  return js`{
${join(Object.entries(rest).map(([key, value]) => entry(key, literal(value))))}
withinMs: ${writeDuration(withinMs)},
times: [${steps}],
doublingToMs: ${doublingToMs === null ? null : writeDuration(doublingToMs)},
jitterMs: ${writeDuration(jitterMs)},
},`;
}

/** The sentence that was compiled: esbuild keeps no comments beside numbers. */
function sayBan(ban: BanSpec): string {
  const counted = ban.what === "failures" && ban.count === 1 ? "failure" : ban.what;
  const what = ban.what === "distinct" ? `distinct ${ban.capture ?? ""}` : counted;
  const by =
    ban.by.kind === "address"
      ? `ipv4/${ban.by.ipv4}, ipv6/${ban.by.ipv6}`
      : ban.by.names.join(" and ");
  const times = ban.times.map((ms) => (ms === null ? "ever" : formatDuration(ms))).join(" then ");
  const doubling =
    ban.doublingToMs === null ? "" : ` doubling to ${formatDuration(ban.doublingToMs)}`;
  const jitter = ban.jitterMs === 0 ? "" : ` jitter ${formatDuration(ban.jitterMs)}`;
  const each = ban.eachAddress ? "each address " : "";
  const within = formatDuration(ban.withinMs);
  return `ban ${each}after ${ban.count} ${what} by ${by} within ${within} for ${times}${doubling}${jitter}`;
}
