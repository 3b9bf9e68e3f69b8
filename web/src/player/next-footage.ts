import { recordingRoutes } from "@nightjar/api/routes";
import { call } from "../api/client.ts";
import { nowMs } from "../time/now.ts";

const DAY_MS = 86_400_000;
const YEAR_MS = 366 * DAY_MS;
const DAY_SECONDS = 86_400;

/** What is filmed is told as footage within this. */
const ARRIVES_WITHIN_MS = 4000;
const ARRIVAL_POLL_MS = 300;

/** Wall time at which a camera's footage at or after `ms` begins (at least `ms`); null when there is none. Throws `ApiError`. */
export async function nextFootageMs(cameraId: number, ms: number): Promise<number | null> {
  const { segments } = await call(recordingRoutes.segments, {
    query: { camera_id: cameraId, start: new Date(ms).toISOString(), limit: 1 },
  });
  const first = segments[0];
  return first === undefined ? null : Math.max(ms, Date.parse(first.start));
}

/** Waits until one of the cameras has footage of `ms`, which has just been filmed, or for as long as that may take, or until it is aborted. */
export async function untilFootage(cameraIds: readonly number[], ms: number, signal: AbortSignal): Promise<void> {
  const untilMs = performance.now() + ARRIVES_WITHIN_MS;
  while (!signal.aborted && performance.now() < untilMs) {
    const found = await Promise.all(cameraIds.map((id) => nextFootageMs(id, ms).catch(() => null)));
    if (found.some((nextMs) => nextMs !== null)) return;
    await new Promise((resolve) => window.setTimeout(resolve, ARRIVAL_POLL_MS));
  }
}

/** Wall time at which a camera's newest footage ends; null when it has none of the last year. Throws `ApiError`. */
export async function newestFootageMs(cameraId: number, signal?: AbortSignal): Promise<number | null> {
  for (const spanMs of [DAY_MS, YEAR_MS]) {
    const endMs = nowMs();
    const { recordings } = await call(recordingRoutes.timeline, {
      query: {
        camera_id: cameraId,
        start: new Date(endMs - spanMs).toISOString(),
        end: new Date(endMs).toISOString(),
        resolution_seconds: DAY_SECONDS,
      },
      ...(signal === undefined ? {} : { signal }),
    });
    const newest = recordings.at(-1);
    if (newest !== undefined) return Date.parse(newest.end);
  }
  return null;
}
