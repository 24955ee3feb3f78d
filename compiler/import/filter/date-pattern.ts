/**
 * One line of `datepattern` -> the `time` of a `format lines`.
 *
 * In: the line. Out: where the stamp is looked for and its pattern, or what has no counterpart and where it stands. Fail2ban's patterns are
 * regular expressions with strptime's letters; those of f2b are templates. What a line of this kind can match besides stamps is
 * translated part by part; the group that Fail2ban cuts out is what stands between `{keep ...}`.
 */
export type TimePlace = "start" | "leading" | "anywhere";

export interface TimeForm {
  /** Null: every record, with or without a stamp. */
  readonly place: TimePlace | null;
  /** Null: the automatic forms. */
  readonly pattern: string | null;
  /** What the pattern reads more generously than the original; empty as a rule. */
  readonly wider: readonly string[];
}

/** Whether anything in the line can be a part of a time: where nothing is, Fail2ban finds no stamp. */
export function tellsTime(line: string): boolean {
  return /%|\{(?:DATE|L?EPOCH|DEFAULT|NONE)\}|\(\?P<\w+>|\(\)|^(?:\{\^LN-BEG\}|\^)*(?:L?EPOCH|TAI64N)?$/i.test(
    line,
  );
}

export interface NoTimeForm {
  readonly index: number;
  readonly construct: string;
}

const lineBegin = "{^LN-BEG}";

/** Whole patterns with names of their own, in any case. */
const named: ReadonlyMap<string, string> = new Map([
  ["EPOCH", "{epoch}"],
  ["LEPOCH", "{epoch}"],
  ["TAI64N", "{tai64n}"],
]);

/** Letters that both have; `%Ex` forms are the same with a fixed number of digits. */
const letters = "YmdHIMSybBaApjfzZkl";

export function translateDatePattern(line: string): TimeForm | NoTimeForm {
  let place: TimePlace = "anywhere";
  let from = 0;
  if (line.startsWith(lineBegin)) {
    place = "leading";
    from = lineBegin.length;
  } else if (line.startsWith("{UNB}")) from = "{UNB}".length;
  if (line[from] === "^") {
    place = "start";
    from++;
  }
  const rest = line.slice(from);
  if (rest === "{NONE}") return { place: null, pattern: null, wider: [] };
  if (rest === "" || rest === "{DEFAULT}" || rest === "{DATE}") {
    return { place, pattern: null, wider: [] };
  }
  const whole = named.get(rest.toUpperCase());
  if (whole !== undefined) return { place, pattern: whole, wider: [] };
  const reader = new Reader(line, from);
  const pattern = reader.readAll();
  return reader.problem ?? { place, pattern: pattern ?? "", wider: [...reader.wider] };
}

class Reader {
  readonly #text: string;
  #at: number;
  /** The text of the cut group, when there is one; what stands around it is kept. */
  #before: string | null = null;
  #cut = "";
  readonly #groups = new Map<string, string>();
  readonly wider = new Set<string>();
  problem: NoTimeForm | null = null;

  constructor(text: string, from: number) {
    this.#text = text;
    this.#at = from;
  }

  readAll(): string | null {
    const all = this.#row();
    if (this.problem === null && this.#at < this.#text.length)
      this.#refuse(this.#text[this.#at] ?? "");
    if (this.problem !== null) return null;
    if (this.#before === null) return all;
    const keep = (text: string) => (text === "" ? "" : `{keep ${text}}`);
    return keep(this.#before) + this.#cut + keep(all);
  }

  /** Up to a `)`, a `|` or the end. */
  #row(): string {
    let out = "";
    while (this.problem === null && this.#at < this.#text.length && !/[)|]/.test(this.#here())) {
      const start = this.#at;
      if (this.#text.startsWith("(", start) && this.#text[start + 1] !== "?") {
        out = this.#cutGroup(out);
        continue;
      }
      const atom = this.#atom();
      const part = this.#quantified(atom, start);
      // A run takes all it can and gives nothing back, so what it has taken is not asked for again.
      if (isTaken(out, part))
        this.wider.add("a separator may lack what the run before it has taken");
      else out += part;
    }
    return out;
  }

  /** `(...)`: the first is what is cut out; what comes behind it begins anew. */
  #cutGroup(before: string): string {
    const start = this.#at;
    this.#at++;
    const inside = this.#alternatives();
    const optional = /^\?\??/.exec(this.#text.slice(this.#at));
    this.#at += optional?.[0].length ?? 0;
    const isRepeated = /^[*+{]/.test(this.#here()) && !this.#text.startsWith("**", this.#at);
    if (this.#before !== null || isRepeated) {
      this.#refuse("a second group");
      this.#at = Math.max(this.#at, start + 1);
      return "";
    }
    this.#before = before;
    this.#cut = optional === null ? inside : `{?${inside}}`;
    return "";
  }

  /** Behind an open parenthesis, up to and with its partner. */
  #alternatives(): string {
    const rows = [this.#row()];
    while (this.#here() === "|") {
      this.#at++;
      rows.push(this.#row());
    }
    if (this.#here() !== ")") this.#refuse("(");
    this.#at++;
    if (rows.length === 1) return rows[0] ?? "";
    const held = rows.map((row) => row.replace(/\{\{|%%/g, ""));
    if (held.some((row) => /%|\{(?:time|epoch|tai64n)\}/.test(row))) this.#refuse("|");
    if (held.some((row) => row.includes("{"))) {
      this.wider.add("of alternatives several or none may stand");
      return rows.map((row) => (row === "" ? "" : `{?${row}}`)).join("");
    }
    return `{${rows.filter((row) => row !== "").join("|")}}`;
  }

  #atom(): string {
    const text = this.#text.slice(this.#at);
    const take = (length: number, by: string) => {
      this.#at += length;
      return by;
    };
    const hole = /^\{(DATE|L?EPOCH)\}/.exec(text);
    if (hole !== null) return take(hole[0].length, hole[1] === "DATE" ? "{time}" : "{epoch}");
    if (text.startsWith("%")) return this.#letter(text);
    const back = /^\(\?P=(\w+)\)/.exec(text);
    if (back !== null) {
      const same = this.#groups.get(back[1] ?? "");
      if (same === undefined) this.#refuse(back[0]);
      if (same?.startsWith("{")) this.wider.add("two separators may differ");
      return take(back[0].length, same ?? "");
    }
    const open = /^\(\?(?::|P<(\w+)>)/.exec(text);
    if (open !== null) {
      this.#at += open[0].length;
      const inside = this.#alternatives();
      const [, name] = open;
      // A group that is called as a letter is read as that letter.
      if (name?.length === 1 && letters.includes(name)) return `%${name}`;
      if (name !== undefined) this.#groups.set(name, inside);
      return inside;
    }
    if (text.startsWith("(?")) {
      this.#refuse(/^\(\?(?:<?[=!]|.)/.exec(text)?.[0] ?? "(?");
      return "";
    }
    const set = /^\[(\^?)((?:\\.|[^\]\\])(?:\\.|[^\]\\])*)\]/.exec(text);
    if (set !== null) return this.#class(set[0], set[1] === "^", set[2] ?? "");
    const escaped = /^\\(.)/.exec(text);
    if (escaped !== null) return this.#escape(escaped[1] ?? "");
    if (text.startsWith("**")) return take(2, "");
    if (/^\$$/.test(text)) return take(1, "");
    if (text.startsWith(".") && !/^\.[*+?{]/.test(text)) return take(1, ".");
    if (/^[.^$*+?]/.test(text)) {
      this.#refuse(text[0] ?? "");
      return take(1, "");
    }
    return take(1, literal(text[0] ?? ""));
  }

  #letter(text: string): string {
    const found = /^%(?:Ex)?([A-Za-z])/.exec(text);
    if (found === null || !letters.includes(found[1] ?? "")) {
      this.#refuse(text.slice(0, found?.[0].length ?? 2));
      this.#at++;
      return "";
    }
    this.#at += found[0].length;
    return `%${found[1]}`;
  }

  #escape(char: string): string {
    this.#at += 2;
    if (char === "s") return " ";
    if (char === "S") return "{word}";
    if (char === "d") return "{int}";
    if (char === "b") return "";
    if (/[A-Za-z0-9]/.test(char)) this.#refuse(`\\${char}`);
    return literal(char);
  }

  #class(whole: string, isNegated: boolean, inside: string): string {
    this.#at += whole.length;
    if (/\\[A-Za-z]|[^\\]-[^\]]/.test(inside.replace(/^-/, ""))) this.#refuse(whole);
    const chars = [...inside.replace(/\\(.)/g, "$1")];
    if (isNegated) return `{not ${chars.map(literal).join("")}}`;
    return chars.length === 1 ? literal(chars[0] ?? "") : `{${chars.map(literal).join("|")}}`;
  }

  /** The atom with its quantifier; one that f2b reads as a run has its `+` already. */
  #quantified(atom: string, start: number): string {
    const quantifier = /^(?:[?*+]|\{(\d+)(,?)(\d*)\})\??/.exec(this.#text.slice(this.#at));
    const isRun = /^(?: |\{(?:not [^{}]*|word|int)\})$/.test(atom);
    if (quantifier === null || this.#text.startsWith("**", this.#at)) {
      if (/^\{(?:not |word|int)/.test(atom)) this.wider.add("a single character became a run");
      return atom;
    }
    this.#at += quantifier[0].length;
    const sign = quantifier[0][0];
    if (sign === "?") return atom === "" ? "" : `{?${atom}}`;
    if (sign === "*" && isRun) return `{?${atom}}`;
    if (sign === "+" && isRun) return atom;
    const [, least = "0", comma, most = ""] = quantifier;
    if (sign === "{" && isRun && Number(least) > 0) {
      this.wider.add("a run may have any length");
      return atom;
    }
    // A part with a fixed number of turns: `(?:\S+ ){2}`.
    if (sign === "{" && comma === "" && Number(least) <= 9 && !/^[^{}%]$/.test(atom)) {
      return atom.repeat(Number(least));
    }
    if (sign === "{" && /^[^{}%]$/.test(atom)) {
      const to = comma === "" ? Number(least) : most === "" ? Number(least) + 9 : Number(most);
      const words = Array.from({ length: Math.min(20, to - Number(least) + 1) }, (_, n) =>
        atom.repeat(Number(least) + n),
      ).filter((word) => word !== "");
      return words.length === 1 ? (words[0] ?? "") : `{${words.join("|")}}`;
    }
    this.#refuse(this.#text.slice(start, this.#at));
    return "";
  }

  #here(): string {
    return this.#text[this.#at] ?? "";
  }

  #refuse(construct: string): void {
    this.problem ??= { index: Math.min(this.#at, this.#text.length - 1), construct };
  }
}

/** Does the run at the end of `before` take this literal? */
function isTaken(before: string, part: string): boolean {
  const run = /\{(?:not ([^{}]+)|(word)|(int))\}\}*$/.exec(before);
  if (run === null || !/^[^{}%]$/.test(part)) return false;
  const [, chars, word] = run;
  if (chars !== undefined) return !chars.includes(part);
  return word === undefined ? /\d/.test(part) : !/\s/.test(part);
}

function literal(char: string): string {
  if (char === "{" || char === "}" || char === "%") return char + char;
  return char;
}
