/**
 * Whatever stands in a configuration: importing it ends, in findings or in a policy; and a policy that it writes is read, checked and printed as any other.
 *
 * Files are rows of bytes, rows of what such files hold, and filters put together from Python's constructs. F2B_RUNS says how many of each.
 */
import fc from "fast-check";
import t from "tap";
import { parse } from "../../compiler/1-read/parse.ts";
import { print } from "../../compiler/1-read/print.ts";
import { readSource } from "../../compiler/1-read/read-source.ts";
import { Diagnostics } from "../../compiler/diagnostics/diagnostic.ts";
import { renderDiagnostic } from "../../compiler/diagnostics/render.ts";
import type { ConfigFiles } from "../../compiler/import/config/layers.ts";
import { type Imported, importFilter } from "../../compiler/import/import-filter.ts";
import { importJails } from "../../compiler/import/import-jails.ts";
import { writeJails } from "../../compiler/import/jail/write-jails.ts";
import { proveAddresses } from "../../compiler/lint/address-proof.ts";
import { checkText } from "../2-check/compile-text.ts";
import { automatonCost } from "./conformance/run.ts";
import { pythonPattern } from "./generate-python.ts";
import { makeRandom } from "./seed.ts";
import { missing, stockNames } from "./stock.ts";
import { importStock } from "./stock-import.ts";

t.setTimeout(600_000);
const runs = Number(process.env["F2B_RUNS"] ?? 200);

type Texts = Readonly<Record<string, Uint8Array | string>>;

function filesOf(texts: Texts): ConfigFiles {
  return {
    read: (name) => (Object.hasOwn(texts, name) ? Buffer.from(texts[name] ?? "") : null),
    list: (folder) =>
      Object.keys(texts)
        .filter((name) => name.startsWith(`${folder}/`))
        .map((name) => name.slice(folder.length + 1)),
  };
}

function importFrom(texts: Texts, args: Readonly<Record<string, string>> = {}): Imported {
  return importFilter("door", new Map(Object.entries(args)), filesOf(texts), automatonCost);
}

/** Null: the findings can be shown, and what is written is a policy like any other. */
function problemOf({
  text,
  diagnostics,
  sources,
  name,
}: Pick<Imported, "text" | "diagnostics" | "sources" | "name">): string | null {
  for (const one of diagnostics.sorted()) renderDiagnostic(one, sources);
  if (text === null) return diagnostics.hasErrors ? null : "no text, and no error that says why";
  const { policy, findings } = checkText(text);
  const proof = new Diagnostics();
  if (policy !== null) proveAddresses(policy, proof, false);
  const errors = [...findings, ...proof.sorted()].filter((one) => one.severity === "error");
  if (policy === null || errors.length > 0) {
    return `${name}: ${errors.map((one) => one.message).join("; ")}\n${text}`;
  }
  const tree = parse(readSource("a.f2b", Buffer.from(text), new Diagnostics()), new Diagnostics());
  const printed = print(tree);
  const second = new Diagnostics();
  const again = print(parse(readSource("a.f2b", Buffer.from(printed), second), second));
  if (second.hasErrors || again !== printed) return `prints differently:\n${printed}\n${again}`;
  const meaning = (one: typeof policy) =>
    JSON.stringify(one, (key, value) => (["at", "files"].includes(key) ? undefined : value));
  const other = checkText(printed).policy;
  return other !== null && meaning(other) === meaning(policy) ? null : `means another:\n${printed}`;
}

function holds(texts: Texts, args: Readonly<Record<string, string>> = {}): void {
  const problem = problemOf(importFrom(texts, args));
  if (problem !== null) throw new Error(`${problem}\nfrom ${JSON.stringify(texts)}`);
}

t.test("bytes", async () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.string({ unit: "binary", maxLength: 80 }),
  );
  fc.assert(
    fc.property(bytes, bytes, (conf, local) => {
      holds({ "filter.d/door.conf": conf, "filter.d/door.local": local });
      holds({
        "filter.d/door.conf": Buffer.concat([
          Buffer.from("[Definition]\nfailregex = "),
          Buffer.from(conf),
        ]),
      });
    }),
    { numRuns: runs },
  );
});

