import type { Timeline } from "@nightjar/api/recording";
import { recordingRoutes } from "@nightjar/api/routes";
import { call } from "../api/client.ts";
import { nowMs } from "../time/now.ts";
import { nextFootageMs } from "./next-footage.ts";

/** What a person can go to the next or previous of. */
export type Neighbour = "segment" | "recording" | "event";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** How far is looked, the near first. */
const REACHES_MS = [DAY_MS, 31 * DAY_MS, 366 * DAY_MS];

/** Nearer than this to a beginning, "previous" means the one before. */
const JUST_BEGUN_MS = 2000;

/** Where the picture stands after going to a beginning is this near to it. */
const AT_BEGIN_MS = 100;

/** Neighbouring stretches nearer than this are one recording. */
const SEAM_MS = 250;

/** Wall time at which the next or previous one begins, seen from `ms`; null when there is none. Throws `ApiError`. */
export function neighbourMs(
  what: Neighbour,
  cameraId: number,
  ms: number,
  direction: 1 | -1,
  signal: AbortSignal,
): Promise<number | null> {
  if (what !== "segment") return beginningMs(what, cameraId, ms, direction, signal);
  return direction === 1 ? nextSegmentMs(cameraId, ms) : previousSegmentMs(cameraId, ms, signal);
}

async function nextSegmentMs(cameraId: number, ms: number): Promise<number | null> {
  const { segments } = await call(recordingRoutes.segments, {
    query: { camera_id: cameraId, start: iso(ms), limit: 3 },
  });
  const next = segments.map(({ start }) => Date.parse(start)).find((startMs) => startMs > ms + AT_BEGIN_MS);
  return next ?? null;
}

async function previousSegmentMs(cameraId: number, ms: number, signal: AbortSignal): Promise<number | null> {
  const near = await lastSegmentMs(cameraId, ms - HOUR_MS, ms);
  if (near !== null) return near;
  const recordingMs = await beginningMs("recording", cameraId, ms - HOUR_MS, -1, signal);
  if (recordingMs === null) return null;
  // Its last segment begins within the hour before its end; a shorter recording is a single one for this.
  const [{ end } = { end: null }] = (await timeline(cameraId, recordingMs, ms, signal)).recordings.slice(-1);
  return end === null ? recordingMs : ((await lastSegmentMs(cameraId, Date.parse(end) - HOUR_MS, ms)) ?? recordingMs);
}

async function lastSegmentMs(cameraId: number, fromMs: number, beforeMs: number): Promise<number | null> {
  const { segments } = await call(recordingRoutes.segments, {
    query: { camera_id: cameraId, start: iso(fromMs), end: iso(beforeMs), limit: 1000 },
  });
  const starts = segments.map(({ start }) => Date.parse(start));
  return starts.filter((startMs) => startMs < beforeMs - JUST_BEGUN_MS).at(-1) ?? null;
}

async function beginningMs(
  what: "recording" | "event",
  cameraId: number,
  ms: number,
  direction: 1 | -1,
  signal: AbortSignal,
): Promise<number | null> {
  const now = nowMs();
  for (const reachMs of REACHES_MS) {
    const [fromMs, toMs] = direction === 1 ? [ms, Math.min(now, ms + reachMs)] : [ms - reachMs, ms];
    if (toMs <= fromMs) return null;
    const found = await timeline(cameraId, fromMs, toMs, signal);
    const starts = what === "event" ? found.events.map(({ start }) => Date.parse(start)) : recordingStarts(found);
    // What is cut off by the span's beginning does not begin there.
    const inside = starts.filter((startMs) => startMs > fromMs);
    const wanted =
      direction === 1
        ? inside.find((startMs) => startMs > ms + AT_BEGIN_MS)
        : inside.findLast((startMs) => startMs < ms - JUST_BEGUN_MS);
    if (wanted !== undefined) return wanted;
  }
  if (direction === 1 || what === "event") return null;
  // All of it is one recording, or older than is looked at.
  const firstMs = await nextFootageMs(cameraId, 0);
  return firstMs !== null && firstMs < ms - JUST_BEGUN_MS ? firstMs : null;
}

/** Where recordings begin: kinds that follow each other at once are one recording. */
export function recordingStarts({ recordings }: Pick<Timeline, "recordings">): number[] {
  const starts: number[] = [];
  let endMs = Number.NEGATIVE_INFINITY;
  for (const { start, end } of recordings) {
    const startMs = Date.parse(start);
    if (startMs > endMs + SEAM_MS) starts.push(startMs);
    endMs = Math.max(endMs, Date.parse(end));
  }
  return starts;
}

function timeline(cameraId: number, startMs: number, endMs: number, signal: AbortSignal): Promise<Timeline> {
  return call(recordingRoutes.timeline, {
    query: { camera_id: cameraId, start: iso(startMs), end: iso(endMs), resolution_seconds: 0 },
    signal,
  });
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
