/**
 * Debian's fail2ban package, where it is installed: its configuration and its sample logs, read where they lie.
 *
 * The two filters that stand with the package's own tests include a file of the source tree; here they get the installed one.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import type { ConfigFiles } from "../../compiler/import/config/layers.ts";

const config = "/etc/fail2ban";
const tests = "/usr/lib/python3/dist-packages/fail2ban/tests";
export const python = "/usr/bin/python3";
export const samplesFolder = join(tests, "files/logs");

/** Why its tests cannot run here, or false. */
export const missing: string | false =
  existsSync(join(config, "filter.d")) && existsSync(samplesFolder)
    ? false
    : "NOT RUN: Debian's fail2ban package is not installed, so nothing is held against it";

export const stockFiles: ConfigFiles = {
  read(name) {
    if (name.endsWith("/config/filter.d/common.conf"))
      return readOrNull(join(config, "filter.d/common.conf"));
    if (isAbsolute(name)) return readOrNull(name);
    return readOrNull(join(config, name)) ?? readOrNull(join(tests, "config", name));
  },
  list: (folder) =>
    existsSync(join(config, folder)) ? readdirSync(join(config, folder)).sort() : [],
};

export const stockFolder = config;

function readOrNull(path: string): Uint8Array | null {
  return existsSync(path) ? readFileSync(path) : null;
}

/** The filters of the package's configuration; what they include is none. */
export function stockNames(): string[] {
  return readdirSync(join(config, "filter.d"))
    .filter((file) => file.endsWith(".conf") && !file.endsWith("common.conf"))
    .map((file) => file.slice(0, -".conf".length))
    .sort();
}
