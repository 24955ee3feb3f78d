/**
 * Concrete tree -> syntax tree: the statements of jails and of `defaults`.
 *
 * In: a `jailBody` node. Out: its statements in order; one that recovery left incomplete is dropped.
 */
import type * as cst from "../../grammar/cst.d.ts";
import type * as ast from "./ast.ts";
import { buildRule } from "./build-filter.ts";
import { buildAddress, buildDuration, buildFamily, buildInt, buildName } from "./build-literals.ts";
import { buildCalls, buildList, buildNames, buildTextNode, buildTexts } from "./build-values.ts";
import { findRepeated } from "./find-repeated.ts";
import { each, Incomplete, need, optional, type Reading, written } from "./reading.ts";

export function buildJailBody(
  reading: Reading,
  node: cst.JailBodyCstNode | undefined,
): ast.JailStatement[] {
  return each(node?.children.jailStatement, (part) => buildStatement(reading, part));
}

function buildStatement(reading: Reading, node: cst.JailStatementCstNode): ast.JailStatement {
  const parts = node.children;
  const at = reading.at(node);
  if (parts.watch) return buildWatch(reading, need(parts.watch));
  if (parts.jailIgnore) return buildRule(reading, need(parts.jailIgnore));
  if (parts.by) return buildBy(reading, need(parts.by));
  if (parts.ban) return buildBan(reading, need(parts.ban));
  if (parts.ports) return buildPorts(reading, need(parts.ports));
  if (parts.jailTest) return buildJailTest(reading, need(parts.jailTest));
  if (parts.observe) return { type: "observe", at };
  if (parts.jailFilters) {
    const calls = buildCalls(reading, need(parts.jailFilters).children.call);
    return { type: "filters", calls, at };
  }
  if (parts.neverBan) {
    const who = each(need(parts.neverBan).children.who, (one) => buildWho(reading, one));
    return { type: "never", who, at };
  }
  if (parts.behind) {
    return { type: "behind", who: buildWho(reading, need(need(parts.behind).children.who)), at };
  }
  if (parts.remember) {
    const { Duration, Jails } = need(parts.remember).children;
    const forTime = buildDuration(reading, need(Duration));
    return { type: "remember", forTime, acrossJails: Jails !== undefined, at };
  }
  if (parts.doActions) {
    const { call, None } = need(parts.doActions).children;
    if (call === undefined && None === undefined) throw new Incomplete();
    return { type: "do", calls: buildCalls(reading, call), at };
  }
  need(parts.resolveHosts);
  return { type: "resolve", at };
}

function buildWatch(reading: Reading, node: cst.WatchCstNode): ast.Watch {
  const clauses = (node.children.watchClause ?? []).map(({ children }) => children);
  findRepeated(
    reading,
    clauses.map((one) => (one.As ?? one.Zone ?? one.From)?.[0]),
  );
  const as = clauses.find((one) => one.Name)?.Name;
  const zone = clauses.find((one) => one.text)?.text;
  const from = clauses.find((one) => one.Start ?? one.End);
  return {
    type: "watch",
    source: buildWatchSource(reading, node.children),
    as: optional(as, (token) => buildName(reading, token)),
    zone: optional(zone, (text) => buildTextNode(reading, text)),
    from: from === undefined ? null : from.Start ? "start" : "end",
    at: reading.at(node),
  };
}

function buildWatchSource(reading: Reading, parts: cst.WatchCstChildren): ast.Watch["source"] {
  if (parts.watchFile) {
    const paths = buildTexts(reading, need(parts.watchFile).children.text);
    return { kind: "file", paths };
  }
  if (parts.watchJournal) {
    const { Unit, Identifier, text } = need(parts.watchJournal).children;
    const by = Unit ? "unit" : Identifier ? "identifier" : "match";
    return { kind: "journal", by: text ? by : null, values: buildTexts(reading, text) };
  }
  if (parts.watchBans) {
    return { kind: "bans", of: buildNames(reading, need(parts.watchBans).children.Name) };
  }
  if (parts.watchSyslog) {
    const on = buildTextNode(reading, need(need(parts.watchSyslog).children.text));
    return { kind: "syslog", on };
  }
  if (parts.watchCommand) {
    const command = buildList(reading, need(need(parts.watchCommand).children.list));
    return { kind: "command", command };
  }
  if (parts.Input) return { kind: "input" };
  need(parts.Default);
  return { kind: "default" };
}

