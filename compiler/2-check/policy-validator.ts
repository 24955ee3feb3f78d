/**
 * What Ajv makes of the policy's schema. The built program has in place of this file the code that Ajv
 * writes when it is built (scripts/build.mjs), for making it takes longer than compiling a policy.
 */
import { Ajv, type ValidateFunction } from "ajv";
import schema from "../../schemas/policy.schema.json" with { type: "json" };

export const validate: ValidateFunction = new Ajv({ strict: true, allowUnionTypes: true }).compile(
  schema,
);
