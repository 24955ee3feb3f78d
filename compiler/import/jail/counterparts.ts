/**
 * Fail2ban's own actions and what the library has for each.
 *
 * In: an action of a jail with its arguments. Out: what is done in its place, what it goes without, and what a person has to know; `lost` where there is nothing.
 */
import type * as ast from "../../1-read/ast.ts";
import type { NamedWithArguments } from "../config/arguments.ts";
import { call } from "./nodes.ts";

export interface Counterpart {
  readonly calls: readonly ast.Call[];
  /** Of the library: `std/nftables`. */
  readonly module: string;
  /** Whether it closes ports, and so what it says of them counts. */
  readonly closes: "ports" | "all" | "nothing";
  /** Arguments that it does without because they are said in another way. */
  readonly understood: readonly string[];
  /** Told where the name is another one. */
  readonly help: string | null;
  /** The daemon's variable for its key. */
  readonly secret?: string;
}

export interface Lost {
  readonly lost: string;
}

const firewalls =
  /^(?:iptables(?:-multiport|-allports|-new|-multiport-log|-ipset|-ipset-proto4|-ipset-proto6|-ipset-proto6-allports|-xt_recent-echo)?|nftables(?:-multiport|-allports)?|firewallcmd-(?:allports|multiport|new|ipset|rich-rules|rich-logging)|ufw|shorewall(?:-ipset-proto6)?|apf|csf|symbiosis-blacklist-allports)$/;

/** They ask for no ports, whatever the jail says. */
const closesAll =
  /^(?:.*allports|iptables-xt_recent-echo|ufw|shorewall(?:-ipset-proto6)?|apf|csf)$/;

const mailers =
  /^(?:mail|mail-whois|mail-whois-lines|mail-buffered|sendmail|sendmail-(?:whois|whois-lines|whois-matches|whois-ipmatches|whois-ipjailmatches|geoip-lines|buffered)|smtp\.py)$/;

const mailbox = /^(?!-)[\w.!#$%&'*+/=?^`{|}~-]+(?:@[A-Za-z0-9.-]+)?$/;

/** What every action has: its name, and how Fail2ban handles it. */
const common = [
  ...["name", "actname", "bantime", "timeout", "norestored"],
  ...["actionstart_on_demand", "actionrepair_on_unban", "actionflush"],
];

const ofFirewalls = ["port", "protocol", "chain", "type", "table", "chain_type", "chain_hook"];

/** Values that let in whom an action is told of, or only count them. */
const letsIn = /^(?:return|accept|allow|continue)$/i;

const others: Readonly<Record<string, string>> = {
  apprise: "std/notify has webhook, slack, discord, telegram and ntfy",
  blocklist_de: "std/abuseipdb reports to another service",
  "nginx-block-map": "std/lists has nginx-deny, which lists addresses",
};

const anyOther = "write an `action` of its own: docs/language.md, Actions";

export function counterpartOf(action: NamedWithArguments): Counterpart | Lost {
  const { name, args } = action;
  if (firewalls.test(name)) return firewall(action);
  if (name === "route")
    return withAll(
      "blackhole",
      "std/blackhole",
      ["blocktype"],
      "routes in a table of its own; whatever the port",
    );
  if (name === "hostsdeny") {
    const help = "put `ALL: /etc/f2b/denied` into /etc/hosts.deny (f2b library show std/lists)";
    return withAll("hosts-deny", "std/lists", ["file", "daemon_list", "ip_value"], help);
  }
  if (mailers.test(name)) return mail(args);
  if (name === "dummy")
    return {
      calls: [],
      module: "",
      closes: "nothing",
      understood: ["target", "init", "to_target"],
      help: "it bans nobody, on purpose",
    };
  if (name === "abuseipdb") return abuseipdb(args);
  if (name === "cloudflare-token") return cloudflare(args);
  if (name === "cloudflare") {
    return { lost: 'std/cloudflare wants a token and a zone: `cloudflare(zone: "...")`' };
  }
  return { lost: (Object.hasOwn(others, name) ? others[name] : undefined) ?? anyOther };
}

export function understands({ understood }: Counterpart, argument: string): boolean {
  return common.includes(argument) || understood.includes(argument.replace(/\?.*$/, ""));
}

function firewall({ name, args }: NamedWithArguments): Counterpart | Lost {
  const verdict = ["blocktype", "blockaction", "rule_stat"].map((key) => args.get(key) ?? "");
  if (verdict.some((one) => letsIn.test(one.trim()))) {
    return { lost: "it lets in whom the jail finds: f2b keeps out" };
  }
  const isAll = closesAll.test(name) || /^all/.test(args.get("type") ?? "");
  const isSame = name.startsWith("nftables");
  const isTool = /^(?:ufw|firewallcmd)/.test(name);
  const other = name === "ufw" ? "ufw" : name.startsWith("firewallcmd") ? "firewalld" : "iptables";
  const why = isTool ? "it stands beside them and takes many bans at once" : "it needs `nft` alone";
  return {
    calls: [call("nftables")],
    module: "std/nftables",
    closes: isAll ? "all" : "ports",
    understood: ofFirewalls,
    help: isSame ? null : `${why}; the other way is \`use std/${other}\` and \`do ${other}\``,
  };
}

function withAll(name: string, module: string, understood: string[], help: string): Counterpart {
  return {
    calls: [call(name)],
    module,
    closes: "all",
    understood: [...understood, ...ofFirewalls],
    help,
  };
}

function mail(args: ReadonlyMap<string, string>): Counterpart | Lost {
  const dest = args.get("dest") ?? "root";
  const to = dest.split(/[\s,;]+/).filter((one) => one !== "");
  if (to.length === 0 || !to.every((one) => mailbox.test(one))) {
    return { lost: 'write `mail(to: "ADDRESS")`: its `dest` is no address' };
  }
  return {
    calls: [...new Set(to)].map((one) => call("mail", { to: one })),
    module: "std/notify",
    closes: "nothing",
    understood: ["dest", "sender", "protocol", "port", "chain", "logpath", "sendername", "mailcmd"],
    help: "one a ban, from the host's own sender, without whois and lines: `bans --why ADDRESS` shows them",
  };
}

function abuseipdb(args: ReadonlyMap<string, string>): Counterpart {
  const categories = (args.get("abuseipdb_category") ?? "").replaceAll(" ", "");
  const known = /^\d{1,2}(?:,\d{1,2})*$/.test(categories);
  return {
    calls: [call("abuseipdb", known ? { categories } : {})],
    module: "std/abuseipdb",
    closes: "nothing",
    understood: ["abuseipdb_apikey", ...(known ? ["abuseipdb_category"] : [])],
    help: null,
    secret: "F2B_ABUSEIPDB_KEY",
  };
}

function cloudflare(args: ReadonlyMap<string, string>): Counterpart | Lost {
  const zone = args.get("cfzone") ?? "";
  if (!/^[0-9a-f]{32}$/.test(zone)) {
    return { lost: 'write `cloudflare(zone: "...")`: its `cfzone` is no zone\'s id' };
  }
  return {
    calls: [call("cloudflare", { zone })],
    module: "std/cloudflare",
    closes: "all",
    understood: ["cfzone", "cftoken"],
    help: "rules of one zone, by its token",
    secret: "F2B_CLOUDFLARE_TOKEN",
  };
}
