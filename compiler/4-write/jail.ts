/**
 * Jails as data, durations written so that a person can read them.
 *
 * In: the plan's jails, already in the runtime's shape. Out: a constant each.
 */
import type { BanSpec, JailSpec } from "../../runtime/contract.ts";
import { type Code, comment, join, js, literal, propertyKey, quote } from "./code.ts";
import { writeDuration } from "./duration.ts";
import type { Module } from "./module.ts";

export function writeJail(module: Module, jail: JailSpec): Code {
  const constant = module.names.make(`jail ${jail.name}`);
  const { name, bans, rememberMs, ...rest } = jail;
  const fields = Object.entries(rest).map(([key, value]) => entry(key, literal(value)));
  module.add(
    join([
      comment(`jail ${name} (${jail.at})`),
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
