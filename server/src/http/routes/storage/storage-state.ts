import { storageRoutes } from "@nightjar/api/routes";
import type { StorageState } from "@nightjar/api/storage";
import { NightjarError } from "../../../base/error.ts";
import { DEFAULT_TENANT_ID } from "../../../catalog/tenants.ts";
import { BYTES_PER_GB, DAY_MS } from "../../../recording/storage-settings.ts";
import { instant } from "../../../recording/wire.ts";
import { shareAddress } from "../../../storage/archive/share-connection.ts";
import type { CameraFacts } from "../../../storage/keeping/storage-facts.ts";
import type { StorageView } from "../../../storage/keeping/storage-keeper.ts";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";
import { lockedBytes } from "../recordings/lock-answer.ts";

export function storageStateRoute(registrar: Registrar, deps: HttpDeps): void {
  register(registrar, storageRoutes.state, async ({ principal, reply }) => {
    reply.header("cache-control", "no-store");
    const view = await deps.storage.view();
    if (view === null)
      throw new NightjarError("unavailable", "The storage could not be looked at; the log says why. Try again.");
    const { tenantId } = principal;
    const { facts, trust } = view;
    const own = facts.cameras.filter(
      ({ camera, usage }) => camera.tenantId === tenantId && (camera.deletedAtMs === null || usage.oldestMs !== null),
    );
    const isInstallation = tenantId === DEFAULT_TENANT_ID;
    const tenantMax = facts.tenantMaxBytes.get(tenantId) ?? 0;
    const totalMax = Math.round(facts.defaults.max_storage_gb * BYTES_PER_GB);
    return {
      volumes: isInstallation ? [await recordingsVolume(deps, view), ...(await missingExports(deps))] : [],
      size_bytes: own.reduce((sum, { usage }) => sum + usage.sizeBytes, 0),
      max_bytes: tenantMax > 0 ? tenantMax : isInstallation ? totalMax : 0,
      locked_bytes: await lockedBytes(deps, own),
      auto_delete: facts.defaults.auto_delete,
      deletion_paused: pausedBecause(trust),
      share: isInstallation ? shareState(deps, view) : null,
      cameras: own.map((one) => cameraState(one, view, deps.clock.nowMs())),
    };
  });
}

async function recordingsVolume(
  { storage }: HttpDeps,
  { space, lowSpace }: StorageView,
): Promise<StorageState["volumes"][number]> {
  const state = await storage.volumeState();
  return {
    name: "recordings",
    path: (await storage.places.settings()).places.recordings,
    state: state.kind,
    problem: state.kind === "ok" ? null : state.problem,
    size_bytes: space?.sizeBytes ?? null,
    free_bytes: space?.freeBytes ?? null,
    low_space: lowSpace,
  };
}

/** The place of the exports is told where its disk is not there. */
async function missingExports({ storage, exports }: HttpDeps): Promise<StorageState["volumes"]> {
  const state = await storage.places.exportsState();
  if (state.kind === "ok") return [];
  const known = { name: "exports", path: exports.folder, state: state.kind, problem: state.problem };
  return [{ ...known, size_bytes: null, free_bytes: null, low_space: false }];
}

function shareState({ storage }: HttpDeps, { share: view }: StorageView): StorageState["share"] {
  const { share, settings } = storage.share;
  if (share === null) return null;
  const { space, problem = null, sinceMs = null, movedSegments = 0, movedBytes = 0 } = view ?? {};
  return {
    type: settings.type,
    address: shareAddress(share.connection),
    problem: problem === null ? null : { kind: problem.kind, message: problem.message },
    since: sinceMs === null ? null : instant(sinceMs),
    size_known: space?.exact === true,
    free_percent: space ? Math.round((space.freeBytes / space.sizeBytes) * 1000) / 10 : null,
    spool: {
      segments: view?.waitingSegments ?? 0,
      size_bytes: view?.spoolBytes ?? 0,
      max_bytes: view?.limitBytes ?? 0,
      minutes_left: view?.minutesLeft ?? null,
      full: view?.nearlyFull ?? false,
    },
    moved_segments: movedSegments,
    moved_bytes: movedBytes,
  };
}

function pausedBecause(trust: StorageView["trust"]): string | null {
  if (trust.kind === "stepped") return "The server's clock was set a few minutes ago.";
  if (trust.kind === "ahead")
    return `The server's clock is more than a day ahead of what it was last known to be right, ${instant(trust.believedMs)}.`;
  return null;
}

function cameraState(
  { camera, usage, promise }: CameraFacts,
  { measured }: StorageView,
  nowMs: number,
): StorageState["cameras"][number] {
  const forecast = measured.forecasts.get(camera.id);
  const { oldestMs } = usage;
  return {
    camera_id: camera.id,
    name: camera.name,
    removed: camera.deletedAtMs !== null,
    segments: usage.count,
    size_bytes: usage.sizeBytes,
    oldest: oldestMs === null ? null : instant(oldestMs),
    bytes_per_day: measured.bytesPerDay.get(camera.id) ?? null,
    days_held: oldestMs === null ? 0 : Math.max(0, nowMs - oldestMs) / DAY_MS,
    days_to_come: forecast?.daysToCome ?? null,
    retention_days: promise.retentionMs / DAY_MS,
    minimum_retention_days: promise.minimumRetentionMs / DAY_MS,
    max_storage_gb: promise.maxBytes / BYTES_PER_GB,
    retention_kept: forecast?.retentionKept ?? null,
    minimum_retention_kept: forecast?.minimumRetentionKept ?? null,
  };
}
