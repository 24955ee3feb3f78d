/**
 * The standard library as a whole: all modules stand in one policy without a finding, every filter
 * works without arguments and proves itself, and a filter without its tests would be noticed.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { f2b, jsonLines, root } from "./f2b.ts";
import { readWrongly } from "./wrong-readings.ts";

const modules = readdirSync(join(root, "library"), { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".f2b"))
  .map((file) => file.replace(/\.f2b$/, ""))
  // Ready jails have a test of their own.
  .filter((name) => !name.startsWith("jails/"))
  .sort();
const sources = modules.map((name) => ({
  name,
  text: readFileSync(join(root, "library", `${name}.f2b`), "utf8"),
}));

/** Actions that do not work without arguments. */
const needed: Readonly<Record<string, string>> = {
  telegram: '(chat: "-100")',
  cloudflare: '(zone: "0123456789abcdef")',
};

interface FilterText {
  readonly name: string;
  readonly body: string;
}

/** Filters as they stand in a module: a library file's top level begins in column one. */
function filtersOf(text: string): FilterText[] {
  return text
    .split(/^(?=filter )/m)
    .filter((part) => part.startsWith("filter "))
    .map((body) => ({ name: /^filter ([\w-]+)/.exec(body)?.[1] ?? "", body }));
}

/** The documentation address that every injection line names, and that no rule may ever blame. */
const victim = "198.51.100.1";

interface TestLine {
  readonly verdict: string;
  readonly record: string;
  /** The address it must give; null for nobody, undefined where the line does not say. */
  readonly address: string | null | undefined;
}

/** A text as JSON reads it, but for `\u{...}`. */
function readText(text = ""): string {
  const escaped = /\\u\{([0-9A-Fa-f]+)\}/g;
  const plain = text.replace(escaped, (_, code: string) => `\\u${code.padStart(4, "0")}`);
  return JSON.parse(`"${plain}"`) as string;
}

function testLinesOf({ body }: FilterText): TestLine[] {
  const form = /^\s*(fails|passes)\s+(?:`([^`]*)`|"((?:[^"\\]|\\.)*)")(.*)$/gm;
  return [...body.matchAll(form)].map(([, verdict = "", raw, text, behind = ""]) => {
    const address = /\baddress: ([0-9A-Fa-f.:]+|nobody)/.exec(behind)?.[1];
    return {
      verdict,
      record: raw ?? readText(text),
      address: address === "nobody" ? null : address,
    };
  });
}

/** Whether one of the three wrong readings of a line names the victim, whom the filter does not. */
function foolsSomebody({ record, address }: TestLine): boolean {
  const { first, last, greedy } = readWrongly(record, address ?? null);
  return [first, last, greedy].includes(victim);
}

/** What a library filter lacks: two lines that count, a near miss, a line on which wrong patterns name a victim. */
function lacksOf(filter: FilterText): string[] {
  const lines = testLinesOf(filter);
  const fails = lines.filter(({ verdict }) => verdict === "fails");
  const injected = lines.filter(({ record }) => record.includes(victim));
  const lacks: string[] = [];
  if (!/^\s*describe "/m.test(filter.body)) lacks.push("describe");
  if (fails.length < 2) lacks.push("two lines that count");
  if (fails.length === lines.length) lacks.push("a near miss");
  if (injected.length < 1) lacks.push("an injection line");
  else if (!injected.some(foolsSomebody))
    lacks.push("an injection line that fools a wrong pattern");
  if (fails.some(({ address }) => address === undefined)) lacks.push("the address of each");
  if (lines.some(({ address }) => address === victim)) lacks.push("a victim who is not blamed");
  return lacks;
}

t.test("a module has filters or actions, and its head says where a jail looks", async (t) => {
  for (const { name, text } of sources) {
    const head = /^(?:#[^\n]*\n)+/.exec(text)?.[0] ?? "";
    t.ok(head.length > 0, `std/${name} begins with a comment`);
    // What several modules share stands in std/shared, and has neither.
    const isShared = name.startsWith("shared/");
    t.equal(isShared, !/^(?:filter|action) /m.test(text), `std/${name} is what its name says`);
    if (!/^filter /m.test(text)) continue;
    t.match(head, /^# Sources: /m, `std/${name} names sources`);
    t.match(head, /\bPorts: [a-z]/, `std/${name} names ports`);
  }
});

t.test("each filter has the required tests", async (t) => {
  const names = new Map<string, string>();
  for (const { name: module, text } of sources) {
    for (const filter of filtersOf(text)) {
      t.same(lacksOf(filter), [], `std/${module}: ${filter.name}`);
      t.notOk(names.has(filter.name), `${filter.name} stands once`);
      names.set(filter.name, module);
    }
  }
  t.ok(names.size > 5, "filters were found");
});

t.test("a filter without them is noticed", async (t) => {
  const bare = filtersOf('filter bare {\n  fail "x {address}"\n}\n');
  t.same(lacksOf(bare[0] as FilterText), [
    "describe",
    "two lines that count",
    "a near miss",
    "an injection line",
  ]);
  const harmless = `filter harmless {
  describe "x"
  test {
    fails  \`2026-03-01 10:00:00 no 203.0.113.9\` as { address: 203.0.113.9 }
    fails  \`2026-03-01 10:00:01 no 203.0.113.9 via 198.51.100.1 to 192.0.2.1\` as { address: 203.0.113.9 }
    passes \`2026-03-01 10:00:02 yes 203.0.113.9\`
  }
}
`;
  t.same(lacksOf(filtersOf(harmless)[0] as FilterText), [
    "an injection line that fools a wrong pattern",
  ]);
  t.same(lacksOf(filtersOf(harmless.replace(" to 192.0.2.1", ""))[0] as FilterText), []);
});

