import type { Health } from "@nightjar/api/health";
import { systemRoutes } from "@nightjar/api/routes";
import type { Clock } from "../../../base/clock.ts";
import type { HealthCheck, HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";

/** A share that hangs must not make the health check hang. */
const CHECK_TIMEOUT_MS = 5000;

export function healthRoute(registrar: Registrar, { catalog, clock, healthChecks, settings }: HttpDeps): void {
  const catalogCheck: HealthCheck = {
    name: "catalog",
    essential: true,
    check: async () => {
      await catalog.ping();
      return { ok: true, detail: "answers" };
    },
  };
  const checks = [catalogCheck, ...healthChecks];
  register(registrar, systemRoutes.health, async ({ reply }) => {
    const results = await Promise.all(checks.map((check) => run(check, clock)));
    const failed = checks.filter((_, i) => results[i]?.ok !== true);
    const status = failed.some((check) => check.essential) ? "down" : failed.length > 0 ? "degraded" : "ok";
    reply.header("cache-control", "no-store");
    const health: Health = { status, version: settings.version, checks: results };
    // 503 has the same shape, which the contract only knows for 200.
    if (status === "down") reply.code(503).serializer(JSON.stringify);
    return health;
  });
}

async function run(check: HealthCheck, clock: Clock): Promise<Health["checks"][number]> {
  let cancel = (): void => {};
  const timeout = new Promise<{ ok: boolean; detail: string }>((resolve) => {
    cancel = clock.after(CHECK_TIMEOUT_MS, () => resolve({ ok: false, detail: "does not answer in time" }));
  });
  try {
    const { ok, detail } = await Promise.race([check.check(), timeout]);
    return { name: check.name, ok, detail };
  } catch {
    return { name: check.name, ok: false, detail: "does not answer" };
  } finally {
    cancel();
  }
}
