import type { FastifyRequest, onRequestAsyncHookHandler } from "fastify";
import { NightjarError } from "../../base/error.ts";

/**
 * Refuses changes that a page of another origin asks a browser to make: with the browser's session cookie, or signing it in (a public
 * change). WebSockets too, which browsers let a page of any origin read. A bearer token is never sent by a browser on its own, so scripts
 * are not asked. Runs after authentication.
 */
export const refuseOtherOrigins: onRequestAsyncHookHandler = async (request) => {
  const { contract } = request.routeOptions.config;
  if ((request.method === "GET" || request.method === "HEAD") && contract?.webSocket !== true) return;
  const byBrowser = contract?.access === "public" || request.credential?.from === "cookie";
  if (!byBrowser || isSameOrigin(request)) return;
  throw new NightjarError(
    "cross_origin",
    "A page of another origin asked for this. Behind a reverse proxy, pass the Host header on or set trust_proxy.",
  );
};

/** Browsers always say it in one of the two headers; without both it is not a browser. */
function isSameOrigin(request: FastifyRequest): boolean {
  const site = request.headers["sec-fetch-site"];
  if (site !== undefined) return site === "same-origin" || site === "none";
  const { origin } = request.headers;
  if (origin === undefined) return true;
  return URL.canParse(origin) && new URL(origin).host === request.host.toLowerCase();
}
