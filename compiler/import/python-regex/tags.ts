/**
 * Fail2ban's tags in a regular expression: which text is one, and what group it opens.
 *
 * A tag is `<NAME>`, `<F-NAME/>`, or a pair `<F-NAME>...</F-NAME>`. Whatever else looks like one stands
 * for itself.
 */
import type { Role, TagName } from "./tree.ts";

const whole: ReadonlyMap<string, TagName> = new Map([
  ["HOST", "host"],
  ["ADDR", "address"],
  ["IP4", "ip4"],
  ["IP6", "ip6"],
  ["DNS", "dns"],
  ["CIDR", "cidr"],
  ["SUBNET", "subnet"],
  ["SKIPLINES", "skiplines"],
  ["F-ADDR/", "address"],
  ["F-IP4/", "ip4"],
  ["F-IP6/", "ip6"],
  ["F-DNS/", "dns"],
  ["F-CIDR/", "cidr"],
  ["F-SUBNET/", "subnet"],
]);

/** How many of Python's groups a tag opens: they count for numbered references. */
export const pythonGroups: Readonly<Record<TagName, readonly string[]>> = {
  host: ["ip4", "ip6", "dns"],
  address: ["ip4", "ip6"],
  ip4: ["ip4"],
  ip6: ["ip6"],
  dns: ["dns"],
  cidr: ["cidr"],
  subnet: ["ip4", "ip6", "cidr"],
  skiplines: [],
  mapped4: [],
  beforePort: [],
};

const roles: ReadonlyMap<string, Role> = new Map([
  ["mlfid", "session"],
  ["nofail", "nofail"],
  ["mlfforget", "forget"],
  ["mlfgained", "gained"],
  ["content", "content"],
]);

export type TagText =
  | { readonly kind: "whole"; readonly tag: TagName; readonly length: number }
  | { readonly kind: "run"; readonly name: "fid" | "fport"; readonly length: number }
  | { readonly kind: "open"; readonly name: string; readonly length: number }
  | { readonly kind: "close"; readonly name: string; readonly length: number };

/** The tag that begins at `index`, if one does. */
export function readTag(text: string, index: number): TagText | null {
  const found = /^<(\/?)((?:F-)?[A-Z0-9_-]+)(\/?)>/.exec(text.slice(index, index + 80));
  if (found === null) return null;
  const length = found[0].length;
  const [, closing = "", name = "", self = ""] = found;
  if (closing === "") {
    const tag = whole.get(name + self);
    if (tag !== undefined) return { kind: "whole", tag, length };
    if (name === "F-ID" && self !== "") return { kind: "run", name: "fid", length };
    if (name === "F-PORT" && self !== "") return { kind: "run", name: "fport", length };
  }
  if (!name.startsWith("F-") || self !== "") return null;
  return { kind: closing === "" ? "open" : "close", name: groupName(name), length };
}

function groupName(tag: string): string {
  const name = tag.slice("F-".length).toLowerCase().replaceAll("-", "_");
  return name === "id" || name === "port" ? `f${name}` : name;
}

export function roleOf(pythonName: string): Role | null {
  return roles.get(pythonName) ?? null;
}
