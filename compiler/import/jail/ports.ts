/**
 * `port` and `protocol` of an action -> the ports of a jail.
 *
 * In: `ssh`, `http,https`, `465`, `6000:6010`; `tcp`, `udp`. Out: ranges, null for all of them, and what is no port. Names are those of IANA's registry and of Debian's
 * /etc/services that jails use: a policy means the same on every host, so the host's own file is not asked.
 */
import type { PortRange } from "./nodes.ts";

const services = new Map(
  `ftp-data 20|ftp 21|ssh 22|telnet 23|smtp 25|mail 25|domain 53|tftp 69|http 80|www 80|kerberos 88|pop2 109|pop3 110|pop-3 110|sunrpc 111|auth 113|ident 113|nntp 119|ntp 123
netbios-ns 137|netbios-dgm 138|netbios-ssn 139|imap 143|imap2 143|imap4 143|snmp 161|irc 194|imap3 220|ldap 389|https 443|microsoft-ds 445|submissions 465|smtps 465|ssmtp 465
urd 465|isakmp 500|login 513|syslog 514|nntps 563|submission 587|ldaps 636|rsync 873|ftps-data 989|ftps 990|telnets 992|imaps 993|ircs 994|pop3s 995|socks 1080|openvpn 1194
ms-sql-s 1433|mssql 1433|nfs 2049|mysql 3306|ms-wbt-server 3389|svn 3690|sieve 4190|ipsec-nat-t 4500|sip 5060|sip-tls 5061|sips 5061|xmpp-client 5222|xmpp-server 5269|postgresql 5432
postgres 5432|amqp 5672|vnc 5900|ircd 6667|ircs-u 6697|http-alt 8080|webcache 8080|https-alt 8443|git 9418|webmin 10000|memcached 11211|mongodb 27017`
    .split(/[|\n]/)
    .map((row): readonly [string, number] => {
      const [name = "", port = ""] = row.split(" ");
      return [name, Number(port)];
    }),
);

export interface ReadPorts {
  /** Null: all ports. */
  readonly ranges: readonly PortRange[] | null;
  readonly unknown: readonly string[];
}

const portMax = 65_535;

export function readPorts(port: string, protocol: string): ReadPorts {
  const protocols = protocolsOf(protocol);
  const unknown: string[] = protocols === null ? [protocol] : [];
  const ranges: PortRange[] = [];
  for (const token of port.split(/[\s,{}]+/).filter((one) => one !== "")) {
    const range = readRange(token);
    if (range === null) unknown.push(token);
    else if (range.from <= 1 && range.to === portMax) return { ranges: null, unknown };
    else for (const one of protocols ?? []) ranges.push({ protocol: one, ...range });
  }
  return { ranges: ranges.length === 0 ? null : ranges, unknown };
}

/** Null: f2b tells only these apart. */
function protocolsOf(protocol: string): PortRange["protocol"][] | null {
  const names = protocol
    .toLowerCase()
    .split(/[\s,{}]+/)
    .filter((one) => one !== "");
  if (names.length === 0) return ["tcp"];
  if (names.includes("all") || (names.includes("tcp") && names.includes("udp"))) return [null];
  const known = names.filter((one) => one === "tcp" || one === "udp");
  return known.length === names.length ? known : null;
}

function readRange(token: string): { from: number; to: number } | null {
  const word = token.toLowerCase();
  if (word === "all" || word === "any") return { from: 1, to: portMax };
  const whole = readPort(word);
  if (whole !== null) return whole === 0 ? null : { from: whole, to: whole };
  const parts = /^([^:]+):([^:]+)$/.exec(word) ?? /^(\d+)-(\d+)$/.exec(word);
  const from = readPort(parts?.[1] ?? "");
  const to = readPort(parts?.[2] ?? "");
  return from === null || to === null || to < from || to === 0
    ? null
    : { from: Math.max(1, from), to };
}

function readPort(text: string): number | null {
  if (/^\d{1,5}$/.test(text)) return Number(text) <= portMax ? Number(text) : null;
  return services.get(text) ?? null;
}
