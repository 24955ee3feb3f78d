/**
 * Processes of the daemon: none outlives it, and none is started once it leaves.
 */
import t from "tap";
import { endProcesses, runProcess } from "../../runtime/action/process.ts";

t.test("what runs is killed when the daemon leaves, and nothing new is run", async (t) => {
  const running = runProcess(["sleep", "60"], { timeoutMs: 60_000 });
  endProcesses();
  t.match(await running, { code: null, fault: "ended by SIGKILL" });
  t.match(await runProcess(["sleep", "60"], { timeoutMs: 60_000 }), {
    code: null,
    fault: "the daemon leaves",
  });
});
