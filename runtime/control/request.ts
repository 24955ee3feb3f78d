/**
 * One line of the control protocol checked by hand: a bundle carries no schema validator.
 *
 * In: a line from whoever can open the socket. Out: a request with exactly the fields that
 * schemas/control.schema.json allows, or a sentence that says what is wrong. The test suite holds this
 * file against the schema.
 */
import type { ControlRequest } from "../../schemas/control.ts";

type Check = (value: unknown) => boolean;

const text =
  (lengthMax: number): Check =>
  (value) =>
    typeof value === "string" && value.length > 0 && value.length <= lengthMax;
const integer =
  (min: number, max: number): Check =>
  (value) =>
    Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max;
const boolean: Check = (value) => typeof value === "boolean";

const jail = text(128);
const who = text(512);

interface Shape {
  readonly required: Readonly<Record<string, Check>>;
  readonly optional: Readonly<Record<string, Check>>;
}

const levels = ["debug", "info", "notice", "warning", "error"];

/** A Map, so that `__proto__` is just a verb that does not exist. */
const verbs: ReadonlyMap<string, Shape> = new Map([
  ["status", { required: {}, optional: { jail } }],
  ["bans", { required: {}, optional: { jail, why: who } }],
  [
    "ban",
    {
      required: { address: who, jail },
      optional: {
        forMs: (value: unknown) => value === null || integer(1, Number.MAX_SAFE_INTEGER)(value),
        force: boolean,
      },
    },
  ],
  ["unban", { required: { address: who }, optional: { jail } }],
  ["tail", { required: {}, optional: { jail } }],
  ["flush", { required: {}, optional: {} }],
  [
    "loglevel",
    {
      required: { level: (value: unknown) => levels.includes(value as string) },
      optional: {},
    },
  ],
  ["observe", { required: { jail, on: boolean }, optional: {} }],
  ["stop", { required: {}, optional: { flush: boolean } }],
]);

export type ReadRequest =
  | { readonly request: ControlRequest; readonly error: null }
  | { readonly request: null; readonly id: number | null; readonly error: string };

export function readRequest(line: string): ReadRequest {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return refuse(null, "a request is one JSON object a line");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return refuse(null, "a request is one JSON object a line");
  }
  const fields = new Map(Object.entries(value));
  const id = fields.get("id");
  if (!integer(0, 0xffff_ffff)(id)) return refuse(null, "`id` must be a number from 0");
  const verb = fields.get("verb");
  const shape = typeof verb === "string" ? verbs.get(verb) : undefined;
  if (shape === undefined) {
    return refuse(id, `\`verb\` must be one of ${[...verbs.keys()].join(", ")}`);
  }
  for (const name of Object.keys(shape.required)) {
    if (!fields.has(name)) return refuse(id, `\`${String(verb)}\` needs \`${name}\``);
  }
  const checks = new Map(Object.entries({ ...shape.required, ...shape.optional }));
  for (const [name, field] of fields) {
    if (name === "id" || name === "verb") continue;
    const check = checks.get(name);
    if (check === undefined) return refuse(id, `\`${String(verb)}\` has an unknown field`);
    if (!check(field)) return refuse(id, `\`${name}\` has a wrong value`);
  }
  return { request: value as ControlRequest, error: null };
}

function refuse(id: unknown, error: string): ReadRequest {
  return { request: null, id: typeof id === "number" ? id : null, error };
}