const names = [
  "failregex",
  "prefregex",
  "ignoreregex",
  "datepattern",
  "maxlines",
  "journalmatch",
  "_daemon",
  "a",
  "b",
  "mode",
  "before",
  "after",
];
const values = [
  "^refused <HOST>$",
  "^x <ADDR>",
  "%(a)s",
  "<a>",
  "<b>/<mdre-<mode>>",
  "%(known/a)s",
  "%(lt/b)s",
  "%%",
  "%",
  "<F-USER>\\S+</F-USER>",
  "<F-CONTENT>.+</F-CONTENT>$",
  "^<F-MLFID>d</F-MLFID>",
  "(",
  "[",
  "\\",
  "{^LN-BEG}%%Y-%%m-%%d",
  "{NONE}",
  "^%%d (?:a|b)",
  "2",
  "x.conf",
  "door.conf",
  "/etc/passwd",
  "..",
  "u=x + y",
  "# no",
  "x ; note",
  "\u202e",
  "</F-USER>",
  "<SKIPLINES>",
  "é{2,1}",
  "\t",
  "[Definition]",
];
const line = fc.oneof(
  fc.constantFrom(
    "[Definition]",
    "[Init]",
    "[DEFAULT]",
    "[INCLUDES]",
    "[Init?family=inet6]",
    "[lt]",
    "",
    "# why",
    "; why",
    "]",
    "   ",
  ),
  fc
    .tuple(fc.constantFrom(...names), fc.constantFrom("=", " = ", ":"), fc.constantFrom(...values))
    .map((parts) => parts.join("")),
  fc.array(fc.constantFrom(...values), { maxLength: 3 }).map((parts) => `   ${parts.join("")}`),
);
const file = fc.array(line, { maxLength: 14 }).map((lines) => `${lines.join("\n")}\n`);

t.test("rows of what configurations hold", async () => {
  fc.assert(
    fc.property(
      file,
      file,
      fc.constantFrom({}, { mode: "b", a: "^q <ADDR>" }),
      (conf, local, args) => {
        holds(
          {
            "filter.d/door.conf": `[Definition]\n${conf}`,
            "filter.d/door.local": local,
            "filter.d/x.conf": conf,
          },
          args,
        );
      },
    ),
    { numRuns: runs },
  );
});

const jailOptions = [
  ...["filter", "logpath", "backend", "journalmatch", "logencoding", "logtimezone", "usedns"],
  ...["maxretry", "findtime", "bantime", "bantime.increment", "bantime.maxtime"],
  ...["bantime.formula", "bantime.factor", "bantime.multipliers", "bantime.rndtime"],
  ...["ignoreip", "ignoreself", "ignorecommand", "port", "[404]"],
];
const jailValues = [
  ...["true", "false", "-1", "0", "5", "1h 30m", "1.5h", "1e3", "9999999y", "99999999999"],
  ...["/var/log/a.log tail", "/var/log/*.log", "b.log", "/a\n  /b head", "systemd", "auto"],
  ...["_COMM=a + _COMM=b", '_COMM="a b"', "ban.Time * 2**ban.Count", "1 5 30", "(", "1/0"],
  ...["192.0.2.1/8 ::1,x.example", "file:/a", "file:a", "999.1.1.1", "::ffff:192.0.2.1/96"],
  ...["UTC+0200", "yes", "raw", "latin-1", "door"],
];
const jailActions = [
  ...["nftables[port=ssh]", "ufw x.py[a='b", "%(banaction)s[port=1:2]", "route\n  mail[dest=a]"],
  ...["abuseipdb[k=s3cret]", "own[key=s3cret]", "cf[key=s3cret%x]", "cf[key=%(s3cret)s]", ""],
  ...["own key=s3cret", "own[key=a]b s3cret", "own[k='it's s3cret'] mail"],
];
const anyValue = fc.string({ maxLength: 12 }).map((text) => text.replaceAll("\n", " "));
const jailLine = fc
  .oneof(
    fc.tuple(fc.constantFrom(...jailOptions), fc.oneof(fc.constantFrom(...jailValues), anyValue)),
    fc.tuple(
      fc.constantFrom("action", "banaction"),
      fc.oneof(fc.constantFrom(...jailActions), anyValue),
    ),
  )
  .map(([name, value]) => `${name} = ${value}\n`);

