import type { Socket } from "node:net";
import { ERRORS, type ErrorBody, type ErrorCode, type FieldError } from "@nightjar/api/error";
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { hasZodFastifySchemaValidationErrors } from "fastify-type-provider-zod";
import { NightjarError } from "../../base/error.ts";
import type { Log } from "../../base/log.ts";
import { redact } from "../../base/redact.ts";
import { invalidFields } from "../field-error.ts";

/** Turns everything that is thrown into `{error: {code, message, details?}}`; what is not an expected error is logged and not told. */
export function answerErrors(app: FastifyInstance, log: Log): void {
  app.setErrorHandler((error, request, reply) => sendError(error, request, reply, log));
}

/** Errors before a route is found: an address that cannot be decoded. */
export function frameworkErrors(log: Log): (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => void {
  return (error, request, reply) => {
    sendError(error, request, reply, log);
  };
}

function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply, log: Log): FastifyReply {
  const known = expectedError(error) ?? internalError(error, request, log);
  const retryAfter = known.details?.retry_after_seconds;
  if (typeof retryAfter === "number") reply.header("retry-after", String(Math.max(1, Math.ceil(retryAfter))));
  // What a handler prepared for its success must not go out with the error.
  for (const name of ["content-length", "etag", "last-modified", "content-encoding"]) reply.removeHeader(name);
  return reply
    .code(ERRORS[known.code].status)
    .header("cache-control", "no-store")
    .type("application/json; charset=utf-8")
    .serializer(JSON.stringify)
    .send(errorBody(known));
}

function errorBody(error: NightjarError): ErrorBody {
  const { code, message, details } = error;
  return { error: { code, message: redact(message), ...(details === undefined ? {} : { details }) } };
}

function expectedError(error: unknown): NightjarError | undefined {
  if (error instanceof NightjarError) return error.code === "internal" ? undefined : error;
  if (hasZodFastifySchemaValidationErrors(error)) return invalidFields(error.validation.flatMap(fieldErrors));
  return fastifyError(error);
}

interface ValidationIssue {
  readonly instancePath: string;
  readonly message?: string | undefined;
  readonly params?: Record<string, unknown>;
}

/** Unknown keys are an issue of the object that holds them; the field to name is the key itself. */
function fieldErrors(issue: ValidationIssue): FieldError[] {
  const path = issue.instancePath.split("/").filter((part) => part !== "");
  const keys = issue.params?.keys;
  if (Array.isArray(keys))
    return keys.map((key) => ({ field: [...path, String(key)].join("."), message: "is not a known field" }));
  return [{ field: path.join(".") || "body", message: issue.message ?? "is not valid" }];
}

const FASTIFY_ERRORS: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ["body_too_large", "The request body is larger than 1 MB."],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    "unsupported_media_type",
    "Send the body as JSON, with content-type: application/json.",
  ],
  FST_ERR_CTP_INVALID_JSON_BODY: ["bad_request", "The body is not valid JSON."],
  FST_ERR_CTP_EMPTY_JSON_BODY: ["bad_request", "The body is empty; this request needs a JSON body."],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ["bad_request", "The body is shorter or longer than its content-length says."],
  FST_ERR_BAD_URL: ["bad_request", "The address is not valid; check its percent-encoding."],
  FST_ERR_MAX_PARAM_LENGTH: ["bad_request", "A part of the address is too long."],
};

function fastifyError(error: unknown): NightjarError | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, statusCode } = error as Partial<FastifyError>;
  const known = code === undefined ? undefined : FASTIFY_ERRORS[code];
  if (known !== undefined) return new NightjarError(known[0], known[1], { cause: error });
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return new NightjarError("bad_request", "The request could not be read.", { cause: error });
  return undefined;
}

function internalError(error: unknown, request: FastifyRequest, log: Log): NightjarError {
  log.error("a request failed", {
    request_id: request.id,
    method: request.method,
    route: request.routeOptions.url ?? "none",
    error: error instanceof Error ? error : String(error),
    ...(error instanceof Error && error.cause !== undefined ? { cause: error.cause } : {}),
  });
  return new NightjarError("internal", "The server failed; its log has the details under the request id.", {
    details: { request_id: request.id },
  });
}

/** Answers what is not even HTTP, or whose header is too large, on the bare socket. */
export function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const message =
    error.code === "HPE_HEADER_OVERFLOW"
      ? "The address or the header is too long."
      : "The request is not HTTP that this server understands.";
  const body = JSON.stringify(errorBody(new NightjarError("bad_request", message)));
  socket.end(
    [
      "HTTP/1.1 400 Bad Request",
      "Content-Type: application/json; charset=utf-8",
      `Content-Length: ${Buffer.byteLength(body)}`,
      "Connection: close",
      "",
      body,
    ].join("\r\n"),
  );
}
