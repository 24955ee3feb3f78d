/**
 * Formats as calls of the runtime's readers.
 *
 * In: a `FormatPlan`. Out: what a scanner makes for it once (a reader may keep a stamp between
 * records), the test that reads a record, and how rules find its fields by name.
 */
import type { FieldKey, FilterPlan, FormatPlan } from "../3-plan/plan-types.ts";
import { type Code, js, literal, quote } from "./code.ts";
import type { Module } from "./module.ts";
import { writeTimePattern } from "./time.ts";

/** Fields every record of these formats has; extras stand behind them. */
const accessFields = {
  common: [
    "address",
    "host",
    "user",
    "request",
    "method",
    "path",
    "query",
    "protocol",
    "status",
    "bytes",
  ],
  combined: [
    "address",
    "host",
    "user",
    "request",
    "method",
    "path",
    "query",
    "protocol",
    "status",
    "bytes",
    "referer",
    "agent",
  ],
};

export interface WrittenReader {
  /** Made once a scanner; null: the reader keeps nothing. */
  readonly make: Code | null;
  /** True when the record was read. `state` names what `make` gave. */
  readonly read: (state: Code) => Code;
}

export function writeReader(
  module: Module,
  format: FormatPlan,
  fields: readonly FieldKey[],
): WrittenReader {
  switch (format.name) {
    case "syslog":
      return { make: null, read: () => js`${module.use("readSyslog")}(c.record)` };
    case "combined":
    case "common": {
      const combined = format.name === "combined";
      const count = format.extras.length;
      return {
        make: null,
        read: () => js`${module.use("readAccess")}(c.record, ${combined}, ${count})`,
      };
    }
    case "lines":
      return writeLines(module, format);
    case "json":
    case "logfmt":
    case "audit":
      return writeStructured(module, format, fields);
    default:
      return format.name satisfies never;
  }
}

/** A stamp that is cut out and one that the message stands behind are two readers. */
function writeLines(module: Module, format: FormatPlan): WrittenReader {
  const { kind } = format.time;
  const cut = kind === "start" || kind === "leading" || kind === "anywhere";
  const make = module.use(cut ? "makeCut" : "makeLines");
  const read = module.use(cut ? "readCut" : "readLines");
  return {
    make: js`${make}(${quote(kind)}, ${writeTime(module, format)})`,
    read: (state) => js`${read}(c.record, ${state})`,
  };
}

function writeTime(module: Module, format: FormatPlan): Code {
  const { time } = format;
  const pattern = "pattern" in time ? time.pattern : null;
  return pattern === null ? js`null` : writeTimePattern(module, pattern);
}

const structured = {
  json: ["makeFields", "readJson"],
  logfmt: ["makeFlatFields", "readLogfmt"],
  audit: ["makeFlatFields", "readAudit"],
} as const;

function writeStructured(
  module: Module,
  format: FormatPlan,
  fields: readonly FieldKey[],
): WrittenReader {
  const [make, read] = structured[format.name as keyof typeof structured];
  const numberOf = (name: string) =>
    fields.findIndex(
      (field, i) => "name" in field && field.name === name && format.paths[i] !== null,
    );
  const paths = literal(format.paths);
  const pattern = writeTime(module, format);
  return {
    make: js`${module.use(make)}(${paths}, ${numberOf("time")}, ${numberOf("message")}, ${pattern})`,
    read: (state) => js`${module.use(read)}(c.record, ${state})`,
  };
}

/** The names a format gives to fields, and how one is read: for captures and for `where`. */
export function writeFields(module: Module, filter: FilterPlan, format: FormatPlan): Code {
  switch (format.name) {
    case "combined":
    case "common": {
      const names = [...accessFields[format.name], ...format.extras];
      const extras = literal(format.extras);
      return js`{
      names: ${literal([...new Set(names)])},
      read: (record, name) => ${module.use("accessField")}(record, name, ${extras}),
    }`;
    }
    case "json":
    case "logfmt":
    case "audit": {
      const names = filter.fields.map((field, i) =>
        "name" in field && format.paths[i] !== null ? field.name : null,
      );
      return js`${module.use("namedValues")}(${literal(names)})`;
    }
    default:
      return module.use("noFields");
  }
}
