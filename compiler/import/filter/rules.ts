/**
 * The regular expressions of a filter -> drafts of its frame and its rules.
 *
 * In: the options as read. Out: drafts in the order of the original, each with its f2b regex or with why it has none. What Fail2ban's session
 * tags say becomes the rule's kind: a NOFAIL is a `note`, a GAINED a `clear`, a FORGET an `end`; where a tag depends on the line, the
 * pattern becomes several rules, to be tried in this order.
 */
import { importing } from "../../diagnostics/catalogue/importing.ts";
import { migrating } from "../../diagnostics/catalogue/migrating.ts";
import type { Diagnostics } from "../../diagnostics/diagnostic.ts";
import type { FilterOptions } from "../config/read-filter.ts";
import type { Places, Traced } from "../config/traced.ts";
import { type Translated, translate, translateByRole } from "../python-regex/translate.ts";
import { nodesOf, type Role } from "../python-regex/tree.ts";
import type { NamedRegex } from "./lets.ts";
import { templateOf } from "./template.ts";

export type DraftKind = "fail" | "note" | "clear" | "ignore";

export interface DraftRegex extends NamedRegex {
  /** What stands between the slashes when no `let` stands in it. */
  readonly source: string;
  /** What a frame adds to it. */
  readonly wrap: (source: string) => string;
  /** A line could stall it: it is matched in linear time. */
  readonly linear: boolean;
  /** The text of a template that says exactly the same; null: there is none. */
  readonly template: string | null;
}

export interface Draft {
  readonly kind: DraftKind;
  readonly end: boolean;
  /** Null: left out, and reported. */
  readonly regex: DraftRegex | null;
  /** As it stood, substituted. */
  readonly original: Traced;
}

export interface Drafts {
  readonly frame: DraftRegex | null;
  /** The pattern of a frame that could not be translated. */
  readonly lostFrame: Traced | null;
  readonly hasSession: boolean;
  readonly rules: readonly Draft[];
}

interface Drafting {
  readonly places: Places;
  readonly diagnostics: Diagnostics;
  /** Python's flags for failregex. */
  readonly flags: string;
}

const sessionGroup = "session";

export function draftRules(
  options: FilterOptions,
  places: Places,
  diagnostics: Diagnostics,
): Drafts {
  const drafting = { places, diagnostics, flags: options.maxlines > 1 ? "m" : "" };
  const prefix = options.prefregex === null ? null : prefixOf(options.prefregex, drafting);
  const isPrefixLost = prefix === null && options.prefregex !== null;
  const parts = options.failregex.map((original) => {
    const pieces = piecesOf(original, drafting);
    if (pieces === null || isPrefixLost) return { original, pieces };
    const isNamed = [...(prefix === null ? [] : [prefix]), ...pieces].some(namesWho);
    if (!isNamed) reportNobody(original, drafting);
    return { original, pieces: isNamed ? pieces : null };
  });
  const all = [...(prefix === null ? [] : [prefix]), ...parts.flatMap((part) => part.pieces ?? [])];
  const hasSession = all.some((one) => one.groups.includes(sessionGroup));
  const ignores = options.ignoreregex.map((original): Draft => {
    const found = ignoreOf(original, drafting);
    const regex = found === null ? null : draftRule(found, drafting);
    return { kind: "ignore", end: false, regex, original };
  });
  const rules = parts.flatMap(({ original, pieces }): Draft[] => {
    if (pieces === null) return [{ kind: "fail", end: false, regex: null, original }];
    return pieces.map((piece) => {
      const regex = draftRule(piece, drafting);
      return { ...kindOf(piece, hasSession, prefix), regex, original };
    });
  });
  return {
    frame: prefix === null ? null : frameOf(prefix),
    lostFrame: prefix === null ? options.prefregex : null,
    hasSession,
    rules: [...ignores, ...rules],
  };
}

/** A frame holds for every rule: what it says of the line, it must say of each. */
function prefixOf(original: Traced, drafting: Drafting): Translated | null {
  const found = translated(original, drafting, "prefregex", "");
  const open = found?.roles.find(({ truth, role }) => truth === "depends" && isOfSession(role));
  if (open === undefined) return found;
  const index = Math.max(0, original.text.search(/<F-(?:NOFAIL|MLFGAINED|MLFFORGET)>/));
  const construct = `the role ${open.role} where only some lines have it`;
  const wayOut = "let each failregex say it";
  report({ construct, index, wayOut }, original, drafting, "prefregex");
  return null;
}

