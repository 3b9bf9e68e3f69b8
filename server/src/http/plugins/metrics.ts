import type { FastifyInstance } from "fastify";
import type { Clock } from "../../base/clock.ts";
import type { Metrics } from "../metrics.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Monotonic. */
    arrivedMs: number;
  }
}

/** Pages, their files and addresses that do not exist: what a caller writes must not become the name of a series. */
const WITHOUT_CONTRACT = "other";

/**
 * Measures every request until its answer begins: how long a client takes to fetch a file, or listens to events, says nothing of the
 * server. Must come before all other hooks.
 */
export function measureRequests(app: FastifyInstance, metrics: Metrics, clock: Clock): void {
  app.decorateRequest("arrivedMs", 0);
  app.addHook("onRequest", async (request) => {
    request.arrivedMs = clock.monotonicMs();
  });
  app.addHook("onSend", async (request, reply) => {
    const { method, routeOptions, arrivedMs } = request;
    const route = routeOptions.config.contract?.path ?? WITHOUT_CONTRACT;
    metrics.answered({ method, route, status: reply.statusCode }, clock.monotonicMs() - arrivedMs);
  });
}
