import { ApiError } from "@nightjar/api/client";
import { FieldError } from "@nightjar/api/error";
import { RECORDING_KEYS, type RecordingKey } from "./recording-draft.ts";

/** What the server found wrong with which recording setting; empty for any other error. `prefix` is the object they stand in. */
export function refusedFields(error: Error | null, prefix: string): Partial<Record<RecordingKey, string>> {
  if (!(error instanceof ApiError)) return {};
  const fields = FieldError.array().safeParse(error.details.fields).data ?? [];
  return Object.fromEntries(
    RECORDING_KEYS.flatMap((key) => {
      const found = fields.find(({ field }) => field === `${prefix}.${key}`);
      return found === undefined ? [] : [[key, found.message]];
    }),
  );
}
