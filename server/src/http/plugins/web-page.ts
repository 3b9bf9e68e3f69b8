import { existsSync } from "node:fs";
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import type { RouteContract } from "@nightjar/api/route";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { NightjarError } from "../../base/error.ts";

const NOT_BUILT = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Nightjar</title></head>
<body><h1>The web page is not built</h1>
<p>The server is running, but the files of its web page are missing. Run <code>npm run build</code> and start the server again.</p>
</body></html>
`;

/**
 * Serves the built page. Its own addresses (`/playback`) are answered with `index.html`; files with a hash in their name are kept by the
 * browser for ever, everything else is asked for again.
 */
export function serveWebPage(app: FastifyInstance, webFolder: string, contracts: readonly RouteContract[]): void {
  const built = existsSync(join(webFolder, "index.html"));
  if (built) {
    app.register(fastifyStatic, {
      root: webFolder,
      dotfiles: "ignore",
      cacheControl: false,
      setHeaders: (reply, path) => {
        const hashed = path.startsWith(join(webFolder, "assets/"));
        reply.setHeader("cache-control", hashed ? "public, max-age=31536000, immutable" : "no-cache");
      },
    });
  }
  app.setNotFoundHandler((request, reply) => answerNotFound(request, reply, built, contracts));
}

function answerNotFound(
  request: FastifyRequest,
  reply: FastifyReply,
  built: boolean,
  contracts: readonly RouteContract[],
): FastifyReply {
  const path = request.url.split("?", 1)[0] ?? "";
  const isApi = path === "/api" || path.startsWith("/api/");
  if (isApi) throw apiNotFound(request.method, path, reply, contracts);
  const isRead = request.method === "GET" || request.method === "HEAD";
  if (!isRead) throw new NightjarError("method_not_allowed", "The web page can only be read.");
  if (!acceptsHtml(request)) throw new NightjarError("not_found", "There is no such file.");
  if (built) return reply.sendFile("index.html");
  return reply.code(503).header("cache-control", "no-store").type("text/html; charset=utf-8").send(NOT_BUILT);
}

function acceptsHtml(request: FastifyRequest): boolean {
  return (request.headers.accept ?? "").includes("text/html");
}

function apiNotFound(
  method: string,
  path: string,
  reply: FastifyReply,
  contracts: readonly RouteContract[],
): NightjarError {
  const methods = new Set(contracts.filter((route) => matches(route.path, path)).map((route) => route.method));
  if (methods.size === 0) return new NightjarError("not_found", "There is no such address in the API; see /api/docs.");
  const allowed = [...methods].sort().join(", ");
  reply.header("allow", allowed);
  return new NightjarError("method_not_allowed", `${method} is not possible here; ${allowed} is.`);
}

function matches(pattern: string, path: string): boolean {
  const wanted = pattern.split("/");
  const given = path.split("/");
  return wanted.length === given.length && wanted.every((part, i) => part.startsWith(":") || part === given[i]);
}
