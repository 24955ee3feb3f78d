/**
 * Policy text -> tokens: the vocabulary of the language, a label on every token, nothing else.
 *
 * Keywords are soft: each belongs to the category `Name`, so it is a legal name wherever the grammar
 * asks for one. Only `hardWords` are not. No token but a regular expression begins with `/`.
 * Texts and regular expressions end at the line's end at the latest, closed or not: what is wrong
 * inside a token is told by compiler/1-read, so that one missing quote does not cost the file.
 * Groups repeat a bounded number of times: unbounded, ten megabytes of `1h` overflow V8's regexes.
 */
import { createToken, Lexer, type TokenType } from "chevrotain";

/**
 * Letters beyond ASCII are part of a word although no name may hold one: `jаil` with a Cyrillic а
 * is then one wrong word, not three. Listed as ranges, since the lexer's analysis reads no `\p{L}`.
 */
const foreign =
  "\\u00aa\\u00b5\\u00ba\\u00c0-\\u00d6\\u00d8-\\u00f6\\u00f8-\\u1fff" +
  "\\u2c00-\\u2dff\\u3040-\\ud7ff\\uf900-\\ufdff\\ufe70-\\ufefc\\uff10-\\uffdc";
const wordEnd = `(?![\\w${foreign}-])`;

/** Anything that can be a name: words and soft keywords. */
export const Name = createToken({ name: "Name", pattern: Lexer.NA, label: "a name" });

export const Word = createToken({
  name: "Word",
  pattern: new RegExp(`[A-Za-z0-9_${foreign}][\\w${foreign}-]*`),
  categories: [Name],
  label: "a name",
});

const white = createToken({ name: "White", pattern: /[ \t\r\n]+/, group: Lexer.SKIPPED });

