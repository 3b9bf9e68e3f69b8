import { randomUUID } from "node:crypto";
import cookie from "@fastify/cookie";
import rateLimitPlugin from "@fastify/rate-limit";
import websocket from "@fastify/websocket";
import type { RouteContract } from "@nightjar/api/route";
import Fastify, { type FastifyInstance, type FastifyServerOptions } from "fastify";
import { serializerCompiler, validatorCompiler } from "fastify-type-provider-zod";
import { NightjarError } from "../base/error.ts";
import { authenticate, prepareAuthentication } from "./plugins/authentication.ts";
import { answerClientError, answerErrors, frameworkErrors } from "./plugins/errors.ts";
import { readJsonBodies } from "./plugins/json-body.ts";
import { measureRequests } from "./plugins/metrics.ts";
import { describeApi, serveApiDocument } from "./plugins/openapi.ts";
import { refuseOtherOrigins } from "./plugins/origin-check.ts";
import { rateLimit } from "./plugins/rate-limit.ts";
import { guardRoutes } from "./plugins/route-guard.ts";
import { sendSecurityHeaders } from "./plugins/security-headers.ts";
import { serveWebPage } from "./plugins/web-page.ts";
import type { HttpDeps } from "./ports.ts";
import { registerRoutes } from "./routes/register-routes.ts";

const BODY_LIMIT_BYTES = 1_048_576;
const URL_LIMIT_CHARACTERS = 8192;
/** How long a client may take to send a whole request. */
const REQUEST_TIMEOUT_MS = 30_000;
/** Nothing is awaited over a WebSocket: it only brings pictures. */
const MAX_FROM_VIEWER_BYTES = 1024;
/** Invalid sessions and tokens from one address in a minute. */
const FAILED_AUTHENTICATIONS_MAX = 300;

/**
 * The HTTP application: API, its documentation, the web page. `listen` on it starts it; `close` ends all answers in progress, event
 * streams too, and leaves everything in `deps` open.
 */
export function createHttpApp(deps: HttpDeps): FastifyInstance {
  const log = deps.log.named("http");
  const { tls, trustProxy, version, webFolder } = deps.settings;
  const options: FastifyServerOptions = {
    logger: false,
    genReqId: () => randomUUID(),
    bodyLimit: BODY_LIMIT_BYTES,
    // What is too long is refused by the schema of the parameter, not taken for an unknown address.
    routerOptions: { maxParamLength: URL_LIMIT_CHARACTERS },
    requestTimeout: REQUEST_TIMEOUT_MS,
    // One hop: what stands further left in the proxy's headers was written by the client.
    trustProxy: trustProxy ? (_address: string, hop: number) => hop < 1 : false,
    forceCloseConnections: true,
    frameworkErrors: frameworkErrors(log),
    clientErrorHandler: answerClientError,
  };
  // Fastify's types tell a server with TLS from one without; nothing here depends on it.
  const app = Fastify({ ...options, ...(tls === null ? {} : { https: tls }) } as FastifyServerOptions);
  const contracts: RouteContract[] = [];
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  measureRequests(app, deps.metrics, deps.clock);
  answerErrors(app, log);
  guardRoutes(app);
  readJsonBodies(app);
  refuseLongAddresses(app);
  sendSecurityHeaders(app, tls !== null);
  app.register(cookie);
  app.register(rateLimitPlugin, { global: false });
  describeApi(app, version);
  prepareAuthentication(app);
  app.decorateRequest("serveWebSocket", null);
  app.register(websocket, {
    options: { maxPayload: MAX_FROM_VIEWER_BYTES, perMessageDeflate: false },
    // Nobody is waited for: a viewer that does not read would not say goodbye either.
    preClose(done) {
      for (const client of app.websocketServer.clients) client.terminate();
      app.websocketServer.close(done);
    },
  });
  app.register(async (scope) => {
    const guards = [authenticate(deps.access, rateLimit(scope, FAILED_AUTHENTICATIONS_MAX)), refuseOtherOrigins];
    registerRoutes({ app: scope, guards, contracts }, deps);
    serveApiDocument(scope);
  });
  serveWebPage(app, webFolder, contracts);
  return app;
}

function refuseLongAddresses(app: FastifyInstance): void {
  app.addHook("onRequest", async (request) => {
    if (request.url.length > URL_LIMIT_CHARACTERS)
      throw new NightjarError("bad_request", `The address is longer than ${URL_LIMIT_CHARACTERS} characters.`);
  });
}
