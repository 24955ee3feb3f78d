/** The names that runtime/index.ts exports: no function of a policy may hide one. */
import * as runtime from "../../runtime/index.ts";

export const runtimeNames: readonly string[] = Object.keys(runtime).sort();
