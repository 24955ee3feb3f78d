/** Small filters of our own, and lines for them: what the stock filters do not use, or use in one way only. */

export interface MadeUp {
  readonly name: string;
  /** In `filter.d`; the filter is `door`. */
  readonly files: Readonly<Record<string, string>>;
  readonly args?: Readonly<Record<string, string>>;
  readonly lines: readonly string[];
  /** What a line gives depends on those before. */
  readonly inOrder?: boolean;
}

const stamped = (...lines: string[]) => lines.map((line) => `Aug 14 11:55:01 ${line}`);
const door = (text: string) => ({ "door.conf": `[Definition]\n${text}\n` });

const configuration: readonly MadeUp[] = [
  {
    name: "a .local that adds to what the .conf has",
    files: {
      "door.conf": "[Definition]\nfailregex = ^\\s*a <ADDR>$\n",
      "door.local": "[Definition]\nfailregex = %(known/failregex)s\n  ^\\s*b <HOST>$\n",
    },
    lines: stamped("a 192.0.2.1", "b host.example", "c 192.0.2.1"),
  },
  {
    name: "includes that include, with .local files and an after",
    files: {
      "a.conf": "[INCLUDES]\nbefore = b.conf\n[DEFAULT]\nx = a\n[Definition]\ny = a\n",
      "b.conf": "[DEFAULT]\nx = b\nz = b\n[Definition]\ny = b\n",
      "b.local": "[DEFAULT]\nz = bl\n",
      "c.conf": "[Definition]\ny = c\n",
      "d.conf": "[Definition]\nq = d\n",
      "d.local": "[Definition]\nq = dl\n",
      "door.conf":
        "[INCLUDES]\nbefore = a.conf\n  c.conf\nafter = d.conf\n[Definition]\nfailregex = ^\\s*%(x)s%(y)s%(z)s%(q)s <HOST>$\n",
    },
    lines: stamped("acbldl 192.0.2.1", "acbld 192.0.2.1", "aabldl 192.0.2.1"),
  },
  {
    name: "tags in tags, and <known/...> beside an argument",
    files: door(
      "failregex = <re-<a>-<b>>\n  <re-<c>>\n  ^\\s*(?:<word>|<known/word>) <HOST>$\nb = y\nc = <a>-<b>2\nre-x-y = ^\\s*one <HOST>$\nre-x-y2 = ^\\s*two <HOST>$\n  ^\\s*three <HOST>$\n[Init]\nword = baz",
    ),
    args: { a: "x", word: "foo|bar" },
    lines: stamped(
      ...["one", "two", "three", "foo", "bar", "baz", "qux"].map((x) => `${x} 192.0.2.1`),
    ),
  },
  {
    name: "comments, blank lines, tabs, CRLF, percent signs and semicolons in a value",
    files: {
      "door.conf":
        "# head\r\n[Definition]\r\nx: foo ; bar\r\nFailRegex = ^\\s*a;b <HOST>$ ; c\r\n# between\r\n\t^\\s*%(x)s <HOST>$\t; d\r\n  ; e\r\n\r\n  ^\\s*100%% # f <HOST>$\r\n  ^\\s*c = d: <HOST>$\r\n\r\nignoreregex =\r\n",
    },
    lines: stamped(
      "a;b 192.0.2.1",
      "foo 192.0.2.1",
      "100% # f 192.0.2.1",
      "c = d: 192.0.2.1",
      "e 192.0.2.1",
    ),
  },
];

