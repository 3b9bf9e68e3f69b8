import type { ErrorCode } from "@nightjar/api/error";
import type { ExportErrorCode } from "@nightjar/api/export";
import { errorMessage, NightjarError } from "../base/error.ts";

const ERROR_CODES: Readonly<Record<Exclude<ExportErrorCode, "internal" | "ffmpeg_missing">, ErrorCode>> = {
  no_footage: "not_found",
  camera_deleted: "not_found",
  no_space: "unavailable",
  folder_missing: "unavailable",
  no_font: "unavailable",
};

/** An export cannot be made, for a reason that a page can tell in its own language. */
export class ExportFailure extends NightjarError {
  readonly reason: keyof typeof ERROR_CODES;

  constructor(reason: keyof typeof ERROR_CODES, message: string) {
    super(ERROR_CODES[reason], message);
    this.reason = reason;
  }
}

/** What is noted of an export that failed: a sentence for people, and its code. */
export function exportError(error: unknown): { readonly error: string; readonly errorCode: ExportErrorCode } {
  if (error instanceof ExportFailure) return { error: error.message, errorCode: error.reason };
  if (!(error instanceof NightjarError))
    return { error: `The export failed: ${errorMessage(error)}.`, errorCode: "internal" };
  return { error: error.message, errorCode: error.code === "ffmpeg_missing" ? "ffmpeg_missing" : "internal" };
}
