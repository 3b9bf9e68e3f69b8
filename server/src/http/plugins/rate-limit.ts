// Its types add `createRateLimit`.
import type {} from "@fastify/rate-limit";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { NightjarError } from "../../base/error.ts";

/** Counts calls of one kind for each network address. */
export interface RateLimit {
  /** Throws `rate_limited` with `details.retry_after_seconds` when there were too many. */
  count(request: FastifyRequest): Promise<void>;
}

/** At most `max` in a minute from one address. Needs @fastify/rate-limit to be registered. */
export function rateLimit(app: FastifyInstance, max: number): RateLimit {
  const limiter = app.createRateLimit({ max, timeWindow: "1 minute", keyGenerator: (request) => request.ip });
  return {
    async count(request) {
      const state = await limiter(request);
      if (state.isAllowed || !state.isExceeded) return;
      throw new NightjarError(
        "rate_limited",
        `Too many attempts from this address; try again in ${state.ttlInSeconds} seconds.`,
        { details: { retry_after_seconds: state.ttlInSeconds } },
      );
    },
  };
}