const matching: readonly MadeUp[] = [
  {
    name: "networks, with and without their length",
    files: door(
      "failregex = ^\\s*a <SUBNET>$\n  ^\\s*b <ADDR>/<CIDR>$\n  ^\\s*c <ADDR>(?:/<CIDR>)?$\n  ^\\s*d <IP4>(?:/<F-CIDR/>)?$",
    ),
    lines: stamped(
      ...[..."abcd"].flatMap((letter) =>
        [
          "192.0.2.1",
          "[192.0.2.1]",
          "2001:db8::1",
          "192.0.2.1/24",
          "[2001:db8::1]",
          "2001:db8::/32",
        ].map((address) => `${letter} ${address}`),
      ),
      "a [2001:db8::/32]",
    ),
  },
  {
    name: "ports behind IPv6, and IPv4 in IPv6",
    files: door(
      "failregex = ^\\s*a <HOST>:\\d+: x$\n  ^\\s*b <ADDR>:<F-PORT/>$\n  ^\\s*c \\[(?:IPv6:<IP6>|<IP4>)\\]$\n  ^\\s*d <HOST>-\\d+;$",
    ),
    lines: stamped(
      ...["192.0.2.1", "2001:db8::7", "[2001:db8::7]", "::ffff:192.0.2.1", "host.example"].flatMap(
        (address) => [`a ${address}:80: x`, `a ${address}:29761: x`, `b ${address}:2274`],
      ),
      "a 2001:db8::7: x",
      "d 192.0.2.1-80;",
      "d 2001:db8::7-80;",
      "c [192.0.2.1]",
      "c [::ffff:192.0.2.1]",
      "c [IPv6:2001:db8::7]",
    ),
  },
  {
    name: "ids, names and addresses beside each other",
    files: door(
      "failregex = ^\\s*u=<F-ID>\\S+</F-ID> from <HOST>$\n  ^\\s*(?:w=<F-ID>\\S+</F-ID>|v=<F-ALT_ID>\\S+</F-ALT_ID>) x$\n  ^\\s*a <F-ID>\\S+</F-ID> (?:from <ADDR>)?$",
    ),
    lines: stamped(
      "u=joe from 192.0.2.1",
      "u=joe from host.example",
      "w=a x",
      "v=a x",
      "a x from 192.0.2.1",
      "a x ",
    ),
  },
  {
    name: "sessions: notes, gains, what is forgotten, and an address that comes later",
    inOrder: true,
    files: door(
      "prefregex = ^\\s*<F-MLFID>door\\[\\d+\\]</F-MLFID>: <F-CONTENT>.+</F-CONTENT>$\nfailregex = ^<F-NOFAIL>connect from <HOST></F-NOFAIL>$\n  ^<F-MLFFORGET><F-MLFGAINED>accepted</F-MLFGAINED></F-MLFFORGET> for <F-USER>\\S+</F-USER>\n  ^failed for <F-USER>\\S+</F-USER>$\n  ^<F-MLFFORGET>closed</F-MLFFORGET> by <HOST>$\n  ^<F-NOFAIL><F-MLFFORGET>bye</F-MLFFORGET></F-NOFAIL>",
    ),
    lines: stamped(
      ...[
        "connect from 192.0.2.1",
        "failed for joe",
        "failed for joe",
        "accepted for joe",
        "failed for joe",
      ].map((x) => `door[1]: ${x}`),
      ...["failed for joe", "closed by 192.0.2.2", "failed for joe"].map((x) => `door[2]: ${x}`),
      ...["connect from 2001:db8::3", "bye", "failed for joe"].map((x) => `door[3]: ${x}`),
      "door[4]: connect from host.example",
      "door[4]: failed for y",
    ),
  },
  {
    name: "several lines",
    inOrder: true,
    files: door(
      "failregex = ^\\s*start (?P<p>\\w+)<SKIPLINES>\\s*failed (?P=p) from <HOST>$\n  ^\\s*one <HOST>\\s*\\n\\s*two$\nmaxlines = 5",
    ),
    lines: stamped(
      "start a",
      "noise",
      "failed a from 192.0.2.1",
      "start b",
      "failed c from 192.0.2.2",
      "start d",
      "start e",
      "failed d from 192.0.2.4",
      "failed e from 192.0.2.5",
      "one 192.0.2.6",
      "two",
    ),
  },
  {
    name: "the end of the line",
    files: door(
      "failregex = ^\\s*a <HOST>\\s\n  ^\\s*b <HOST>\\s+$\n  ^\\s*c <HOST>[^x]\n  ^\\s*d <HOST>\\W*$\n  ^\\s*f <HOST>\\n\n  ^\\s*g <HOST>\\b\n  ^\\s*(?:h\\s)+<HOST>(?:\\W\\w?)*$",
    ),
    lines: stamped(
      ...[..."abcdfgh"].flatMap((x) => ["", " x", "."].map((end) => `${x} 192.0.2.1${end}`)),
    ),
  },
];

