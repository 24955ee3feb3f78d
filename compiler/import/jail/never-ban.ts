/**
 * `ignoreself`, `ignoreip` and `usedns` -> who is never banned, and whether host names count.
 *
 * In: what a jail says. Out: those who are spared, in its order, each once: addresses and prefixes in their canonical text, `host "..."`, `file "..."`.
 */

import { parseAddress } from "../../../runtime/address.ts";
import { formatPrefix, parsePrefix } from "../../../runtime/prefix.ts";
import type { Who } from "../../1-read/ast.ts";
import { importingJails as catalogue } from "../../diagnostics/catalogue/importing-jails.ts";
import { address, reference, resolveHosts, type Statement } from "./nodes.ts";
import type { JailOptions } from "./options.ts";

export function sparedBy(options: JailOptions): Who[] {
  const who: Who[] = options.isTrue("ignoreself", true) ? [reference("self")] : [];
  const seen = new Set<string>();
  const value = options.value("ignoreip");
  for (const { 0: found, index } of value.text.matchAll(/[^\s,]+/g)) {
    if (seen.has(found)) continue;
    seen.add(found);
    const one = readSpared(found);
    if (one !== null) who.push(one);
    else {
      options.report(catalogue.ignoredLeftOut, value.slice(index, index + found.length), { found });
      options.left.push(`ignoreip = ${found}`);
    }
  }
  return who;
}

function readSpared(text: string): Who | null {
  if (text.startsWith("file:")) {
    const path = text.slice("file:".length).replace(/^\/\/(?=\/)/, "");
    return path.startsWith("/") && !path.startsWith("//") ? reference("file", path) : null;
  }
  const prefix = parsePrefix(withLength(text.replace(/^\[(.*)\]/, "$1")));
  if (prefix !== null) return address(formatPrefix(prefix));
  return isHostName(text) ? reference("host", text) : null;
}

/** `192.0.2.0/255.255.255.0` -> `192.0.2.0/24`. */
function withLength(text: string): string {
  const [network = "", dotted = ""] = text.split("/");
  if (!dotted.includes(".")) return text;
  const parts = parseAddress(dotted)?.groups ?? [];
  const bits = parts.map((part) => part.toString(2).padStart(8, "0")).join("");
  return /^1*0*$/.test(bits) && bits.length === 32
    ? `${network}/${bits.indexOf("0") < 0 ? 32 : bits.indexOf("0")}`
    : text;
}

const hostLabel = /^[0-9A-Za-z_](?:[0-9A-Za-z_-]{0,61}[0-9A-Za-z_])?$/;

/** With a letter in it, and dots as names have: all else is no name that could be looked up. */
function isHostName(text: string): boolean {
  const labels = text.replace(/\.$/, "").split(".");
  const last = labels.at(-1) ?? "";
  return text.length <= 253 && labels.every((one) => hostLabel.test(one)) && /[A-Za-z]/.test(last);
}

export function hostNameStatements(options: JailOptions): Statement[] {
  const usedns = options.text("usedns").toLowerCase();
  if (/^(?:yes|1|on|true)$/.test(usedns)) return [resolveHosts()];
  if (usedns === "" || usedns === "warn") {
    options.report(catalogue.hostNames, options.value("usedns"), { usedns });
  } else if (usedns === "raw") {
    const why = "who is banned is an address, never the name that stands in the log";
    options.lose(catalogue.settingLeftOut, "usedns", { name: "usedns", why });
  }
  return [];
}
