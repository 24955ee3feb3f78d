/**
 * Answers of a running bundle as tables that fit a terminal. What they hold of a log is not escaped here.
 */
import { formatDuration } from "../daemon/duration.ts";
import type { BanRow, Status } from "../daemon/status.ts";
import { plural } from "../plural.ts";
import { formatTable } from "../table.ts";

const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  formatTable(head, rows, process.stdout.columns);

export interface WhyBan extends BanRow {
  readonly rule?: { readonly name: string; readonly at: string } | null;
  readonly offence?: number;
  readonly lines?: readonly {
    readonly time: string;
    readonly file: string;
    readonly line: number;
    readonly rule: string;
    readonly at: string;
    readonly text: string;
  }[];
  readonly answers?: readonly {
    readonly action: string;
    readonly event: string;
    readonly fault: string | null;
  }[];
  readonly firewalls?: readonly {
    readonly name: string;
    readonly inStep: boolean;
    readonly detail: string;
  }[];
}

export function showStatus(status: Status & { readonly bans?: readonly BanRow[] }): string[] {
  const lines = [
    status.verdict,
    `policy ${status.policy} (${status.bundle.slice(0, 12)}), f2b ${status.f2b}, pid ${status.pid}, up ${ageOf(status.since)}`,
    "",
    ...table(
      ["JAIL", "FAILURES", "BANS", "STANDING", "TRACKED", ""],
      status.jails.map((jail) => [
        jail.name,
        String(jail.failures),
        String(jail.bans),
        String(jail.standing),
        String(jail.tracked),
        [
          jail.observe ? "observes only" : "",
          jail.shed > 0 ? `${jail.shed} shed` : "",
          jail.spared > 0 ? `${jail.spared} spared` : "",
          jail.evidence > 0 ? `${plural(jail.evidence, "line")} of banned hosts` : "",
        ]
          .filter((part) => part !== "")
          .join(", "),
      ]),
    ),
    "",
    ...table(
      ["SOURCE", "STATE", "RECORDS", "LAST LINE", ""],
      status.sources.map((source) => [
        source.name,
        source.state,
        String(source.records),
        source.lastAt === null ? "none yet" : `${formatDuration(Date.now() - source.lastAt)} ago`,
        [source.detail, source.oversized > 0 ? `${source.oversized} too long` : ""]
          .filter((part) => part !== "")
          .join(", "),
      ]),
    ),
  ];
  for (const firewall of status.firewalls) {
    lines.push("", `firewall ${firewall.name}: ${firewall.inStep ? "in step" : firewall.detail}`);
    if (firewall.repairs > 0) lines.push(`  put right ${firewall.repairs} times`);
  }
  for (const action of status.actions) {
    lines.push(
      `action ${action.id}: ${action.done} done, ${action.failed} failed, ${action.waiting} waiting, ${action.shed} shed`,
    );
  }
  if (status.state.fault !== null) lines.push("", `state cannot be saved: ${status.state.fault}`);
  if (status.bans !== undefined) lines.push("", ...showBans(status.bans));
  return lines;
}

export function showBans(bans: readonly BanRow[]): string[] {
  if (bans.length === 0) return ["no ban stands"];
  return table(
    ["WHO", "JAIL", "LEFT", "SINCE", "FAILURES", "REASON"],
    bans.map((ban) => [
      ban.id,
      ban.jail,
      ban.until === null ? "ever" : formatDuration(Date.parse(ban.until) - Date.now()),
      `${ageOf(ban.since)} ago`,
      String(ban.failures),
      ban.observed === true ? `observed only, ${ban.reason}` : ban.reason,
    ]),
  );
}

export function showWhy(who: string, bans: readonly WhyBan[]): string[] {
  if (bans.length === 0) return [`${who} is not banned`];
  return bans.flatMap((ban) => [
    `${ban.id} is banned in ${ban.jail} ${ban.until === null ? "for ever" : `until ${ban.until}`}, since ${ban.since}`,
    `  ${reasonOf(ban)}, offence ${ban.offence ?? 1}`,
    ...(ban.lines ?? []).flatMap((line) => [
      `  ${line.time}  ${line.file}:${line.line}  ${line.rule}`,
      `    ${line.text}`,
    ]),
    ...(ban.observed === true ? [`  nobody is kept out: ${ban.jail} only observes`] : []),
    ...(ban.firewalls ?? []).map(
      (firewall) => `  ${firewall.name}: ${firewall.inStep ? "in force" : firewall.detail}`,
    ),
    ...(ban.answers ?? []).map(
      (answer) => `  ${answer.action} ${answer.event}: ${answer.fault ?? "done"}`,
    ),
  ]);
}

function reasonOf({ failures, rule }: WhyBan): string {
  if (rule == null) return "by hand";
  return `after ${plural(failures, "failure")}, completed by ${rule.name} (${rule.at})`;
}

function ageOf(iso: string | null): string {
  return iso === null ? "?" : formatDuration(Date.now() - Date.parse(iso));
}
