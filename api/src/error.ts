import { z } from "zod";

/**
 * The closed list of error codes. `status` is the HTTP status that goes with the code, `when` is what the reference says about it.
 * A test holds this list, the generated reference and the codes the server throws together.
 */
export const ERRORS = {
  bad_request: {
    status: 400,
    when: "The request could not be read: malformed JSON, wrong content type, bad encoding.",
  },
  invalid_field: {
    status: 400,
    when: "A field is missing, has the wrong type or an impossible value; `details` names each field.",
  },
  span_too_long: { status: 400, when: "`start` to `end` is longer than this route answers at once." },
  probe_failed: { status: 400, when: "The camera could not be probed; `details.cause` says why." },
  path_not_allowed: { status: 400, when: "A file path lies outside the approved storage roots." },
  unauthenticated: { status: 401, when: "No session or token was sent, or it has expired." },
  login_failed: { status: 401, when: "User name, password or one-time code is wrong." },
  setup_code_wrong: { status: 401, when: "The setup code is not the one the server printed at its start." },
  forbidden: { status: 403, when: "Signed in, but without the permission; `details.permission` names it." },
  cross_origin: { status: 403, when: "A change was asked for by a page of another origin." },
  not_found: { status: 404, when: "It does not exist, or not for this tenant." },
  method_not_allowed: { status: 405, when: "The address exists, but not with this method." },
  conflict: { status: 409, when: "It contradicts what is there already, such as a name in use." },
  setup_done: { status: 409, when: "The first administrator exists already; sign in instead." },
  body_too_large: { status: 413, when: "The request body is larger than the server accepts." },
  unsupported_media_type: { status: 415, when: "The body is not JSON." },
  range_not_satisfiable: { status: 416, when: "The byte range lies outside the file." },
  rate_limited: { status: 429, when: "Too many attempts; `Retry-After` says in how many seconds to try again." },
  internal: {
    status: 500,
    when: "The server failed. The log has the details under the request id in `details.request_id`.",
  },
  worker_unavailable: { status: 503, when: "The camera's worker does not answer at the moment." },
  camera_offline: { status: 503, when: "The camera sends no picture at the moment; `details.cause` says why." },
  transcoding_busy: {
    status: 503,
    when: "The video must be converted to H.264, and the server already converts as many as it does at once.",
  },
  ffmpeg_missing: {
    status: 503,
    when: "ffmpeg is not installed or too old; the message has the command that installs it.",
  },
  rclone_missing: {
    status: 503,
    when: "A network share is set and rclone is not installed; the message has the command that installs it.",
  },
  unavailable: { status: 503, when: "The catalog or the storage does not answer." },
} as const satisfies Record<string, { status: number; when: string }>;

export type ErrorCode = keyof typeof ERRORS;

export const ErrorCode = z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]);

export const ErrorBody = z
  .object({
    error: z.object({
      code: ErrorCode,
      message: z.string().describe("A sentence for people: what went wrong and what to do."),
      details: z.record(z.string(), z.unknown()).optional(),
    }),
  })
  .meta({ id: "Error" });
export type ErrorBody = z.infer<typeof ErrorBody>;

/** One wrong field, as listed in `details.fields` of an `invalid_field` error. */
export const FieldError = z.object({
  field: z.string().describe("Dotted path, e.g. `recording.segment_seconds`"),
  message: z.string(),
});
export type FieldError = z.infer<typeof FieldError>;
