/**
 * Chevrotain's concrete tree -> the syntax tree of `ast.ts`; the concrete tree ends here.
 *
 * In: a `policy` node, possibly with holes where the parser recovered. Out: a whole tree of what is
 * left. What is wrong inside single tokens is reported on the way.
 */
import type * as cst from "../../grammar/cst.d.ts";
import type * as ast from "./ast.ts";
import { buildAction } from "./build-action.ts";
import { buildFilter } from "./build-filter.ts";
import { buildJailBody } from "./build-jail.ts";
import { buildName, buildText } from "./build-literals.ts";
import { buildLet, buildNames, buildTextNode } from "./build-values.ts";
import { each, Incomplete, need, type Reading, written } from "./reading.ts";

export function buildAst(reading: Reading, node: cst.PolicyCstNode): ast.Policy {
  const items = each(node.children.item, (item) => buildItem(reading, item));
  return { type: "policy", items, at: reading.span(0, reading.source.text.length) };
}

function buildItem(reading: Reading, node: cst.ItemCstNode): ast.Item {
  const parts = node.children;
  if (parts.use) return buildUse(reading, need(parts.use));
  if (parts.let) return buildLet(reading, need(parts.let));
  if (parts.jail) return buildJail(reading, need(parts.jail));
  if (parts.filter) return buildFilter(reading, need(parts.filter));
  if (parts.action) return buildAction(reading, need(parts.action));
  if (parts.fleet) return buildFleet(reading, need(parts.fleet));
  const at = reading.at(node);
  if (parts.defaults) {
    const { jailBody } = need(parts.defaults).children;
    return { type: "defaults", body: buildJailBody(reading, jailBody?.[0]), at };
  }
  const { Name, text } = need(parts.serve).children;
  const what = buildName(reading, need(Name));
  return { type: "serve", what, on: buildTextNode(reading, need(text)), at };
}

function buildUse(reading: Reading, node: cst.UseCstNode): ast.Use {
  const { StdModule, Text } = node.children;
  const modules: ast.Use["modules"] = [
    ...written(StdModule).map((token) => ({
      type: "std" as const,
      name: token.image,
      at: reading.at(token),
    })),
    ...written(Text).map((token) => buildText(reading, token)),
  ].sort((a, b) => a.at.start - b.at.start);
  return { type: "use", modules, at: reading.at(node) };
}

function buildJail(reading: Reading, node: cst.JailCstNode): ast.Jail {
  return {
    type: "jail",
    name: buildName(reading, need(node.children.Name)),
    body: buildJailBody(reading, node.children.jailBody?.[0]),
    at: reading.at(node),
  };
}

function buildFleet(reading: Reading, node: cst.FleetCstNode): ast.Fleet {
  const shares = each(node.children.share, (share) => {
    const [verb, what] = buildNames(reading, share.children.Name);
    if (verb === undefined || what === undefined) throw new Incomplete();
    return { verb, what, at: reading.at(share) };
  });
  return {
    type: "fleet",
    driver: buildName(reading, need(node.children.Name)),
    url: buildTextNode(reading, need(node.children.text)),
    shares,
    at: reading.at(node),
  };
}
