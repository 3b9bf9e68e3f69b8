import { ErrorBody } from "@nightjar/api/error";
import type { RouteContract } from "@nightjar/api/route";
import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods, onRequestAsyncHookHandler } from "fastify";
import type { WebSocket } from "ws";
import { z } from "zod";
import type { Principal } from "../access/principal.ts";
import { NightjarError } from "../base/error.ts";

declare module "fastify" {
  interface FastifyContextConfig {
    /** Set by `register`, and only by it: what the guard of the routes looks for. */
    contract?: RouteContract;
  }
  interface FastifyRequest {
    /** Set by `registerWebSocket`: what to do once the connection is a WebSocket. */
    serveWebSocket: ((socket: WebSocket) => void) | null;
  }
}

type Parsed<T> = T extends z.ZodType ? z.output<T> : undefined;

/** One call of a route, checked against its contract. */
export interface Call<R extends RouteContract> {
  readonly params: Parsed<R["params"]>;
  readonly query: Parsed<R["query"]>;
  readonly body: Parsed<R["body"]>;
  readonly principal: R["access"] extends "public" ? null : Principal;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** What a handler answers: the contract's response, nothing (204), or for `content` whatever the reply can send. */
export type Answer<R extends RouteContract> = R["response"] extends z.ZodType
  ? z.output<R["response"]>
  : R["content"] extends string
    ? unknown
    : undefined;

export interface Registrar {
  readonly app: FastifyInstance;
  /** Hooks that run before the body is read: who asks, from where, and may they? */
  readonly guards: readonly onRequestAsyncHookHandler[];
  /** Every registered contract, in order. */
  readonly contracts: RouteContract[];
}

/**
 * The only way to add a route: method, path, validation, access check and its part of the OpenAPI document come from the contract.
 * A contract without `access` does not type-check, and a route added past this function stops the start.
 */
export function register<R extends RouteContract>(
  registrar: Registrar,
  contract: R,
  handler: (call: Call<R>) => Promise<Answer<R>>,
): void {
  registrar.contracts.push(contract);
  const streams = contract.content === "text/event-stream";
  const methods: HTTPMethods[] = contract.content !== undefined && !streams ? ["GET", "HEAD"] : [contract.method];
  registrar.app.route({
    method: methods,
    url: contract.path,
    exposeHeadRoute: contract.method === "GET" && contract.content === undefined,
    config: { contract },
    schema: schemaOf(contract),
    onRequest: [...registrar.guards],
    handler: async (request, reply) => {
      checkMediaToken(request);
      reply.code(contract.status ?? 200);
      const call = {
        params: request.params,
        query: request.query,
        body: request.body,
        principal: request.principal,
        request,
        reply,
      };
      const answer = await handler(call as unknown as Call<R>);
      return contract.status === 204 ? reply.send() : answer;
    },
  });
}

/**
 * The same for a route that is a WebSocket. `prepare` runs while a refusal is still an answer of HTTP; what it answers is given the
 * connection. Whoever asks without wanting a WebSocket is told so.
 */
export function registerWebSocket<R extends RouteContract>(
  registrar: Registrar,
  contract: R,
  prepare: (call: Call<R>) => Promise<(socket: WebSocket) => void>,
): void {
  registrar.contracts.push(contract);
  registrar.app.route({
    method: "GET",
    url: contract.path,
    exposeHeadRoute: false,
    config: { contract },
    schema: schemaOf(contract),
    onRequest: [...registrar.guards],
    preHandler: async (request, reply) => {
      checkMediaToken(request);
      const { params, query, body, principal } = request;
      const call = { params, query, body, principal, request, reply };
      if (request.ws) request.serveWebSocket = await prepare(call as unknown as Call<R>);
    },
    handler: async () => {
      throw new NightjarError("bad_request", "This address is a WebSocket: open it as one.");
    },
    wsHandler: (socket, request) => request.serveWebSocket?.(socket),
  });
}

/** A media token is good for one camera, whatever else its user may see. */
function checkMediaToken(request: FastifyRequest): void {
  const cameraId = request.principal?.cameraId ?? null;
  if (cameraId === null) return;
  const named = { ...(request.params as object), ...(request.query as object) } as {
    camera_id?: unknown;
    id?: unknown;
  };
  const ofCamera = request.routeOptions.url?.startsWith("/api/cameras/:id/") ? named.id : named.camera_id;
  if (ofCamera === cameraId) return;
  throw new NightjarError("forbidden", "This media token is for another camera; ask for one for this camera.", {
    details: { permission: "recordings.view" },
  });
}

function schemaOf(contract: RouteContract): Record<string, unknown> {
  const { params, query, body, access } = contract;
  const who = {
    public: "For everybody.",
    "signed-in": "For everybody who is signed in.",
  }[access as string];
  return {
    tags: [contract.tag],
    summary: contract.summary,
    description: who ?? `Needs the permission \`${access}\`.`,
    security: access === "public" ? [] : securityOf(contract),
    ...(params === undefined ? {} : { params }),
    ...(query === undefined ? {} : { querystring: query }),
    ...(body === undefined ? {} : { body }),
    response: {
      [contract.status ?? 200]: successOf(contract),
      default: { description: "An error", content: JSON_ERROR },
    },
  };
}

const JSON_ERROR = { "application/json": { schema: ErrorBody } };

function successOf(contract: RouteContract): unknown {
  const description = "Success";
  if (contract.response !== undefined)
    return { description, content: { "application/json": { schema: contract.response } } };
  if (contract.content !== undefined) return { description, content: { [contract.content]: { schema: z.string() } } };
  return z.undefined().describe(description);
}

function securityOf(contract: RouteContract): Record<string, string[]>[] {
  const all: Record<string, string[]>[] = [{ session: [] }, { bearer: [] }];
  return contract.mediaToken === true ? [...all, { mediaToken: [] }] : all;
}