t.test("the wrong readings are what they say", async (t) => {
  const line = "client: 203.0.113.9, user from 198.51.100.1, client: 198.51.100.2 at 192.0.2.1";
  t.same(readWrongly(line, "203.0.113.9"), {
    first: "203.0.113.9",
    last: "192.0.2.1",
    greedy: "198.51.100.2",
  });
  t.equal(readWrongly("10:00:00 ip=[2001:db8::9]:22", "2001:db8::9").first, "2001:db8::9");
});

t.test("test blocks of the whole library pass", async (t) => {
  const ran = f2b(["test", "std"]);
  t.equal(ran.code, 0, ran.err + ran.out);
});

t.test("the library itself: nothing slow in it, and no client moves an address", async (t) => {
  // What a policy that uses a module does not look at again.
  const lint = f2b(["lint", "std", "--json"]);
  t.same(
    jsonLines(lint.out)
      .filter(({ severity }) => severity !== "note")
      .map(({ code, file, message }) => `${code} ${file} ${message}`),
    [],
  );
  t.equal(lint.code, 0, lint.err);
});

t.test("all modules in one policy, without a finding", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "f2b-library-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const filters = sources.flatMap(({ text }) => filtersOf(text).map(({ name }) => name));
  const actions = sources.flatMap(({ text }) =>
    [...text.matchAll(/^action ([\w-]+)/gm)].map(
      (match) => `${match[1]}${needed[match[1] ?? ""] ?? ""}`,
    ),
  );
  const policy = join(folder, "all.f2b");
  writeFileSync(
    policy,
    `use ${modules.map((name) => `std/${name}`).join(", ")}
jail all {
  watch file "/var/log/all.log"
  filter ${filters.join(", ")}
  ban after 5 failures within 10m for 1h
  never ban self
  do ${actions.join(", ")}
}
`,
  );
  const lint = f2b(["lint", policy, "--json"]);
  t.same(
    jsonLines(lint.out)
      .filter(({ severity }) => severity !== "note")
      .map(({ code, file, message }) => `${code} ${file} ${message}`),
    [],
  );
  t.equal(lint.code, 0, lint.err);
  const compiled = f2b(["compile", policy, "-o", join(folder, "all.mjs")]);
  t.equal(compiled.code, 0, compiled.err);
});