t.test("jails", async (t) => {
  let written = 0;
  const jailText = fc.uniqueArray(jailLine, {
    selector: (line) => line.slice(0, line.indexOf("=")),
    maxLength: 10,
  });
  fc.assert(
    fc.property(file, jailText, jailText, fc.string(), (conf, door, gate, name) => {
      const heading = name.replace(/[\]\n\r[]/g, "") || "404";
      const files = filesOf({
        "jail.conf": `[DEFAULT]\nlogpath = /var/log/x.log\naction = nftables\nfilter = door\n${door.join("")}[door]\nenabled = 1\n`,
        "jail.d/a.conf": `[${heading}]\nenabled = yes\n${gate.join("")}`,
        "jail.local": "[recidive]\nenabled = true\nfilter = recidive\n",
        "filter.d/door.conf": `[Definition]\nfailregex = ^refused <HOST>$\n${conf}`,
        "filter.d/recidive.conf": "[Definition]\nfailregex = Ban <HOST>$\n",
      });
      const all = importJails({ names: null, args: [], files, costOf: () => automatonCost });
      const found = [all, ...all.filters, ...all.jails].flatMap((one) => one.diagnostics.sorted());
      const shown = found.map((one) => renderDiagnostic(one, all.sources));
      const parts = all.filters.map((one) => one.text ?? "");
      const text = [
        writeJails(
          all.jails.map(({ draft }) => draft),
          [],
        ),
        ...parts,
      ].join("\n");
      if (text.includes("s3cret")) throw new Error(`a key is written:\n${text}`);
      const leaks = found.filter(({ code }) => code >= "F2B1521" && code < "F2B1600");
      if (leaks.some((one) => /key=s3cret/.test(renderDiagnostic(one, all.sources)))) {
        throw new Error(`a key is shown:\n${shown.join("\n")}`);
      }
      if (all.jails.length === 0) return;
      const { diagnostics } = all;
      const problem = problemOf({ text, diagnostics, sources: all.sources, name: "jails" });
      if (problem !== null) throw new Error(problem);
      written++;
    }),
    { numRuns: runs },
  );
  t.ok(written > runs / 16, `${written} were written`);
});

t.test("filters of Python's constructs", async (t) => {
  let written = 0;
  fc.assert(
    fc.property(fc.nat(), fc.nat(3), (seed, more) => {
      const random = makeRandom(seed + 1);
      const patterns = Array.from({ length: 1 + more }, () => `${pythonPattern(random)} <ADDR>`);
      const escaped = (pattern: string) => pattern.replaceAll("%", "%%").replace(/(?<=\s);/g, "x");
      const [prefix = ""] = patterns;
      const conf = `[Definition]
_daemon = door|gate
part = ${escaped(pythonPattern(random))}
prefregex = ^<_daemon>: <F-CONTENT>.+</F-CONTENT>$
failregex = ${patterns.map(escaped).join("\n  ")}
  ^(?:<_daemon>) %(part)s from <HOST>$
ignoreregex = ${escaped(prefix)}
`;
      const imported = importFrom({ "filter.d/door.conf": conf });
      if (imported.text !== null) written++;
      const problem = problemOf(imported);
      if (problem !== null) throw new Error(`${problem}\nfrom ${conf}`);
    }),
    { numRuns: Math.ceil(runs / 4) },
  );
  t.ok(written > runs / 16, `${written} were written`);
});

t.test("stock filters", { skip: missing }, async (t) => {
  for (const name of stockNames()) t.equal(problemOf(importStock(name)), null, name);
});
