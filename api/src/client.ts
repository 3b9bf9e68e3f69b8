import type { z } from "zod";
import { ErrorBody, type ErrorCode } from "./error.ts";
import type { RouteContract } from "./route.ts";

/** What a call of a route needs: exactly the parts that its contract names. */
export type CallInput<R extends RouteContract> = (R["params"] extends z.ZodType
  ? { params: z.input<R["params"]> }
  : unknown) &
  (R["query"] extends z.ZodType ? { query: z.input<R["query"]> } : unknown) &
  (R["body"] extends z.ZodType ? { body: z.input<R["body"]> } : unknown) & { signal?: AbortSignal };

export type CallOutput<R extends RouteContract> = R["response"] extends z.ZodType ? z.output<R["response"]> : undefined;

/** A refusal or failure as the server told it; `status` 0 when the server was not reached at all. */
export class ApiError extends Error {
  readonly code: ErrorCode | "unreachable";
  readonly status: number;
  readonly details: Record<string, unknown>;

  constructor(code: ErrorCode | "unreachable", status: number, message: string, details: Record<string, unknown> = {}) {
    super(message);
    this.name = "ApiError";
    this.code = code;
    this.status = status;
    this.details = details;
  }
}

export interface ClientOptions {
  /** Origin of the server without a trailing slash; "" in a page that the server itself delivered. */
  readonly baseUrl: string;
  /** Bearer token, for scripts. A page uses the session cookie instead. */
  readonly token?: () => string | undefined;
  readonly fetch?: typeof fetch;
}

interface AnyInput {
  readonly params?: Record<string, unknown>;
  readonly query?: Record<string, unknown>;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

/** The address of a route with its parameters and query filled in; absent and undefined query values are left out. */
export function routeUrl<R extends RouteContract>(route: R, input: Omit<CallInput<R>, "body" | "signal">): string {
  const { params = {}, query = {} } = input as AnyInput;
  const path = route.path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(String(params[name])));
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined) search.set(key, String(value));
  }
  return search.size > 0 ? `${path}?${search}` : path;
}

export type Client = <R extends RouteContract>(route: R, input: CallInput<R>) => Promise<CallOutput<R>>;

/** A typed client of the whole contract: `call(cameraRoutes.get, { params: { id: 1 } })`. Throws `ApiError`. */
export function createClient(options: ClientOptions): Client {
  const doFetch = options.fetch ?? fetch;
  return async function call<R extends RouteContract>(route: R, input: CallInput<R>): Promise<CallOutput<R>> {
    const { body, signal } = input as AnyInput;
    const token = options.token?.();
    const headers: Record<string, string> = { accept: "application/json" };
    if (body !== undefined) headers["content-type"] = "application/json";
    if (token !== undefined) headers.authorization = `Bearer ${token}`;
    let response: Response;
    try {
      response = await doFetch(options.baseUrl + routeUrl(route, input), {
        method: route.method,
        headers,
        credentials: "same-origin",
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        ...(signal === undefined ? {} : { signal }),
      });
    } catch (error) {
      if (signal?.aborted) throw error;
      throw new ApiError("unreachable", 0, "The server does not answer. Is it running?");
    }
    if (!response.ok) throw await refusal(response);
    if (route.response === undefined) return undefined as CallOutput<R>;
    return (await response.json()) as CallOutput<R>;
  };
}

async function refusal(response: Response): Promise<ApiError> {
  const parsed = ErrorBody.safeParse(await response.json().catch(() => null));
  if (!parsed.success) return new ApiError("internal", response.status, `The server answered ${response.status}.`);
  const { code, message, details } = parsed.data.error;
  return new ApiError(code, response.status, message, details ?? {});
}
