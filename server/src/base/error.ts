import type { ErrorCode } from "@nightjar/api/error";

export interface ErrorOptions {
  /** For the caller: machine-readable, without secrets. */
  readonly details?: Record<string, unknown>;
  /** For the log only. */
  readonly cause?: unknown;
}

/**
 * The one error type: `code` is from the closed list of the HTTP contract, `message` is a sentence for people that names the cause and
 * what to do. Whatever else is thrown is a defect and is answered as `internal`.
 */
export class NightjarError extends Error {
  readonly code: ErrorCode;
  readonly details: Record<string, unknown> | undefined;

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = "NightjarError";
    this.code = code;
    this.details = options.details;
  }
}

/** `err.code` of a system error such as `ENOENT`; undefined for everything else. */
export function systemErrorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
