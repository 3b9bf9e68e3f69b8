import { systemRoutes } from "@nightjar/api/routes";
import type { SystemStatus } from "@nightjar/api/system";
import { workerName } from "../../../ipc/messages.ts";
import type { CameraFigures } from "../../../manager/camera-figures.ts";
import type { ProcessFamilyUsage, ProcessUsage } from "../../../manager/process-usage.ts";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";

export function systemStatusRoute(registrar: Registrar, deps: HttpDeps): void {
  const startedAt = new Date(deps.clock.nowMs()).toISOString();
  register(registrar, systemRoutes.status, async ({ reply }) => {
    reply.header("cache-control", "no-store");
    const figures = deps.runtime.figures();
    const pids = figures.flatMap(({ status }) => status.worker?.pid ?? []);
    const [usage, disks, counts] = await Promise.all([
      deps.processUsage([process.pid, ...pids]),
      deps.disks(),
      countsOf(deps, figures),
    ]);
    return {
      version: deps.settings.version,
      started_at: startedAt,
      server: { pid: process.pid, usage: usageOf(usage.get(process.pid)?.own) },
      workers: figures.map((camera) => workerState(camera, usage)),
      places: disks.map(({ name, path, sizeBytes, freeBytes }) => ({
        name,
        path,
        size_bytes: sizeBytes,
        free_bytes: freeBytes,
      })),
      counts,
    };
  });
}

function workerState(
  { cameraId, tenantId, status }: CameraFigures,
  usage: ReadonlyMap<number, ProcessFamilyUsage>,
): SystemStatus["workers"][number] {
  const { worker } = status;
  const family = usage.get(worker?.pid ?? 0);
  return {
    name: workerName(tenantId, cameraId),
    camera_id: cameraId,
    tenant_id: tenantId,
    pid: worker?.pid ?? null,
    started_at: worker?.started_at ?? null,
    restarts: worker?.restarts ?? 0,
    parked: worker?.parked ?? false,
    connection: status.connection,
    recording: status.recording,
    usage: usageOf(family?.own),
    ffmpeg: usageOf(family?.children),
  };
}

function usageOf(usage: ProcessUsage | null | undefined) {
  return usage ? { cpu_percent: usage.cpuPercent, memory_bytes: usage.memoryBytes } : null;
}

async function countsOf({ catalog }: HttpDeps, figures: readonly CameraFigures[]): Promise<SystemStatus["counts"]> {
  const { acrossTenants } = catalog;
  const [cameras, alerts, footage] = await Promise.all([
    acrossTenants.allCameras(),
    acrossTenants.openAlerts(),
    acrossTenants.footageTotals(),
  ]);
  return {
    cameras: cameras.length,
    cameras_enabled: cameras.filter((camera) => camera.enabled).length,
    cameras_recording: figures.filter(({ status }) => status.recording).length,
    alerts_open: alerts.length,
    segments: footage.count,
    segment_bytes: footage.sizeBytes,
  };
}
