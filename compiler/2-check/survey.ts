/**
 * Every declaration by itself, whether anything uses it or not: a mistake must not wait for a caller.
 */
import type { ActionInstances } from "./action-instances.ts";
import type { Context } from "./context.ts";
import { lowerAction } from "./lower-action.ts";
import { lowerFilter } from "./lower-filter.ts";
import { reportFleet, reportServe } from "./not-in-this-version.ts";
import { resolve } from "./values.ts";

export function surveyFiles(context: Context): void {
  for (const [file, tree] of context.loaded.trees) {
    for (const item of tree.items) {
      if (item.type === "serve") reportServe(item, context);
      else if (item.type === "fleet") reportFleet(item, context);
      else if (item.type === "let" && item.value.type === "reference") {
        const scope = context.scopes.get(file);
        if (scope !== undefined) resolve(context, item.value, scope);
      }
    }
  }
  for (const declared of context.filters.values()) {
    const call = { args: [], scope: declared.scope, at: declared.tree.name.at };
    lowerFilter(declared, call, { isSurvey: true, jail: null }, context);
  }
}

/** Actions that no jail does; any name in them may be a capture of filters to come. */
export function surveyActions(context: Context, actions: ActionInstances): void {
  for (const [name, declared] of context.actions) {
    if (actions.isCalled(name)) continue;
    const { scope, tree } = declared;
    lowerAction(declared, { args: [], scope, at: tree.name.at, captures: null }, context);
  }
}
