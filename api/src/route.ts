import type { z } from "zod";
import type { Permission } from "./permission.ts";

/** Who may call a route: one permission, anybody signed in, or everybody. There is no default. */
export type Access = Permission | "signed-in" | "public";

/** One route of the HTTP contract, as data: validation, OpenAPI document and typed client all come from it. */
export interface RouteContract {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** Path with `:name` parameters. */
  readonly path: string;
  readonly access: Access;
  readonly tag: string;
  readonly summary: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** JSON answer of a success; absent for 204 and for `content`. */
  readonly response?: z.ZodType;
  /** Status of a success: 200 unless stated. */
  readonly status?: 200 | 201 | 202 | 204;
  /** Content type of a success that is not JSON, such as `video/mp4`. */
  readonly content?: string;
  /** A WebSocket: what comes over it is said in `summary`. */
  readonly webSocket?: true;
  /** A media token (`?media_token=`) of the camera named by the request is accepted too. */
  readonly mediaToken?: true;
}

export function defineRoute<const R extends RouteContract>(route: R): R {
  return route;
}