/** Kept apart, not thrown away: `format.ts` puts comments back. */
export const Comment = createToken({ name: "Comment", pattern: /#[^\n]*/, group: "comments" });

/** Where a text or regular expression ends that begins at `start`, and whether it was closed. */
export function findQuotedEnd(source: string, start: number): { end: number; closed: boolean } {
  const quote = source[start];
  let inClass = false;
  for (let at = start + 1; at < source.length; at++) {
    const unit = source[at];
    if (unit === "\n") return { end: at, closed: false };
    if (unit === quote && !inClass) return { end: at + 1, closed: true };
    if (unit === "\\" && quote !== "`" && source[at + 1] !== "\n") at++;
    else if (quote === "/" && unit === "[") inClass = true;
    else if (quote === "/" && unit === "]") inClass = false;
  }
  return { end: source.length, closed: false };
}

/** A lexer function for what stands between two `quote`s and the letters that belong to it. */
function quoted(quote: string, suffix: RegExp) {
  return (source: string, start: number): [string] | null => {
    if (source[start] !== quote) return null;
    const { end, closed } = findQuotedEnd(source, start);
    if (!closed) return [source.slice(start, end)];
    suffix.lastIndex = end;
    return [source.slice(start, end) + (suffix.exec(source)?.[0] ?? "")];
  };
}

function quotedToken(name: string, quote: string, suffix: RegExp, label: string): TokenType {
  return createToken({
    name,
    pattern: quoted(quote, suffix),
    start_chars_hint: [quote],
    line_breaks: false,
    label,
  });
}

export const Text = quotedToken("Text", '"', /(?:i(?![\w-]))?/y, "a text");
export const Raw = quotedToken("Raw", "`", /(?:i(?![\w-]))?/y, "a raw text");
export const Regex = quotedToken("Regex", "/", /[A-Za-z]*/y, "a regular expression");

/** `192.0.2.0/24`, `2001:db8::1`; also what only looks like one, which 2-check refuses by name. */
export const Address = createToken({
  name: "Address",
  pattern:
    /(?:\d+(?:\.\d+){1,8}|(?=[\da-fA-F]{0,4}:[\da-fA-F]{0,4}:)[\da-fA-F:]+(?:\.\d+){0,8})(?:%\w+)?(?:\/\d+)?(?![\w-])/,
  start_chars_hint: [..."0123456789abcdefABCDEF:"],
  line_breaks: false,
  label: "an address",
});
export const Duration = createToken({
  name: "Duration",
  pattern: new RegExp(`(?:\\d+(?:w|d|h|ms|m|s)){1,16}${wordEnd}`),
  label: "a duration",
});
export const Int = createToken({
  name: "Int",
  pattern: new RegExp(`\\d+${wordEnd}`),
  label: "a number",
});
export const Family = createToken({
  name: "Family",
  pattern: /ipv[46]\/\d+(?![\w-])/,
  label: "a prefix length",
});
export const StdModule = createToken({
  name: "StdModule",
  pattern: /std\/[a-z0-9][\w/-]*/,
  label: "a module",
});
export const Path = createToken({
  name: "Path",
  pattern: /(?:\.(?:[A-Za-z_@][\w@-]*|"[^"\n]*")(?:\[\d+\]){0,8}){1,32}/,
  label: "a path",
});

function sign(name: string, image: string): TokenType {
  return createToken({ name, pattern: image, label: image });
}

export const LCurly = sign("LCurly", "{");
export const RCurly = sign("RCurly", "}");
export const LSquare = sign("LSquare", "[");
export const RSquare = sign("RSquare", "]");
export const LParen = sign("LParen", "(");
export const RParen = sign("RParen", ")");
export const Comma = sign("Comma", ",");
export const Colon = sign("Colon", ":");
export const Bar = sign("Bar", "|");
export const DotDot = sign("DotDot", "..");
export const Matches = sign("Matches", "=~");
export const Equal = sign("Equal", "==");
export const NotEqual = sign("NotEqual", "!=");
export const LessEqual = sign("LessEqual", "<=");
export const GreaterEqual = sign("GreaterEqual", ">=");
export const Less = sign("Less", "<");
export const Greater = sign("Greater", ">");
export const Assign = sign("Assign", "=");

/** The hints spare the lexer the analysis of a hundred expressions. */
function keyword(word: string, ...categories: TokenType[]): TokenType {
  const first = word[0] ?? "";
  return createToken({
    name: word === "address" ? "AddressWord" : first.toUpperCase() + word.slice(1),
    pattern: new RegExp(word + wordEnd),
    start_chars_hint: [first],
    line_breaks: false,
    categories,
    label: word,
  });
}

const soft = (word: string) => keyword(word, Name);
const hard = (word: string) => keyword(word);

export const Use = soft("use");
export const Let = soft("let");
export const Defaults = soft("defaults");
export const Jail = soft("jail");
export const Filter = soft("filter");
export const Action = soft("action");
export const Serve = soft("serve");
export const Fleet = soft("fleet");
export const Describe = soft("describe");
export const Format = soft("format");
export const Frame = soft("frame");
export const Session = soft("session");
export const Program = soft("program");
export const With = soft("with");
export const Time = soft("time");
export const Window = soft("window");
export const Last = soft("last");
export const None = soft("none");
export const Anywhere = soft("anywhere");
export const Leading = soft("leading");
export const Fail = soft("fail");
export const Note = soft("note");
export const Clear = soft("clear");
export const Ignore = soft("ignore");
export const As = soft("as");
export const Where = soft("where");
export const Weight = soft("weight");
export const End = soft("end");
export const When = soft("when");
export const Else = soft("else");
export const Test = soft("test");
export const Fails = soft("fails");
export const Passes = soft("passes");
export const Watch = soft("watch");
export const File = soft("file");
export const Journal = soft("journal");
export const Unit = soft("unit");
export const Identifier = soft("identifier");
export const Match = soft("match");
export const Bans = soft("bans");
export const Of = soft("of");
export const Syslog = soft("syslog");
export const Command = soft("command");
export const Input = soft("input");
export const Default = soft("default");
export const Zone = soft("zone");
export const From = soft("from");
export const Start = soft("start");
export const By = soft("by");
export const Ban = soft("ban");
export const Each = soft("each");
export const AddressWord = soft("address");
export const After = soft("after");
export const Failure = soft("failure");
export const Failures = soft("failures");
export const Distinct = soft("distinct");
export const Within = soft("within");
export const For = soft("for");
export const Doubling = soft("doubling");
export const To = soft("to");
export const Then = soft("then");
export const Jitter = soft("jitter");
export const Ever = soft("ever");
export const Never = soft("never");
export const Behind = soft("behind");
export const Observe = soft("observe");
export const Remember = soft("remember");
export const Across = soft("across");
export const Jails = soft("jails");
export const Ports = soft("ports");
export const All = soft("all");
export const Tcp = soft("tcp");
export const Udp = soft("udp");
export const Do = soft("do");
export const Resolve = soft("resolve");
export const Hosts = soft("hosts");
export const Given = soft("given");
export const Spares = soft("spares");
export const On = soft("on");
export const Run = soft("run");
export const Script = soft("script");
export const Http = soft("http");
export const Mail = soft("mail");
export const Write = soft("write");
export const Log = soft("log");
export const Call = soft("call");
export const Keep = soft("keep");
export const Timeout = soft("timeout");
export const Json = soft("json");
export const Header = soft("header");
export const Bearer = soft("bearer");
export const Subject = soft("subject");
export const Body = soft("body");
export const Expect = soft("expect");

/** These alone are never names. */
export const And = hard("and");
export const Or = hard("or");
export const Not = hard("not");
export const In = hard("in");
export const Has = hard("has");
export const True = hard("true");
export const False = hard("false");

/** The words that are no names anywhere. */
export const hardWords: readonly TokenType[] = [And, Or, Not, In, Has, True, False];

/** All soft keywords, in the order in which the language introduces them. */
export const softWords: readonly TokenType[] = [
  Use,
  Let,
  Defaults,
  Jail,
  Filter,
  Action,
  Serve,
  Fleet,
  Describe,
  Format,
  Frame,
  Session,
  Program,
  With,
  Time,
  Window,
  Last,
  None,
  Anywhere,
  Leading,
  Fail,
  Note,
  Clear,
  Ignore,
  As,
  Where,
  Weight,
  End,
  When,
  Else,
  Test,
  Fails,
  Passes,
  Watch,
  File,
  Journal,
  Unit,
  Identifier,
  Match,
  Bans,
  Of,
  Syslog,
  Command,
  Input,
  Default,
  Zone,
  From,
  Start,
  By,
  Ban,
  Each,
  AddressWord,
  After,
  Failure,
  Failures,
  Distinct,
  Within,
  For,
  Doubling,
  To,
  Then,
  Jitter,
  Ever,
  Never,
  Behind,
  Observe,
  Remember,
  Across,
  Jails,
  Ports,
  All,
  Tcp,
  Udp,
  Do,
  Resolve,
  Hosts,
  Given,
  Spares,
  On,
  Run,
  Script,
  Http,
  Mail,
  Write,
  Log,
  Call,
  Keep,
  Timeout,
  Json,
  Header,
  Bearer,
  Subject,
  Body,
  Expect,
];

/** In the lexer's order: of several that fit at one place the first is taken. */
export const tokens: TokenType[] = [
  white,
  Comment,
  Text,
  Raw,
  Regex,
  Address,
  Duration,
  Int,
  Family,
  StdModule,
  Path,
  ...softWords,
  ...hardWords,
  Word,
  Name,
  LCurly,
  RCurly,
  LSquare,
  RSquare,
  LParen,
  RParen,
  Comma,
  Colon,
  Bar,
  DotDot,
  Matches,
  Equal,
  NotEqual,
  LessEqual,
  GreaterEqual,
  Less,
  Greater,
  Assign,
];
