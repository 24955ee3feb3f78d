/**
 * Action steps with hostile values, and queues with actions that fail or hang.
 */
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t, { type Test } from "tap";
import { runProcess } from "../../runtime/action/process.ts";
import { ActionQueue, type Answer } from "../../runtime/action/queue.ts";
import { runSteps } from "../../runtime/action/steps.ts";
import { eventText } from "../../runtime/action/value.ts";
import type { ActionEvent, ActionSpec, ActionText, StepSpec } from "../../runtime/contract.ts";

const hostile = "-rf $(touch /tmp/pwned);`id`\n\u001b[2J\0\"'\u2028%s";

const event: ActionEvent = {
  event: "ban",
  jail: "sshd",
  address: "192.0.2.1",
  id: "192.0.2.1",
  family: 4,
  time: 1_000_000,
  until: 1_600_000,
  failures: 5,
  captures: { user: hostile },
  kept: {},
};

const literal =
  (text: string): ActionText =>
  () =>
    text;
const user: ActionText = (e) => `${e.captures["user"] ?? ""}`;

function run(argv: ActionText[], more: Partial<Extract<StepSpec, { verb: "run" }>> = {}): StepSpec {
  return { verb: "run", argv, input: null, timeoutMs: 5_000, keep: null, expect: [0, 0], ...more };
}

function folder(test: Test): string {
  const path = mkdtempSync(join(tmpdir(), "f2b-steps-"));
  test.teardown(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const context = (log: string[] = []) => ({
  environment: (name: string) => (name === "TOKEN" ? "s3cret" : undefined),
  log: (text: string) => log.push(text),
});

t.test("a capture of any length keeps no program from being run", async (t) => {
  const text = `printf %s "\${#F2B_CAPTURE_AGENT}"`;
  const how = { input: null, timeoutMs: 5_000, keep: "length", expect: [0, 0] } as const;
  const step: StepSpec = { verb: "script", text, ...how };
  const long = { ...event, captures: { agent: "x".repeat(1_000_000) } };
  t.same(await runSteps([step], long, context()), { length: "4096" });
});

t.test("a value is one argument, no option, and carries no control characters", async (t) => {
  const kept = await runSteps(
    [
      run(
        [
          literal(process.execPath),
          literal("-p"),
          literal("JSON.stringify(process.argv.slice(1))"),
          user,
        ],
        {
          keep: "argv",
        },
      ),
    ],
    event,
    context(),
  );
  const argv = JSON.parse(kept["argv"] ?? "") as string[];
  t.same(argv, ["_rf $(touch /tmp/pwned);`id`??[2J?\"'?%s"]);
});

t.test("a script sees values as variables only", async (t) => {
  const kept = await runSteps(
    [
      {
        verb: "script",
        text: 'printf "%s|%s" "$F2B_ADDRESS" "$F2B_CAPTURE_USER"',
        input: null,
        timeoutMs: 5_000,
        keep: "out",
        expect: [0, 0],
      },
    ],
    event,
    context(),
  );
  t.match(kept["out"], /^192\.0\.2\.1\|-rf \$\(touch/);
});

t.test("write appends, follows no link, and its lines cannot be forged", async (t) => {
  const path = join(folder(t), "list");
  const step: StepSpec = {
    verb: "write",
    path: literal(path),
    body: (e) => `${e.address} ${e.captures["user"]}\n`,
    timeoutMs: 5_000,
  };
  await runSteps([step, step], event, context());
  t.equal(readFileSync(path, "utf8").trimEnd().split("\n").length, 2);
  symlinkSync(path, `${path}-link`);
  await t.rejects(runSteps([{ ...step, path: literal(`${path}-link`) }], event, context()));
});

t.test("secrets are read on the host, and their absence is an error in words", async (t) => {
  const log: string[] = [];
  const text =
    (from: "env" | "file", name: string): ActionText =>
    (_, secret) =>
      `token ${secret(from, name)}`;
  await runSteps([{ verb: "log", text: text("env", "TOKEN") }], event, context(log));
  const file = join(folder(t), "token");
  writeFileSync(file, "from file\n");
  await runSteps([{ verb: "log", text: text("file", file) }], event, context(log));
  t.same(log, ["token s3cret", "token from file"]);
  await t.rejects(runSteps([{ verb: "log", text: text("env", "NO") }], event, context(log)), {
    message: "the environment has no NO",
  });
});

t.test("a program that is missing, fails, hangs or floods", async (t) => {
  t.match(await runProcess(["no-such-program"], { timeoutMs: 1000 }), {
    code: null,
    fault: /not installed/,
  });
  t.match(await runProcess(["sh", "-c", "echo no >&2; exit 3"], { timeoutMs: 5000 }), {
    code: 3,
    errors: "no\n",
  });
  t.match(await runProcess(["sh", "-c", "trap '' TERM; sleep 60"], { timeoutMs: 100 }), {
    code: null,
    fault: /did not end within 100 ms/,
  });
  const flood = await runProcess(["sh", "-c", "yes | head -c 3000000"], { timeoutMs: 10_000 });
  t.equal(flood.output.length, 64 * 1024);
});

t.test(
  "queues: retries in order, one that hangs delays nobody, what is kept comes back",
  async (t) => {
    const file = join(folder(t), "out");
    let fails = 2;
    const answers: Answer[] = [];
    const action = (id: string, steps: readonly StepSpec[]): ActionSpec => ({
      id,
      name: id,
      driver: null,
      hooks: [
        { event: "ban", all: false, steps },
        {
          event: "unban",
          all: false,
          steps: [
            {
              verb: "write",
              path: literal(file),
              body: (e) => `un ${e.kept["rule"]}\n`,
              timeoutMs: 5000,
            },
          ],
        },
      ],
    });
    const options = {
      context: {
        environment: () => undefined,
        log: () => {
          if (fails-- > 0) throw new Error("not yet");
        },
      },
      answer: (answer: Answer) => answers.push(answer),
      sleep: async () => {},
    };
    const flaky = new ActionQueue(
      action("flaky", [
        run([literal("echo"), (e) => `rule-${e.address}`], { keep: "rule" }),
        { verb: "log", text: literal("x") },
      ]),
      options,
    );
    const hangs = new ActionQueue(
      action("hangs", [run([literal("sleep"), literal("60")], { timeoutMs: 400 })]),
      {
        ...options,
        sleep: () => new Promise(() => {}),
      },
    );
    hangs.add(event);
    flaky.add(event);
    flaky.add({ ...event, event: "unban" });
    flaky.add({ ...event, event: "start" });
    await flaky.idle();
    t.equal(readFileSync(file, "utf8"), "un rule-192.0.2.1\n");
    t.same(flaky.counters, { done: 2, retried: 2, failed: 0, shed: 0, waiting: 0 });
    t.same(
      answers.map((a) => [a.action, a.event.event, a.fault, a.attempts]),
      [
        ["flaky", "ban", null, 3],
        ["flaky", "unban", null, 1],
      ],
    );
    t.equal(hangs.counters.done, 0);
  },
);

t.test("seconds that programs take: none is 0 by chance, none has more than 31 bits", async (t) => {
  const seconds = (until: number | null) => eventText({ ...event, time: 0, until }, "seconds");
  t.equal(seconds(null), "0");
  t.equal(seconds(1), "1");
  t.equal(seconds(3_650 * 86_400_000), "315360000");
  t.equal(seconds(36_500 * 86_400_000), "2147483647");
});
