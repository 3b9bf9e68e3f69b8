import { systemRoutes } from "@nightjar/api/routes";
import { Registry } from "prom-client";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";

export function metricsRoute(registrar: Registrar, { metrics, runtime, disks }: HttpDeps): void {
  register(registrar, systemRoutes.metrics, async ({ reply }) => {
    reply.type(Registry.PROMETHEUS_CONTENT_TYPE).header("cache-control", "no-store");
    return metrics.text(runtime.figures(), await disks());
  });
}
