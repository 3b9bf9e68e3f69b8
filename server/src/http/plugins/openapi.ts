import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import type { FastifyInstance } from "fastify";
import { createJsonSchemaTransform, jsonSchemaTransformObject } from "fastify-type-provider-zod";
import { SESSION_COOKIE } from "./authentication.ts";

/** The page's own files, wherever the code that serves them is bundled. */
const PAGE_FILES = join(dirname(createRequire(import.meta.url).resolve("@fastify/swagger-ui/package.json")), "static");

/** The document of all contracts; must come before the routes. */
export function describeApi(app: FastifyInstance, version: string): void {
  app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Nightjar",
        version,
        description:
          "A network video recorder. Times are ISO 8601 in UTC; errors are `{error: {code, message, details?}}`.",
      },
      components: {
        securitySchemes: {
          session: { type: "apiKey", in: "cookie", name: SESSION_COOKIE },
          bearer: { type: "http", scheme: "bearer" },
          mediaToken: { type: "apiKey", in: "query", name: "media_token" },
        },
      },
    },
    transform: createJsonSchemaTransform({}),
    transformObject: jsonSchemaTransformObject,
  });
}

/** `GET /api/openapi.json` and the page that shows it at `/api/docs`; nothing of it is loaded from elsewhere. */
export function serveApiDocument(app: FastifyInstance): void {
  app.get("/api/openapi.json", { schema: { hide: true } }, async () => app.swagger());
  app.register(swaggerUi, {
    routePrefix: "/api/docs",
    indexPrefix: "",
    baseDir: PAGE_FILES,
    logo: { type: "image/svg+xml", content: readFileSync(join(PAGE_FILES, "logo.svg")) },
    uiConfig: { validatorUrl: null, deepLinking: true },
    staticCSP: {
      "default-src": "'self'",
      "base-uri": "'none'",
      "object-src": "'none'",
      "frame-ancestors": "'none'",
      "img-src": ["'self'", "data:"],
      "style-src": ["'self'", "'unsafe-inline'"],
      "script-src": ["'self'"],
    },
  });
}