/** Of several lines Fail2ban shows it those that matched, f2b the window. */
function ignoreOf(original: Traced, drafting: Drafting): Translated | null {
  if (drafting.flags === "") return translated(original, drafting, "ignoreregex", "");
  const construct = "an ignoreregex beside maxlines";
  const wayOut = "put what must not stand there into the failregex: (?!...)";
  report({ construct, index: 0, wayOut }, original, drafting, "ignoreregex");
  return null;
}

/** Who it was, or by which session that will be known. */
function namesWho({ tree, groups }: Translated): boolean {
  const isWho = (group: string) => /^(?:address|host|id|session)(?:_\d+)?$/.test(group);
  const nobody: readonly string[] = ["cidr", "skiplines"];
  return (
    groups.some(isWho) ||
    [...nodesOf(tree)].some((node) => node.type === "tag" && !nobody.includes(node.tag))
  );
}

function reportNobody(original: Traced, { places, diagnostics }: Drafting): void {
  const found = /<host>|\(\?P<host>|<F-HOST>|<ip>|<addr>/i.exec(
    original.text.replaceAll("<HOST>", ""),
  );
  const at = places.span(original.places[0] ?? 0, original.lines()[0]?.text.length ?? 1);
  diagnostics.add(importing.namesNobody, at, { found: found?.[0] ?? null });
}

function isOfSession(role: Role): boolean {
  return role !== "session" && role !== "content";
}

function kindOf(
  piece: Translated,
  hasSession: boolean,
  prefix: Translated | null,
): Pick<Draft, "kind" | "end"> {
  const uses = [...piece.roles, ...(prefix?.roles ?? [])];
  const holds = (role: string) => uses.some((use) => use.role === role && use.truth !== "never");
  const kind = holds("gained") ? "clear" : holds("nofail") ? "note" : "fail";
  return { kind, end: hasSession && holds("forget") };
}

/** Templates see one message; in a window there may be several. */
function draftRule(found: Translated, { flags }: Drafting): DraftRegex {
  const { tree, printing } = found;
  const template = flags === "" ? templateOf(tree, found.flags, printing.nameOf) : null;
  return { ...draftRegex(found), template };
}

function draftRegex(
  { source, flags, labelled, printing }: Translated,
  wrap = (text: string) => text,
): DraftRegex {
  return { source: wrap(source), flags, labelled, printing, wrap, linear: false, template: null };
}

/** The pattern as pieces in which each session tag takes part or does not; null after reporting. */
function piecesOf(original: Traced, drafting: Drafting): readonly Translated[] | null {
  const whole = translated(original, drafting, "failregex", drafting.flags);
  if (whole === null) return null;
  const open = whole.roles.find(({ role, truth }) => truth === "depends" && isOfSession(role));
  if (open === undefined) return [whole];
  const { flags } = drafting;
  const split = translateByRole(original.text, open.role, { flags, labels: original.marks });
  if (split.ok) return split.pieces;
  report(split, original, drafting, "failregex");
  return null;
}

function translated(
  original: Traced,
  drafting: Drafting,
  option: string,
  flags: string,
): Translated | null {
  const result = translate(original.text, { flags, labels: original.marks });
  if (!result.ok) {
    report(result, original, drafting, option);
    return null;
  }
  const at = drafting.places.span(original.places[0] ?? 0);
  for (const what of result.remarks)
    drafting.diagnostics.add(migrating.captureDiffers, at, { what });
  return result;
}

function report(
  { construct, index, wayOut }: { construct: string; index: number; wayOut: string },
  original: Traced,
  { places, diagnostics }: Drafting,
  option: string,
): void {
  const at = places.span(original.places[index] ?? original.places[0] ?? 0);
  diagnostics.add(migrating.noTranslation, at, { option, construct, wayOut });
}

/** A frame has a group for the message; a prefregex without one only says which lines are looked at. */
function frameOf(prefix: Translated): DraftRegex {
  if (prefix.groups.includes("message")) return draftRegex(prefix);
  const isTied = prefix.source.startsWith("^") && !prefix.source.includes("|");
  const wrap = (source: string) =>
    `^(?=${isTied ? source.slice(1) : `[^]*?(?:${source})`})(?<message>[^]*)$`;
  return draftRegex(prefix, wrap);
}
