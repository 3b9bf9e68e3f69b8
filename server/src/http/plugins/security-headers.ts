import helmet from "@fastify/helmet";
import type { FastifyInstance } from "fastify";

/**
 * What the page may load: itself only. hls.js plays from `blob:` and demuxes in a worker made of one; the component library puts its
 * styles into `style` elements (scripts stay strict).
 */
const POLICY = {
  defaultSrc: ["'self'"],
  baseUri: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'", "'unsafe-inline'"],
  imgSrc: ["'self'", "data:", "blob:"],
  mediaSrc: ["'self'", "blob:"],
  workerSrc: ["'self'", "blob:"],
  connectSrc: ["'self'"],
  fontSrc: ["'self'", "data:"],
  objectSrc: ["'none'"],
  formAction: ["'self'"],
  frameAncestors: ["'none'"],
};

/** `secure`: served under TLS by this process; then browsers are told to stay there. */
export function sendSecurityHeaders(app: FastifyInstance, secure: boolean): void {
  app.register(helmet, {
    global: true,
    contentSecurityPolicy: { useDefaults: false, directives: POLICY },
    referrerPolicy: { policy: "same-origin" },
    frameguard: { action: "deny" },
    strictTransportSecurity: secure ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    // Browsers heed these two only under https, and complain about them elsewhere.
    crossOriginOpenerPolicy: secure,
    originAgentCluster: secure,
  });
}
