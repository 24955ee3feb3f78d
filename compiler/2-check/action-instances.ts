/**
 * The actions in use: each declared action once for every set of arguments it is done with.
 */

import type { Action } from "../../schemas/policy.ts";
import type { Call } from "../1-read/ast.ts";
import { checkNames as catalogue } from "../diagnostics/catalogue/check-names.ts";
import { type Context, near, poison } from "./context.ts";
import { type ActionInstance, lowerAction } from "./lower-action.ts";
import type { Scope } from "./scope.ts";

export class ActionInstances {
  readonly #context: Context;
  readonly #byId = new Map<string, ActionInstance>();
  readonly #called = new Set<string>();

  constructor(context: Context) {
    this.#context = context;
  }

  get all(): Action[] {
    return [...this.#byId.values()].map((one) => one.action);
  }

  isCalled(name: string): boolean {
    return this.#called.has(name);
  }

  /** `captures` are those of all jails that do the action, whatever its arguments. */
  get(call: Call, scope: Scope, captures: ReadonlySet<string>): ActionInstance | null {
    const context = this.#context;
    const name = call.name.name;
    const declared = context.actions.get(name);
    if (declared === undefined) {
      if (poison(context, "action", name)) {
        const args = near(name, context.actions.keys());
        context.diagnostics.add(catalogue.unknownAction, call.name.at, args);
      }
      return null;
    }
    this.#called.add(name);
    const { args, at } = call;
    const lowered = lowerAction(declared, { args, scope, at, captures }, context);
    if (lowered === null) return null;
    const known = this.#byId.get(lowered.action.id);
    if (known !== undefined) return known;
    this.#byId.set(lowered.action.id, lowered);
    return lowered;
  }
}
