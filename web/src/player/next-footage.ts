import { recordingRoutes } from "@nightjar/api/routes";
import { call } from "../api/client.ts";
import { nowMs } from "../time/now.ts";

const DAY_MS = 86_400_000;
const YEAR_MS = 366 * DAY_MS;
const DAY_SECONDS = 86_400;

/** The end of footage in the player and in the catalog may differ by this. */
const END_MS = 300;

/** So much newer is nothing that a person misses who sees the live picture instead. */
const NEARLY_LIVE_MS = 2000;

/** What is filmed is told as footage within this. */
const ARRIVES_WITHIN_MS = 4000;
const ARRIVAL_POLL_MS = 300;

/** Footage is told of before it is in its file. */
const WRITTEN_AFTER_MS = 1500;

interface NextFootage {
  /** At least the moment asked for. */
  readonly startMs: number;
  readonly endMs: number;
  /** More is being filmed. */
  readonly goesOn: boolean;
}

/** A camera's footage at or after `ms`, up to the end of that segment; null when there is none. Throws `ApiError`. */
export async function nextFootage(cameraId: number, ms: number): Promise<NextFootage | null> {
  const { segments } = await call(recordingRoutes.segments, {
    query: { camera_id: cameraId, start: new Date(ms).toISOString(), limit: 1 },
  });
  const first = segments[0];
  if (first === undefined) return null;
  const startMs = Math.max(ms, Date.parse(first.start));
  return { startMs, endMs: Math.max(startMs, Date.parse(first.end)), goesOn: first.state === "open" };
}

/** Wall time at which a camera's footage at or after `ms` begins (at least `ms`); null when there is none. Throws `ApiError`. */
export async function nextFootageMs(cameraId: number, ms: number): Promise<number | null> {
  return (await nextFootage(cameraId, ms))?.startMs ?? null;
}

/**
 * Wall time at which footage goes on that ends in a player at `ms`: that time itself, or the next footage's. null where there is none, or only
 * such that its live picture is as good. Throws `ApiError`.
 */
export async function footageBehindMs(cameraId: number, ms: number): Promise<number | null> {
  const fromMs = ms + END_MS;
  const next = await nextFootage(cameraId, fromMs);
  if (next === null || (next.goesOn && next.endMs - next.startMs < NEARLY_LIVE_MS)) return null;
  return next.startMs > fromMs ? next.startMs : ms;
}

/**
 * Waits until one of the cameras has footage of `ms`, which has just been filmed, or for as long as that may take, or until it is aborted.
 * Answers whether there is some.
 */
export async function untilFootage(cameraIds: readonly number[], ms: number, signal: AbortSignal): Promise<boolean> {
  const untilMs = performance.now() + ARRIVES_WITHIN_MS;
  while (!signal.aborted && performance.now() < untilMs) {
    const found = await Promise.all(cameraIds.map((id) => nextFootageMs(id, ms).catch(() => null)));
    if (found.some((nextMs) => nextMs !== null)) return true;
    await new Promise((resolve) => window.setTimeout(resolve, ARRIVAL_POLL_MS));
  }
  return false;
}

/** The same for the next frame after the last of a camera, which ends at `endMs`; it is surely in its file then. */
export function untilFrameBehind(cameraId: number, endMs: number, signal: AbortSignal): Promise<boolean> {
  return untilFootage([cameraId], endMs + WRITTEN_AFTER_MS, signal);
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
