/*
 * Arbitraries for filters as policy text, each with lines grown from it: a template's literals with
 * samples for its holes, inside a record of its format. About half of the lines match; the rest come
 * close, which is where two readers part.
 */

import fc from "fast-check";
import { readStamp } from "../oracle/stamp.ts";
import { bytesOf } from "../oracle/text.ts";
import { now } from "./both.ts";
import * as samples from "./samples.ts";

/** Text of a pattern or clause, and messages that should often match it. */
export interface Grown {
  text: string;
  /** Latin-1. */
  line: fc.Arbitrary<string>;
}

export interface GeneratedFilter {
  text: string;
  line: fc.Arbitrary<string>;
}

function pick(texts: readonly string[]): fc.Arbitrary<string> {
  return fc.constantFrom(...texts.map(bytesOf));
}

const literals = [
  " ",
  ":",
  " from ",
  "a",
  "1",
  "[",
  "] ",
  ".",
  "-",
  "/",
  "ü",
  " port ",
  "=",
  "user ",
];

function mostly(good: readonly string[], bad: readonly string[]): fc.Arbitrary<string> {
  return fc.oneof({ weight: 7, arbitrary: pick(good) }, { weight: 1, arbitrary: pick(bad) });
}

const anyAddress = mostly(samples.addresses, samples.noAddresses);
const isGood = (stamp: string): boolean => readStamp(stamp, 0, { now, zone: "UTC" }) !== null;
const anyStamp = mostly(samples.stamps.filter(isGood), samples.stamps);

interface Kind {
  hole: (name: string) => string;
  line: fc.Arbitrary<string>;
  isFree?: boolean;
}

const bounded: Kind[] = [
  { hole: () => "{address}", line: anyAddress },
  { hole: (name) => `{${name}:address}`, line: anyAddress },
  { hole: () => "{host}", line: fc.oneof(pick(samples.hosts), anyAddress) },
  { hole: (name) => `{${name}:word}`, line: pick(samples.words) },
  { hole: (name) => `{${name}:not ]}`, line: pick(samples.texts) },
  { hole: (name) => `{${name}:not :a}`, line: pick(samples.words) },
  { hole: (name) => `{${name}:int}`, line: mostly(samples.ints, samples.noInts) },
  {
    hole: (name) => `{${name}:number}`,
    line: mostly([...samples.ints, "1.25", "-0.5"], ["1.", ".5"]),
  },
  { hole: (name) => `{${name}:hex}`, line: mostly(samples.hexes, samples.noHexes) },
  { hole: () => "{port}", line: mostly(samples.ports, samples.noPorts) },
  { hole: (name) => `{${name}:pass|password|p}`, line: pick(["pass", "password", "p", "P"]) },
  { hole: (name) => `{${name}:time}`, line: anyStamp },
];

const free: Kind[] = [
  { hole: () => "{user}", line: pick(samples.texts), isFree: true },
  { hole: (name) => `{${name}:text}`, line: pick(samples.texts), isFree: true },
];

function escapeLiteral(text: string): string {
  return text.replace(/[{}]/g, "$&$&").replace(/["\\]/g, "\\$&");
}

type Piece =
  | { kind: "literal"; text: string }
  | { kind: "hole"; of: Kind }
  | { kind: "optional"; pieces: Piece[] };

const literal = fc
  .array(fc.constantFrom(...literals), { minLength: 1, maxLength: 2 })
  .map((texts): Piece => ({ kind: "literal", text: texts.join("") }));
const hole = fc
  .oneof({ weight: 3, arbitrary: fc.constantFrom(...bounded) }, fc.constantFrom(...free))
  .map((of): Piece => ({ kind: "hole", of }));
const twoBounded = fc
  .tuple(fc.constantFrom(...bounded), fc.constantFrom(...bounded))
  .map(([a, b]): Piece[] => [
    { kind: "hole", of: a },
    { kind: "hole", of: b },
  ]);

/** A hole (rarely two) between literals, so that no two free ones touch. */
const step = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(hole, literal).map((pieces): Piece[] => pieces) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(literal, hole, literal)
      .map((pieces): Piece[] => [{ kind: "optional", pieces }]),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(twoBounded, literal).map(([two, last]): Piece[] => [...two, last]),
  },
);

