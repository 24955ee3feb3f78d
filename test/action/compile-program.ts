/** The program of a policy with one action, as its bundle exports it; `more` stands behind the first jail. */
import { compile } from "../../compiler/compile.ts";
import type { Program } from "../../runtime/contract.ts";

export async function compileProgram(body: string, params = "", more = ""): Promise<Program> {
  const text = `action tell${params} { ${body} }
filter f { fail "no {user} from {dots:word} {address}" }
jail web { watch input  filter f  ban after 1 failure for 1h  never ban self  do tell }
${more}`;
  const { bundle, diagnostics } = await compile(
    "tell.f2b",
    { read: (name) => (name === "tell.f2b" ? Buffer.from(text) : null) },
    { kind: "program", version: "0.1.0" },
  );
  if (bundle === null) throw new Error(JSON.stringify(diagnostics.sorted(), null, 1));
  const url = `data:text/javascript;base64,${Buffer.from(bundle.code).toString("base64")}`;
  return ((await import(url)) as { program: Program }).program;
}
