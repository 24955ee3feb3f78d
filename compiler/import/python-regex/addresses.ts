/**
 * Fail2ban's tags for addresses where f2b's of the same name take less.
 *
 * In: a tree. Out: the same with such a tag as branches, f2b's own first. f2b takes an address as a whole token: `2001:db8::7:2274` is one, and so is
 * `www-1`. Where the pattern asks for a port or a dash behind it, Fail2ban ends the address before that.
 */
import { takes } from "./takes.ts";
import { type Choice, mapChoices, type Node, type Sequence, type TagName } from "./tree.ts";

export function widenAddresses(body: Choice): Choice {
  return body.map((sequence) =>
    sequence.map((node, i): Node => {
      if (node.type !== "tag") return mapChoices(node, widenAddresses);
      const forms = formsOf(node.tag, sequence.slice(i + 1));
      if (forms.length === 1) return node;
      const branches = forms.map((tag): Sequence => [{ type: "tag", tag, at: node.at }]);
      return { type: "group", body: branches, at: node.at };
    }),
  );
}

function formsOf(tag: TagName, behind: Sequence): TagName[] {
  const [next] = behind;
  if (tag === "ip4") return ["ip4", "mapped4"];
  if (tag === "host" && isChar(next, "-")) return ["address", "host"];
  const canBeSix = tag === "host" || tag === "address" || tag === "ip6";
  return canBeSix && isPort(behind) ? [tag, "beforePort"] : [tag];
}

function isChar(node: Node | undefined, char: string): boolean {
  return node?.type === "char" && node.code === char.charCodeAt(0);
}

/** A colon and digits, captured or not; what takes anything asks for no port. */
function isPort([colon, first]: Sequence): boolean {
  if (!isChar(colon, ":")) return false;
  const digits = first?.type === "capture" ? first.body[0]?.[0] : first;
  const one = digits?.type === "repeat" && digits.min > 0 ? digits.item : digits;
  return one?.type === "set" && takes(one, 0x35) && !takes(one, 0x3a);
}
