/** F2B24xx: actions, their steps and texts. */
import { entry } from "../diagnostic.ts";
import { sampleAction, suggest } from "./sample.ts";

interface Named {
  readonly name: string;
  readonly nearest?: string;
}

const good = sampleAction('on ban { log "banned {address}" }');
const step = (text: string) => sampleAction(`on ban { ${text} }`);

export const checkActions = {
  unknownValue: entry<Named & { known: readonly string[] }>({
    code: "F2B2401",
    severity: "error",
    message: ({ name }) => `nothing is called \`${name}\` when an action is done`,
    help: (args) => suggest(args) ?? `there are ${args.known.join(", ")}`,
    explain:
      "The text of an action may name values of the event, parameters, `let`s, what earlier steps kept and what filters of the jail capture.",
    bad: step('log "banned {adress}"'),
    good,
  }),
  nobodyHere: entry<{ name: string; event: string }>({
    code: "F2B2402",
    severity: "error",
    message: ({ name, event }) => `\`on ${event}\` is about nobody, so there is no \`${name}\``,
    help: () => "use it in ban, unban, prolong or report",
    explain:
      "start, stop, check and repair are about the action itself; the others are about somebody who is banned.",
    bad: sampleAction('on start { log "hello {address}" }'),
    good: sampleAction('on start { log "hello {jail}" }'),
  }),
  openBrace: entry<object>({
    code: "F2B2403",
    severity: "error",
    message: () => "this brace has no partner",
    help: () => "write `{{` and `}}` for braces that are meant as such",
    explain: "Braces in the text of an action name a value.",
    bad: step('log "banned {address"'),
    good,
  }),
  notInAction: entry<{ found: string }>({
    code: "F2B2404",
    severity: "error",
    message: ({ found }) => `${found} cannot stand here`,
    explain:
      "Actions take texts, numbers, true and false, lists and objects of them, and secrets from `env` or `file`.",
    bad: step('run ["logger", /x/]'),
    good: step('run ["logger", "x"]'),
  }),
  notInActionText: entry<{ name: string; found: string }>({
    code: "F2B2405",
    severity: "error",
    message: ({ name, found }) => `\`${name}\` is ${found}, which cannot stand in a text`,
    explain: "A text takes in texts, words and numbers.",
    bad: sampleAction('let who = ["a", "b"]\n  on ban { log "{who}" }'),
    good: sampleAction('let who = "a"\n  on ban { log "{who}" }'),
  }),
  secretHere: entry<object>({
    code: "F2B2406",
    severity: "error",
    message: () => "a secret would be seen here",
    help: () => "give it to the program with `input`",
    explain:
      "Arguments of programs, logs and written files can be read by others. Secrets go into `input`.",
    bad: sampleAction('on ban { run ["tell", token] }', '(token: secret = env "TOKEN")'),
    good: sampleAction('on ban { run ["tell"] input token }', '(token: secret = env "TOKEN")'),
  }),
  badVariable: entry<{ name: string }>({
    code: "F2B2407",
    severity: "error",
    message: ({ name }) => `${JSON.stringify(name)} is no name of a variable`,
    explain: "Variables of the environment have letters, digits and `_`, and begin with no digit.",
    bad: sampleAction('on ban { run ["tell"] input token }', '(token: secret = env "MY TOKEN")'),
    good: sampleAction('on ban { run ["tell"] input token }', '(token: secret = env "MY_TOKEN")'),
  }),
  suffixInAction: entry<object>({
    code: "F2B2408",
    severity: "error",
    message: () => "the suffix `i` means nothing here",
    help: () => "only a pattern can ignore case",
    explain: "The suffix `i` of a text says that a pattern ignores case.",
    bad: step('log "banned {address}"i'),
    good,
  }),
  textCycle: entry<object>({
    code: "F2B2409",
    severity: "error",
    message: () => "this value holds itself, or more than can be meant",
    explain:
      "A `let` that leads back to itself has no value, and one action holds at most 10,000 values.",
    bad: sampleAction('let a = "{b}"\n  let b = "{a}"\n  on ban { log a }'),
    good: sampleAction('let a = "{b}"\n  let b = "x"\n  on ban { log a }'),
  }),
  actionLetTwice: entry<{ name: string }>({
    code: "F2B2410",
    severity: "error",
    message: ({ name }) => `\`${name}\` is declared twice`,
    explain: "A name stands for one thing in an action.",
    bad: sampleAction('let a = "x"\n  let a = "y"\n  on ban { log a }'),
    good: sampleAction('let a = "x"\n  on ban { log a }'),
  }),
  hidesValue: entry<{ name: string }>({
    code: "F2B2411",
    severity: "error",
    message: ({ name }) => `\`${name}\` is already a value of the event`,
    help: () => "choose another name",
    explain:
      "Values such as address, jail and time are there in every action; a name of one's own must not hide them.",
    bad: sampleAction('let jail = "x"\n  on ban { log "{jail}" }'),
    good: sampleAction('let where = "x"\n  on ban { log "{where}" }'),
  }),
  unknownEvent: entry<Named>({
    code: "F2B2412",
    severity: "error",
    message: ({ name }) => `there is no event \`${name}\``,
    help: (args) =>
      suggest(args) ?? "events are start, stop, ban, unban, prolong, report, check, repair",
    explain: "An action is told of start, stop, ban, unban, prolong, report, check and repair.",
    bad: sampleAction('on bann { log "x" }'),
    good,
  }),
  eventTwice: entry<{ event: string }>({
    code: "F2B2413",
    severity: "error",
    message: ({ event }) => `\`${event}\` stands twice`,
    explain: "An event is named once in one line.",
    bad: sampleAction('on ban, ban { log "x" }'),
    good,
  }),
  misplacedClause: entry<{ clause: string; verb: string; known: readonly string[] }>({
    code: "F2B2414",
    severity: "error",
    message: ({ clause, verb }) => `\`${verb}\` has no \`${clause}\``,
    help: ({ known }) => (known.length === 0 ? "it has no clauses" : `it has ${known.join(", ")}`),
    explain: "Each step has its own clauses.",
    bad: step('log "banned {address}" timeout 5s'),
    good,
  }),
  timeoutRange: entry<{ text: string }>({
    code: "F2B2416",
    severity: "error",
    message: ({ text }) => `a timeout of ${text} is too short or too long`,
    help: () => "1ms to 10m",
    explain: "A step that hangs holds up what comes behind it.",
    bad: step('run ["tell"] timeout 1h'),
    good: step('run ["tell"] timeout 1m'),
  }),
  keepPath: entry<object>({
    code: "F2B2417",
    severity: "error",
    message: () => "what a program prints has no path",
    help: () => "write `keep NAME`",
    explain:
      "`keep NAME` keeps what a program prints. A path leads into the JSON of an HTTP answer.",
    bad: step('run ["tell"] keep rule .result.id'),
    good: step('run ["tell"] keep rule'),
  }),
  expectRange: entry<object>({
    code: "F2B2418",
    severity: "error",
    message: () => "exit codes are 0 to 255, the lower one first",
    explain: "`expect` says which exit codes mean success.",
    bad: step('run ["tell"] expect 3..1'),
    good: step('run ["tell"] expect 0..1'),
  }),
  writeBody: entry<object>({
    code: "F2B2420",
    severity: "error",
    message: () => "write what?",
    help: () => 'add `body "..."`',
    explain: "`write` appends its `body` to a file.",
    bad: step('write "/var/log/bans"'),
    good: step('write "/var/log/bans" body "{address}"'),
  }),
  unsafePath: entry<object>({
    code: "F2B2421",
    severity: "error",
    message: () => "a client could say where this is written",
    help: () => "name the file with `{jail}` or `{address}` at most",
    explain: "What a log line holds was written by a client, and must not name a file.",
    bad: step('write "/var/log/bans/{user}" body "x"'),
    good: step('write "/var/log/bans/{address}" body "x"'),
  }),
  unknownMethod: entry<Named>({
    code: "F2B2422",
    severity: "error",
    message: ({ name }) => `HTTP has no \`${name}\``,
    help: suggest,
    explain: "Methods are get, post, put, patch and delete.",
    bad: step('http pst "https://api.example.net/"'),
    good,
  }),
  badUrl: entry<object>({
    code: "F2B2427",
    severity: "error",
    message: () => "which server is asked must be fixed",
    help: () => 'write "https://host/" and values behind it, or a secret that holds the whole URL',
    explain:
      "An URL begins with http:// or https:// and a server in literal text, or with a secret. Values of an event stand behind a `/`, `?` or `#`, percent-encoded, so that no log line names a server.",
    bad: step('http post "https://{user}.example.net/"'),
    good: step('http post "https://api.example.net/{user}"'),
  }),
  badHeader: entry<Named>({
    code: "F2B2428",
    severity: "error",
    message: ({ name }) => `\`${name}\` cannot be set as a header here`,
    help: () => "header names have letters, digits and `-`; each stands once",
    explain:
      "Headers that say how the request is sent (host, connection, content-length, transfer-encoding) are written by Node; `bearer` writes authorization.",
    bad: step('http post "https://api.example.net/" header { host: "other.example.net" }'),
    good: step('http post "https://api.example.net/" header { "x-api-key": "k" }'),
  }),
  twoBodies: entry<object>({
    code: "F2B2429",
    severity: "error",
    message: () => "this request cannot carry that",
    help: () => "give `post`, `put`, `patch` or `delete` either `json` or `body`",
    explain: "A request has one body, and `get` has none.",
    bad: step('http post "https://api.example.net/" json { a: 1 } body "x"'),
    good: step('http post "https://api.example.net/" json { a: 1 }'),
  }),
  expectStatus: entry<object>({
    code: "F2B2430",
    severity: "error",
    message: () => "statuses of HTTP are 100 to 599, the lower one first",
    explain: "`expect` says which statuses mean success; without it 200 to 299 do.",
    bad: step('http post "https://api.example.net/" expect 0'),
    good: step('http post "https://api.example.net/" expect 200..204'),
  }),
  badRecipient: entry<object>({
    code: "F2B2431",
    severity: "error",
    message: () => "this is no address of a mailbox, or not a fixed one",
    help: () => 'write "ops@example.net", a list of such texts, or a secret',
    explain:
      "Who gets a mail stands in the policy or in a secret. A local user's name will do, too.",
    bad: step('mail to "{user}@example.net" subject "x" body "y"'),
    good: step('mail to "ops@example.net" subject "x" body "{user}"'),
  }),
  mailText: entry<object>({
    code: "F2B2432",
    severity: "error",
    message: () => "mail what?",
    help: () => 'add `subject "..." body "..."`',
    explain: "A mail has a subject and a body.",
    bad: step('mail to "ops@example.net" body "y"'),
    good: step('mail to "ops@example.net" subject "x" body "y"'),
  }),
  driverSetting: entry<Named>({
    code: "F2B2433",
    severity: "error",
    message: ({ name }) => `the setting \`${name}\` is missing, unknown or of another type`,
    help: suggest,
    explain:
      "A firewall of the runtime takes fixed texts and lists of texts, each by its name. Only modules of the library call one.",
    bad: '# std/demo\naction list { on ban, unban { call "list-file" json { path: "/x", lines: "y" } } }\n',
    good: '# std/demo\naction list(reload: list = []) { on ban, unban { call "list-file" json { path: "/x", line: "{{address}}", line6: "", head: "", reload: reload } } }\n',
  }),
  runList: entry<object>({
    code: "F2B2423",
    severity: "error",
    message: () => "run what?",
    help: () => 'write `run ["program", "argument"]`',
    explain:
      "A program and its arguments are a list of at least one text, so that no shell has to cut them.",
    bad: step("run []"),
    good: step('run ["tell", "me"]'),
  }),
  runProgram: entry<object>({
    code: "F2B2424",
    severity: "error",
    message: () => "which program is run must be fixed",
    explain: "The first element of `run` is literal text: no value of an event names a program.",
    bad: step('run ["{user}"]'),
    good: step('run ["tell", "{address}"]'),
  }),
  runElement: entry<object>({
    code: "F2B2425",
    severity: "error",
    message: () => "an argument is one text",
    explain: "Each element of `run` is one argument.",
    bad: step('run ["tell", ["a", "b"]]'),
    good: step('run ["tell", "a", "b"]'),
  }),
  couldBeOption: entry<{ name: string }>({
    code: "F2B2426",
    severity: "error",
    message: ({ name }) => `\`{${name}}\` could be read as an option`,
    help: ({ name }) => `write \`"--", "{${name}}"\` or put text before it`,
    explain:
      "What a client wrote may begin with `-`. Behind `--`, or with text before it, it cannot be an option.",
    bad: step('run ["tell", "{user}"]'),
    good: step('run ["tell", "--", "{user}"]'),
  }),
};
