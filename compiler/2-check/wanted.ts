/**
 * Filters that a command asks for by name, and their arguments as words: `--set mode=aggressive`.
 */
import type { List, Param, Value } from "../1-read/ast.ts";
import { unitMs } from "../duration.ts";
import { parsePrefix } from "./address.ts";
import { makeText } from "./scope.ts";

export interface WantedFilter {
  readonly name: string;
  readonly args: Readonly<Record<string, string>>;
  /** Told its id in the checked policy. */
  readonly tell?: (id: string) => void;
}

/** The word as a value of the parameter's type, or null when it is none. */
export function readArgument(param: Param, text: string): Value | null {
  const { at } = param.name;
  const type = param.choices.length === 1 ? param.choices[0]?.name : "choice";
  switch (type) {
    case "choice": {
      const isChoice = param.choices.some((choice) => choice.name === text);
      const name = { type: "name" as const, name: text, at };
      return isChoice ? { type: "reference", name, argument: null, at } : null;
    }
    case "string":
      return makeText(text, at);
    case "int":
      return /^-?\d{1,15}$/.test(text) ? { type: "int", value: Number(text), at } : null;
    case "bool":
      return text === "true" || text === "false"
        ? { type: "bool", value: text === "true", at }
        : null;
    case "address":
      return parsePrefix(text) === null ? null : { type: "address", text, at };
    case "duration": {
      if (!/^(\d{1,9}(w|d|h|ms|m|s))+$/.test(text)) return null;
      const parts = [...text.matchAll(/(\d+)(w|d|h|ms|m|s)/g)];
      const ms = parts.reduce(
        (sum, [, n, unit]) => sum + Number(n) * (unitMs.get(unit ?? "") ?? 0),
        0,
      );
      return { type: "duration", text, ms, at };
    }
    case "list":
      return { type: "list", items: readItems(param, text), at };
    default:
      return null;
  }
}

/** `a, b`, as it may stand in a policy too: `["a", "b"]`. They are addresses where the default's are, or where they look like some. */
function readItems({ byDefault, name: { at } }: Param, text: string): List["items"] {
  const bare = /^\[(.*)\]$/s.exec(text.trim())?.[1] ?? text;
  const words = bare.split(",").map((word) => word.trim().replace(/^"(.*)"$/s, "$1"));
  const usual = byDefault?.type === "list" ? byDefault.items[0]?.type : undefined;
  const isAddresses = usual !== "text" && words.every((word) => parsePrefix(word) !== null);
  if (isAddresses) return words.map((word) => ({ type: "address", text: word, at }));
  return words.map((word) => makeText(word, at));
}