function buildBy(reading: Reading, node: cst.ByCstNode): ast.By {
  return {
    type: "by",
    families: written(node.children.Family).map((token) => buildFamily(reading, token)),
    captures: buildNames(reading, node.children.Name),
    at: reading.at(node),
  };
}

function buildBan(reading: Reading, node: cst.BanCstNode): ast.Ban {
  const parts = node.children;
  const ladder = parts.ladder?.[0]?.children.time;
  const doublingTo = parts.doubling?.[0]?.children.Duration;
  const within = parts.Within ? parts.Duration?.[0] : undefined;
  const jitter = parts.Jitter ? parts.Duration?.[parts.Within ? 1 : 0] : undefined;
  return {
    type: "ban",
    eachAddress: parts.Each !== undefined,
    count: buildInt(reading, need(parts.Int)),
    what: buildBanWhat(reading, need(parts.banWhat)),
    by: optional(parts.by, (part) => buildBy(reading, part)),
    within: parts.Within ? buildDuration(reading, need(within && [within])) : null,
    times: [need(parts.time), ...(ladder ?? [])].map((time) => buildTime(reading, time)),
    doublingTo: optional(doublingTo, (token) => buildDuration(reading, token)),
    jitter: parts.Jitter ? buildDuration(reading, need(jitter && [jitter])) : null,
    at: reading.at(node),
  };
}

function buildBanWhat(reading: Reading, node: cst.BanWhatCstNode): ast.Ban["what"] {
  const { Failure, Failures, Bans, Distinct, Name } = node.children;
  if (Distinct) return { kind: "distinct", capture: buildName(reading, need(Name)) };
  if (Bans) return { kind: "bans" };
  need(Failures ?? Failure);
  return { kind: "failures" };
}

function buildTime(reading: Reading, node: cst.TimeCstNode): ast.BanTime {
  const { Duration, Ever } = node.children;
  if (Duration) return buildDuration(reading, need(Duration));
  return { type: "ever", at: reading.at(need(Ever)) };
}

function buildWho(reading: Reading, node: cst.WhoCstNode): ast.Who {
  const { Address, list, Name, text } = node.children;
  if (Address) return buildAddress(reading, need(Address));
  if (list) return buildList(reading, need(list));
  return {
    type: "reference",
    name: buildName(reading, need(Name)),
    argument: optional(text, (part) => buildTextNode(reading, part)),
    at: reading.at(node),
  };
}

function buildPorts(reading: Reading, node: cst.PortsCstNode): ast.Ports {
  const ports = each(node.children.port, (port) => {
    const { Tcp, Udp, Int } = port.children;
    const to = Int?.[1];
    return {
      protocol: Tcp ? ("tcp" as const) : Udp ? ("udp" as const) : null,
      from: buildInt(reading, need(Int)),
      to: to === undefined ? null : buildInt(reading, need([to])),
      at: reading.at(port),
    };
  });
  return { type: "ports", all: node.children.All !== undefined, ports, at: reading.at(node) };
}

function buildJailTest(reading: Reading, node: cst.JailTestCstNode): ast.JailTest {
  const steps = each(node.children.jailTestStep, (step) => {
    const { Given, Bans, text, Address, time } = step.children;
    const at = reading.at(step);
    if (Given) return { type: "given" as const, lines: buildTexts(reading, text), at };
    const address = buildAddress(reading, need(Address));
    if (!Bans) return { type: "spares" as const, address, at };
    const forTime = optional(time, (part) => buildTime(reading, part));
    return { type: "bans" as const, address, forTime, at };
  });
  return { type: "jailtest", steps, at: reading.at(node) };
}