const pieces = fc
  .tuple(
    fc.option(literal, { freq: 4 }),
    fc.array(step, { minLength: 1, maxLength: 4 }),
    fc.option(hole, { freq: 3 }),
  )
  .map(([first, steps, last]): Piece[] => [
    ...(first === null ? [] : [first]),
    ...steps.flat(),
    ...(last === null ? [] : [last]),
  ]);

/** Names must not come twice: built-in holes do it once, the others are numbered. */
function print(all: readonly Piece[], used: Set<string>): string {
  return all
    .map((piece) => {
      if (piece.kind === "literal") return escapeLiteral(piece.text);
      if (piece.kind === "optional") return `{?${print(piece.pieces, used)}}`;
      const plain = piece.of.hole(`n${used.size}`);
      const text = used.has(plain) ? (piece.of.isFree ? `{n${used.size}:text}` : "{word}") : plain;
      const name = text === "{word}" ? `{n${used.size}:word}` : text;
      used.add(name);
      return name;
    })
    .join("");
}

function grow(all: readonly Piece[]): fc.Arbitrary<string> {
  const lines = all.map((piece): fc.Arbitrary<string> => {
    if (piece.kind === "literal") return fc.constant(bytesOf(piece.text));
    if (piece.kind === "optional") return fc.oneof(grow(piece.pieces), fc.constant(""));
    // What a client writes may be what the daemon writes: the template's own literals.
    const own = all.flatMap((p) => (p.kind === "literal" ? [p.text] : []));
    const injected = fc.array(fc.constantFrom(...own, ...literals, "192.0.2.66"), { maxLength: 5 });
    if (!piece.of.isFree) return piece.of.line;
    return fc.oneof(
      piece.of.line,
      injected.map((texts) => bytesOf(texts.join(""))),
    );
  });
  return fc.tuple(...lines).map((texts) => texts.join(""));
}

export const template: fc.Arbitrary<Grown> = fc
  .tuple(pieces, fc.boolean())
  .map(([all, ignoreCase]) => ({
    text: `"${print(all, new Set())}"${ignoreCase ? "i" : ""}`,
    line: grow(all),
  }));

/** Regular expressions with tags, and what they are searched in. */
const regexes: Grown[] = [
  { text: "/^denied <address>$/", line: anyAddress.map((a) => `denied ${a}`) },
  { text: "/from <address>/", line: anyAddress.map((a) => `x from ${a} y`) },
  {
    text: "/^(?<who>.*) at <host>$/",
    line: fc.tuple(pick(samples.texts), pick(samples.hosts)).map(([u, h]) => `${u} at ${h}`),
  },
  {
    text: "/^block <cidr>( |$)/",
    line: fc
      .tuple(anyAddress, fc.constantFrom("", "/24", "/17", "/32", "/0", "/64", "/033", " x"))
      .map(([a, x]) => `block ${a}${x}`),
  },
  {
    text: "/<ip4>.*<port>?/i".replace("<port>?", "(?<p>\\d+)?"),
    line: anyAddress.map((a) => `v4 ${a} 22`),
  },
  {
    text: "/^six <ip6> (?<tail>\\S+)/s",
    line: fc.tuple(anyAddress, pick(samples.texts)).map(([a, x]) => `six ${a} ${x}`),
  },
  {
    text: "/^id (?<id>\\S+)$/",
    line: fc.oneof(anyAddress, pick(["eve", "[x]"])).map((a) => `id ${a}`),
  },
  { text: "/.*<address>/", line: anyAddress.map((a) => `greedy ${a}`) },
  {
    text: "/(?<![^\\n])open (?<who>\\w+)(?<skip>(?:\\n[^\\n]*)*?)\\nclose <address>(?![^\\n])/",
    line: fc.oneof(
      anyAddress.map((a) => `close ${a}`),
      pick(["open a", "open b", "", "x"]),
    ),
  },
  {
    text: "/^either (?:<ip4>|six <ip6>)( .*)?$/u",
    line: anyAddress.map((a) => (a.includes(":") ? `either six ${a}` : `either ${a} \u2028x`)),
  },
  {
    text: "/^(?<user_2>\\w*)\\b.*\\s<address>(?: for (?<user>[\\w-]*))?$/iu",
    line: fc
      .tuple(pick(samples.texts), anyAddress, fc.constantFrom("", " for ", " for eve"))
      .map(([x, a, user]) => `${x} ${a}${user}`),
  },
];
/** Some of them in linear time: the oracle does not know the difference. */
export const regex: fc.Arbitrary<Grown> = fc
  .tuple(fc.constantFrom(...regexes), fc.boolean())
  .map(([one, isLinear]) => (isLinear ? { ...one, text: `${one.text}l` } : one));

