import type { FieldError } from "@nightjar/api/error";
import { NightjarError } from "../base/error.ts";

/** `invalid_field` with the fields in `details.fields`; the message names the first. */
export function invalidFields(fields: readonly FieldError[]): NightjarError {
  const [first] = fields;
  const message = first === undefined ? "The request is not valid." : `${first.field} ${first.message}.`;
  return new NightjarError("invalid_field", message, { details: { fields } });
}

/** `field`: dotted path; `message` continues it to a sentence: `must lie after start`. */
export function invalidField(field: string, message: string): NightjarError {
  return invalidFields([{ field, message }]);
}
