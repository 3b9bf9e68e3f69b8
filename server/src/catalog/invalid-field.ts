import { NightjarError } from "../base/error.ts";

/** `invalid_field` for what only the catalog can tell. `field`: as the API names it; `message` continues it to a sentence. */
export function invalidField(field: string, message: string): NightjarError {
  return new NightjarError("invalid_field", `${field} ${message}.`, { details: { fields: [{ field, message }] } });
}