interface Envelope {
  text: string;
  wrap: (message: fc.Arbitrary<string>) => fc.Arbitrary<string>;
  session?: boolean;
}

function wrap(before: fc.Arbitrary<string>, after = ""): Envelope["wrap"] {
  return (message) => fc.tuple(before, message).map(([head, m]) => `${head}${m}${after}`);
}

const pids = fc.constantFrom("[1]", "[2]", "", "[]", "[x]");
/** What stands between the parts of a header: seldom what does not part them. */
const parting = fc.constantFrom(..." ".repeat(20), "\t", "  ", " auth.info ", " auth.none ");
const syslogHead = fc
  .tuple(
    fc.constantFrom("", "<34>", "<1234>"),
    anyStamp,
    parting,
    fc.constantFrom("sshd", "cron", "ssh d"),
    pids,
    parting,
  )
  .map(
    ([priority, stamp, between, program, pid, behind]) =>
      `${priority}${stamp} host${between}${program}${pid}:${behind}`,
  );
const plainHead = fc
  .tuple(fc.integer({ min: 0, max: 59 }), fc.constantFrom("[1]", "[2]"))
  .map(([minute, pid]) => `Mar  1 10:${String(minute).padStart(2, "0")}:00 host sshd${pid}: `);
const newHead = fc
  .tuple(
    anyStamp,
    parting,
    fc.constantFrom("-", '[a b="]\\""]', '[a][b c="d"]', "[a", "x"),
    parting,
  )
  .map(
    ([stamp, between, data, behind]) => `<34>1 ${stamp} host${between}sshd 1 ID ${data}${behind}`,
  );
const repeated = fc.constantFrom("", "", "", "message repeated 3 times: [ ");

export const envelopes: Envelope[] = [
  { text: "format lines time none", wrap: (message) => message },
  {
    text: "format syslog",
    wrap: wrap(fc.oneof(plainHead, plainHead, syslogHead, newHead)),
    session: true,
  },
  {
    text: 'format syslog program "sshd"',
    wrap: (message) =>
      fc
        .tuple(plainHead, repeated, message)
        .map(([head, fold, m]) => `${head}${fold}${m}${fold === "" ? "" : "]"}`),
    session: true,
  },
  {
    text: "format lines",
    wrap: wrap(
      fc
        .tuple(
          fc.constantFrom("", "[", "<", "("),
          anyStamp,
          fc.constantFrom(" ", " ", " ", "", "] ", "]", ">  "),
        )
        .map((texts) => texts.join("")),
    ),
  },
  {
    text: "format lines time last",
    wrap: wrap(
      fc.oneof(
        pick([""]),
        anyStamp.map((stamp) => `${stamp} `),
        pick(samples.stamps),
      ),
    ),
  },
  { text: "", wrap: wrap(fc.oneof(plainHead, pick(samples.stamps.map((s) => `${s} `)))) },
  ...samples.patterns.map(({ pattern, texts }) => ({
    text: `format lines time "${pattern}"`,
    wrap: wrap(mostly([`${texts[0]} `], [...texts, ...texts.map((text) => `${text} `)])),
  })),
  { text: "format lines time none window 3", wrap: (message) => message },
  { text: "format lines time none window 20", wrap: (message) => message },
  { text: "format lines time leading window 2", wrap: wrap(anyStamp.map((stamp) => `${stamp} `)) },
  ...samples.cuts.map(({ clause, records }) => ({
    text: `format lines time ${clause}`,
    wrap: wrap(
      fc
        .tuple(pick(records), anyStamp, fc.boolean())
        .map(([record, stamp, spare]) => (spare ? record : record.replaceAll("@", () => stamp))),
    ),
  })),
  {
    text: "format json { time .ts  address .ip  message .m  tag .t[1]  forwarded .xff }",
    wrap: (message) =>
      fc
        .tuple(
          message,
          anyAddress,
          anyStamp,
          fc.constantFrom(
            "",
            ',"t":[1,2]',
            ',"t":{"1":2}',
            ',"m":1',
            ',"z":1,"z":2',
            ",",
            ',"t":[0,"\\ud800"]',
          ),
        )
        .map(([m, a, stamp, more]) => {
          const text = (bytes: string): string =>
            bytesOf(JSON.stringify(Buffer.from(bytes, "latin1").toString("utf8")));
          const ts = /^\d+(\.\d+)?$/.test(stamp) ? stamp : text(stamp);
          return `{"m":${text(m)},"ip":${text(a)},"ts":${ts}${more}}`;
        }),
  },
];

