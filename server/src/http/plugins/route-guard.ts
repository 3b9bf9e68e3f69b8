import type { FastifyInstance } from "fastify";

/** What may be served without a contract: the web page's files and the documentation of the API itself. */
const WITHOUT_CONTRACT = /^\/\*$|^\/api\/docs(\/|$)|^\/api\/openapi\.json$/;

/** Stops the start when a route is added past `register`: it would have no access check. */
export function guardRoutes(app: FastifyInstance): void {
  app.addHook("onRoute", (route) => {
    if (route.config?.contract !== undefined || WITHOUT_CONTRACT.test(route.url)) return;
    throw new Error(`The route ${route.method} ${route.url} has no contract; add it with register().`);
  });
}
