/**
 * The checked policy against its schema. A failure is a bug of the compiler, never of a policy.
 */
import type { Policy } from "../../schemas/policy.ts";
import { validate } from "./policy-validator.ts";

export function validatePolicy(policy: Policy): Policy {
  if (validate(policy)) return policy;
  const [first] = validate.errors ?? [];
  throw new Error(
    `compiler bug: the checked policy breaks its schema at ${first?.instancePath}: ${first?.message}`,
  );
}