/** A third have no stamp, a third a syslog header. */
const envelope = fc.oneof(
  fc.constantFrom(...envelopes.filter(({ text }) => text.includes("none"))),
  fc.constantFrom(...envelopes.filter(({ session }) => session)),
  fc.constantFrom(...envelopes),
);

interface RuleChoice {
  kind: string;
  pattern: Grown;
  where: string;
  tail: string;
}

const rules = fc.array(
  fc.record({
    kind: fc.constantFrom("fail", "fail", "fail", "note", "clear", "ignore"),
    pattern: fc.oneof({ weight: 4, arbitrary: template }, regex),
    where: fc.constantFrom("", "", "has user", 'user != "root"', "not has address"),
    tail: fc.constantFrom("", "", " weight 3", " end"),
  }),
  { minLength: 1, maxLength: 4 },
);

/** Only what the compiler takes: fields that the pattern has, sessions for what needs them. */
function printRule({ kind, pattern, where, tail }: RuleChoice, hasSession: boolean): string {
  const kept = hasSession || kind === "ignore" ? kind : "fail";
  const field = /user|address/.exec(where)?.[0];
  const isKnown = field !== undefined && new RegExp(`[{<]${field}[}>]`).test(pattern.text);
  const allowed = tail === " weight 3" ? kept === "fail" : hasSession && kept !== "ignore";
  return `  ${kept} ${pattern.text}${isKnown ? ` where ${where}` : ""}${allowed ? tail : ""}`;
}

/** Frames, and what messages for them begin with: beginnings that they share, of either case, beyond ASCII, and none. */
const framings: readonly {
  readonly frames: readonly string[];
  readonly heads: readonly string[];
}[] = [
  { frames: ['"{?{level:word}: }{message}"'], heads: ["err: ", ""] },
  {
    frames: [
      '"[a] {message}"',
      '"a{?-b}: {?{c|d}: }{message}"',
      '"{?[{int}] }{?{err|\u00e9x}: }{message}"',
    ],
    heads: ["[a] ", "a: ", "a-b: c: ", "a: d: ", "[7] ", "[7] err: ", "\u00e9x: ", "[", "e", ""],
  },
  {
    frames: ['"X {message}"i', '"{left|Right}, {message}"i', "/^k(?<message>.*)$/i"],
    heads: ["x ", "X ", "LEFT, ", "right, ", "k", "K", "\u212a", "l", ""],
  },
];

/** A filter of templates and regexes in any format whose message is text. */
export function textFilter(name: string): fc.Arbitrary<GeneratedFilter> {
  return fc
    .tuple(envelope, rules, fc.boolean(), fc.integer({ min: 0, max: 5 }))
    .map(([envelope, all, wantsSession, framing]) => {
      const framed = framings[framing];
      const hasSession = wantsSession && envelope.session === true;
      const message = fc.oneof(...all.map(({ pattern }) => pattern.line));
      const text = [
        `filter ${name} {`,
        `  ${envelope.text}`,
        ...(framed?.frames ?? []).map((frame) => `  frame ${frame}`),
        ...(hasSession ? ["  session by pid"] : []),
        ...all.map((rule) => printRule(rule, hasSession)),
        "}",
      ].join("\n");
      const whole =
        framed === undefined ? message : wrap(fc.constantFrom(...framed.heads))(message);
      return { text, line: envelope.wrap(whole) };
    });
}