const bodies = ["x 192.0.2.1", "host y=192.0.2.2"];
const stamps = [
  "2005-08-14 11:55:01",
  "2005-08-14T11:55:02.123456+02:00",
  "Aug 14 11:55:04",
  "Sun Aug 14 11:55:05 2005",
  "14/Aug/2005:11:55:07 +0200",
  "2005:08:14-11:55:29",
];
const dated = (name: string, pattern: string, ...more: string[]): MadeUp => ({
  name: `datepattern ${name}`,
  files: door(`failregex = ^\\s*\\W{0,3}\\s*x <HOST>\n  ^.*y=<HOST>\ndatepattern = ${pattern}`),
  lines: [...stamps, ...more].flatMap((stamp) =>
    [stamp, `[${stamp}]`, `<34>1 ${stamp}`, `host [${stamp}]`].flatMap((head) =>
      bodies.map((body) => `${head} ${body}`),
    ),
  ),
});

const dates: readonly MadeUp[] = [
  dated("at the line's beginning", "{^LN-BEG}"),
  dated("in brackets, else at the beginning", "^[^\\[]*\\[({DATE})\n  {^LN-BEG}"),
  dated("behind a priority", "^<\\d+>\\d+\\s+{DATE}"),
  dated("behind words", "^(?:\\S+ ){2}%%b %%d %%H:%%M:%%S", "one two Aug 14 11:55:05"),
  dated("none", "{NONE}"),
  dated("of seconds", "{^LN-BEG}EPOCH\n  {^LN-BEG}", "1124013311.123"),
  dated("with groups called as letters", "^(?P<Y>\\d{4})-(?P<m>\\d\\d)-(?P<d>\\d\\d) %%H:%%M:%%S"),
  dated(
    "with parts that may lack",
    "{^LN-BEG}%%ExY-%%m-%%d[T ]%%H:%%M:%%S(?:[.,]%%f)?(?:\\s*%%z)?",
  ),
];

const inJson = (zone: string) =>
  `{"id":1,"at":"2005-08-14T11:55:10${zone}","from":"192.0.2.1","text":"refused: x"}`;

const fromPeople: readonly MadeUp[] = [
  {
    name: "a date pattern whose group is a zone that may lack",
    files: door(
      'rest = (?:,?\\s*"\\w+":(?:"[^"]+"|\\w+))*\nfailregex = ^\\{%(rest)s,?\\s*"from":"<HOST>"%(rest)s,?\\s*"text":"refused:\ndatepattern = ,?\\s*"at"\\s*:\\s*"%%Y-%%m-%%d[T ]%%H:%%M:%%S(%%z)?"',
    ),
    lines: [
      inJson("+02:00"),
      inJson("Z"),
      inJson("+02:00").replace("refused", "welcome"),
      inJson("+02:00").replace('"id":1', '"id":{}'),
    ],
  },
  {
    name: "a date pattern with a zone that is written out",
    files: door(
      'failregex = from <HOST>$\ndatepattern = at="%%Y-%%m-%%dT%%H:%%M:%%S(?:\\.\\d+)?(?:Z|[+-]\\d{2}:\\d{2})"',
    ),
    lines: ["Z", ".123Z", "+05:00", ".5-01:00"].map(
      (zone) => `at="2005-08-14T11:55:10${zone}" from 192.0.2.1`,
    ),
  },
  {
    name: "an address that a client can move: no template, but the same verdict",
    files: door('failregex = ^{"who":".*","from":"<HOST>","level":".*"}$'),
    lines: [
      '{"who":"x","from":"192.0.2.1","level":"1"}',
      '{"who":"x","from":"192.0.2.1","level":"","from":"198.51.100.1","level":"1"}',
      '{"who":"x","from":"192.0.2.1"}',
    ],
  },
];

export const cases: readonly MadeUp[] = [...configuration, ...matching, ...dates, ...fromPeople];

/** What f2b cannot say, with a part of what is said of it. */
export const refused: readonly (Pick<MadeUp, "name" | "files"> & { readonly says: string })[] = [
  {
    name: "a prefregex that is a note on some lines only",
    files: door(
      "prefregex = ^door: (?:<F-NOFAIL>info</F-NOFAIL>|error): <F-CONTENT>.+</F-CONTENT>$\nfailregex = ^refused <HOST>$",
    ),
    says: "the role nofail where only some lines have it",
  },
  {
    name: "an id of several parts",
    files: door("failregex = ^u=<F-ID>\\S+</F-ID>/<F-TUPLE_ID>\\S+</F-TUPLE_ID> from <HOST>$"),
    says: "an id of several parts",
  },
  {
    name: "an address that not every turn of a loop has",
    files: door("failregex = ^(?:from <HOST> |x )+$"),
    says: "an address in a loop that not every turn has",
  },
];
