/**
 * `logpath`, `backend`, `journalmatch` and `logtimezone` -> what a jail watches.
 *
 * Out: statements; none where Fail2ban has nothing to read either, which the caller reports. `backend = systemd` reads the journal and no file; so does, without a log, a jail
 * that says what to match. A log that is new to Fail2ban is read from where its window begins, as f2b reads it, or with `tail` from its end.
 */

import { absent } from "../../../runtime/time/parts.ts";
import { zoneNameMinutes } from "../../../runtime/time/zone-names.ts";
import { importingJails as catalogue } from "../../diagnostics/catalogue/importing-jails.ts";
import { type Statement, text, watch } from "./nodes.ts";
import type { JailOptions } from "./options.ts";

/** `filterMatch` is the filter's own `journalmatch`, one a line, for a jail without one. */
export function watchStatements(options: JailOptions, filterMatch: readonly string[]): Statement[] {
  const encoding = options.text("logencoding");
  if (!/^(?:|auto|utf-?8|ascii|us-ascii|c|posix)$/i.test(encoding)) {
    options.lose(catalogue.otherEncoding, "logencoding", { encoding });
  }
  const backend = options.text("backend");
  const own = options.text("journalmatch");
  const matches = own === "" ? filterMatch : own.split("\n");
  const isJournal = /^systemd/i.test(backend);
  if (isJournal) return [watchJournal(options, matches)];
  const files = watchFiles(options, readZone(options));
  return files.length === 0 && options.text("logpath") === "" && matches.length > 0
    ? [watchJournal(options, matches)]
    : files;
}

function watchJournal(options: JailOptions, matches: readonly string[]): Statement {
  const backend = options.text("backend");
  if (/\[\s*[^\]\s]/.test(backend)) {
    const what = "arguments of `backend` are left out: the host's own journal is read";
    options.lose(catalogue.journalDiffers, "backend", { what, found: backend });
  }
  const alternatives = matches
    .flatMap((line) => line.split(/\s\+(?=\s|$)/))
    .map((terms) => terms.trim().replace(/\s+/g, " "))
    .filter((terms) => terms !== "");
  const isPlain = alternatives.every((terms) =>
    /^[^\s"'\\=-][^\s"'\\]*=[^\s"'\\]*(?: [^\s"'\\=-][^\s"'\\]*=[^\s"'\\]*)*$/.test(terms),
  );
  if (!isPlain) {
    const found = matches.join(" ");
    options.report(catalogue.journalDiffers, options.value("journalmatch"), {
      what: "the whole journal is read: `journalmatch` is not made of plain `FIELD=value`",
      found,
    });
    options.left.push(`journalmatch = ${found}`);
  }
  const source =
    isPlain && alternatives.length > 0
      ? { kind: "journal" as const, by: "match" as const, values: alternatives.map(text) }
      : { kind: "journal" as const, by: null, values: [] };
  return watch(source, { as: "lines" });
}

function watchFiles(options: JailOptions, zone: string | null): Statement[] {
  const byStart = new Map<"start" | "end" | null, string[]>();
  for (const line of options
    .value("logpath")
    .lines()
    .map((one) => one.trim())) {
    if (line.isEmpty) continue;
    const [, path = "", word = ""] = /^(.*?)(?: (head|tail))?$/is.exec(line.text) ?? [];
    const why = /\s/.test(path)
      ? "behind a blank stands `head`, `tail` or nothing"
      : !path.startsWith("/")
        ? "it does not begin with `/`"
        : // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
          /[\u0000-\u001f\u007f]/.test(path)
          ? "it has control characters"
          : null;
    if (why !== null) {
      options.report(catalogue.badLog, line, { path, why });
      options.left.push(`logpath = ${line.text}`);
      continue;
    }
    const from = word === "" ? null : word.toLowerCase() === "tail" ? "end" : "start";
    byStart.set(from, [...(byStart.get(from) ?? []), path]);
  }
  return [...byStart].map(([from, paths]) =>
    watch({ kind: "file", paths: [...new Set(paths)].map(text) }, { zone, from }),
  );
}

const hoursMax = 14;

/** `UTC`, `UTC+0200`, `+02`, `+02:00`, `CET`: always one offset. */
function readZone(options: JailOptions): string | null {
  const written = options.text("logtimezone");
  if (written === "") return null;
  const found = /^([A-Z]{1,5})?(?:([+-])(\d\d)(?::?([0-5]\d))?)?$/.exec(written);
  const [, name, sign, hours = "0", minutes = "0"] = found ?? [];
  const named = name === undefined ? 0 : zoneNameMinutes(Buffer.from(name), 0, name.length);
  const more = (Number(hours) * 60 + Number(minutes)) * (sign === "-" ? -1 : 1);
  const offset = named + more;
  if (found === null || named === absent || Math.abs(offset) > hoursMax * 60) {
    options.lose(catalogue.badZone, "logtimezone", { found: written });
    return null;
  }
  if (offset === 0) return "UTC";
  const size = Math.abs(offset);
  const two = (number: number) => String(number).padStart(2, "0");
  return `${offset < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}
