/**
 * The checked policy against its schema. A failure is a bug of the compiler, never of a policy.
 */
import { Ajv, type ValidateFunction } from "ajv";
import schema from "../../schemas/policy.schema.json" with { type: "json" };
import type { Policy } from "../../schemas/policy.ts";

let compiled: ValidateFunction | undefined;

export function validatePolicy(policy: Policy): Policy {
  compiled ??= new Ajv({ allErrors: false, strict: true, allowUnionTypes: true }).compile(schema);
  if (compiled(policy)) return policy;
  const [first] = compiled.errors ?? [];
  throw new Error(
    `compiler bug: the checked policy breaks its schema at ${first?.instancePath}: ${first?.message}`,
  );
}
