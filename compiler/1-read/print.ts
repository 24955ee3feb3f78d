/**
 * The syntax tree -> policy text in one canonical layout.
 *
 * In: a tree as `parse` makes it. Out: text that parses to the same tree, places apart. Two blanks
 * a level, one statement a line; lists and objects stay on their line.
 */
import type * as ast from "./ast.ts";
import { printActionStatement } from "./print-action.ts";
import { printFilterStatement } from "./print-filter.ts";
import { printJailStatement } from "./print-jail.ts";
import { printBlock, printLet, printParams, printText } from "./print-values.ts";

export function print(tree: ast.Policy): string {
  return tree.items.map((item) => `${printItem(item)}\n`).join("\n");
}

function printItem(item: ast.Item): string {
  switch (item.type) {
    case "use":
      return `use ${item.modules.map((one) => (one.type === "std" ? one.name : printText(one))).join(", ")}`;
    case "let":
      return printLet(item);
    case "defaults":
      return `defaults ${printBlock(item.body.map(printJailStatement))}`;
    case "jail":
      return `jail ${item.name.name} ${printBlock(item.body.map(printJailStatement))}`;
    case "filter":
      return `filter ${item.name.name}${printParams(item.params)} ${printBlock(item.body.map(printFilterStatement))}`;
    case "action":
      return `action ${item.name.name}${printParams(item.params)} ${printBlock(item.body.map(printActionStatement))}`;
    case "serve":
      return `serve ${item.what.name} on ${printText(item.on)}`;
    case "fleet": {
      const shares = item.shares.map(({ verb, what }) => `${verb.name} ${what.name}`);
      return `fleet ${item.driver.name} ${printText(item.url)} ${printBlock(shares)}`;
    }
  }
}
