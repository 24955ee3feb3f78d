/** F2B29xx: what the language has and this version does not carry out. */
import { entry } from "../diagnostic.ts";
import { sampleAction, sampleJail, suggest } from "./sample.ts";

const later =
  "The form is right and will not change. A policy that needs it waits for a version that carries it out; nothing of it is ignored in silence.";

export const checkVersion = {
  noServe: entry<object>({
    code: "F2B2901",
    severity: "error",
    message: () => "`serve` is not in this version",
    help: () => "take the line away",
    explain: later,
    bad: `serve metrics on "127.0.0.1:9217"\n${sampleJail()}`,
    good: sampleJail(),
  }),
  noFleet: entry<object>({
    code: "F2B2902",
    severity: "error",
    message: () => "`fleet` is not in this version",
    help: () => "take the block away",
    explain: later,
    bad: `fleet redis "rediss://redis.example.net" { share bans }\n${sampleJail()}`,
    good: sampleJail(),
  }),
  noWatch: entry<{ source: string }>({
    code: "F2B2903",
    severity: "error",
    message: ({ source }) => `\`watch ${source}\` is not in this version`,
    help: () => "watch a file, the journal or input",
    explain: later,
    bad: sampleJail({ watch: 'watch syslog on "127.0.0.1:5514"' }),
    good: sampleJail(),
  }),
  noStep: entry<{ verb: string }>({
    code: "F2B2904",
    severity: "error",
    message: ({ verb }) => `\`${verb}\` is not in this version`,
    help: () => "use `run`, `script`, `http`, `mail`, `write` or `log`",
    explain: later,
    bad: sampleAction('on ban { call "./tell.mjs" json { who: address } }'),
    good: sampleAction('on ban { log "banned {address}" }'),
  }),
  unknownService: entry<{ name: string; nearest?: string }>({
    code: "F2B2905",
    severity: "error",
    message: ({ name }) => `\`${name}\` is unknown here`,
    help: suggest,
    explain:
      "`serve` knows metrics and dashboard; `fleet` knows redis, `share bans` and `count failures`.",
    bad: `serve metric on "127.0.0.1:9217"\n${sampleJail()}`,
    good: sampleJail(),
  }),
  badListen: entry<object>({
    code: "F2B2906",
    severity: "error",
    message: () => "this is no address and port to listen on",
    help: () => 'write `"127.0.0.1:9217"`',
    explain: "An address (or localhost), a colon and a port; IPv6 stands in brackets.",
    bad: `serve metrics on "9217"\n${sampleJail()}`,
    good: sampleJail(),
  }),
};
