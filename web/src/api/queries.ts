import type { User } from "@nightjar/api/access";
import type { Alert } from "@nightjar/api/alert";
import type { Camera } from "@nightjar/api/camera";
import { ApiError } from "@nightjar/api/client";
import type { ExportEstimate, ExportOrderInput } from "@nightjar/api/export";
import type { Group } from "@nightjar/api/group";
import {
  alertRoutes,
  authRoutes,
  cameraRoutes,
  exportRoutes,
  groupRoutes,
  lockRoutes,
  recordingRoutes,
  scheduleRoutes,
  settingsRoutes,
  storageRoutes,
  systemRoutes,
} from "@nightjar/api/routes";
import type { Schedule } from "@nightjar/api/schedule";
import type { Lock } from "@nightjar/api/storage";
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { call } from "./client.ts";
import { queryKeys } from "./query-keys.ts";

const PAGE = 1000;
const EXPORTS_PAGE = 30;

/** Does the first administrator still have to be made? */
export const setupStateQuery = queryOptions({
  queryKey: queryKeys.setupState,
  queryFn: ({ signal }) => call(authRoutes.setupState, { signal }),
  staleTime: 0,
});

/** Who is signed in; null = nobody. */
export const meQuery = queryOptions({
  queryKey: queryKeys.me,
  queryFn: async ({ signal }): Promise<User | null> => {
    try {
      return await call(authRoutes.me, { signal });
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return null;
      throw error;
    }
  },
});

/** All cameras that the user may see. */
export const camerasQuery = queryOptions({
  queryKey: queryKeys.cameras,
  queryFn: ({ signal }): Promise<Camera[]> =>
    allPages(async (cursor) => {
      const page = await call(cameraRoutes.list, { query: { limit: PAGE, ...cursor }, signal });
      return { items: page.cameras, next: page.next_cursor };
    }),
});

export const groupsQuery = queryOptions({
  queryKey: queryKeys.groups,
  queryFn: ({ signal }): Promise<Group[]> =>
    allPages(async (cursor) => {
      const page = await call(groupRoutes.list, { query: { limit: PAGE, ...cursor }, signal });
      return { items: page.groups, next: page.next_cursor };
    }),
});

export const schedulesQuery = queryOptions({
  queryKey: queryKeys.schedules,
  queryFn: ({ signal }): Promise<Schedule[]> =>
    allPages(async (cursor) => {
      const page = await call(scheduleRoutes.list, { query: { limit: PAGE, ...cursor }, signal });
      return { items: page.schedules, next: page.next_cursor };
    }),
});

/** What cameras do that have no setting of their own. */
export const recordingSettingsQuery = queryOptions({
  queryKey: queryKeys.recordingSettings,
  queryFn: ({ signal }) => call(settingsRoutes.recording, { signal }),
});

/** What footage takes, and for how long it lasts. It moves with every segment: looking each half minute is enough. */
export const storageQuery = queryOptions({
  queryKey: queryKeys.storage,
  queryFn: ({ signal }) => call(storageRoutes.state, { signal }),
  refetchInterval: 30_000,
});

/** Locks that hold, newest first. */
export const locksQuery = queryOptions({
  queryKey: queryKeys.locks,
  queryFn: ({ signal }): Promise<Lock[]> =>
    allPages(async (cursor) => {
      const page = await call(lockRoutes.list, { query: { limit: PAGE, ...cursor }, signal });
      return { items: page.locks, next: page.next_cursor };
    }),
});

/** Alerts that are still open, newest first. */
export const openAlertsQuery = queryOptions({
  queryKey: queryKeys.alerts,
  queryFn: ({ signal }): Promise<Alert[]> =>
    allPages(async (cursor) => {
      const page = await call(alertRoutes.list, { query: { limit: PAGE, open: "true", ...cursor }, signal });
      return { items: page.alerts, next: page.next_cursor };
    }),
});

export const cameraStatusQuery = (cameraId: number) =>
  queryOptions({
    queryKey: queryKeys.cameraStatus(cameraId),
    queryFn: ({ signal }) => call(cameraRoutes.status, { params: { id: cameraId }, signal }),
  });

/** Why there is, or is no, footage at a time. Asked anew each time: its checks tell of now. */
export const diagnosisQuery = (cameraId: number, ms: number) =>
  queryOptions({
    queryKey: queryKeys.diagnosis(cameraId, ms),
    queryFn: ({ signal }) =>
      call(cameraRoutes.diagnosis, {
        params: { id: cameraId },
        query: { time: new Date(ms).toISOString() },
        signal,
      }),
    staleTime: 0,
    gcTime: 0,
  });

/** Days of a month (`2026-04`) with footage, in the camera's zone. */
export const daysQuery = (cameraId: number, month: string) =>
  queryOptions({
    queryKey: queryKeys.days(cameraId, month),
    queryFn: ({ signal }) => call(recordingRoutes.days, { query: { camera_id: cameraId, month }, signal }),
  });

/** Recordings and gaps of a span; recordings nearer than `resolutionSeconds` come as one. */
export const timelineQuery = (cameraId: number, startMs: number, endMs: number, resolutionSeconds: number) =>
  queryOptions({
    queryKey: queryKeys.timeline(cameraId, startMs, endMs, resolutionSeconds),
    queryFn: ({ signal }) =>
      call(recordingRoutes.timeline, {
        query: {
          camera_id: cameraId,
          start: new Date(startMs).toISOString(),
          end: new Date(endMs).toISOString(),
          resolution_seconds: resolutionSeconds,
        },
        signal,
      }),
  });

/** Wall times at which the segments that reach into a span begin, in order. */
export const segmentStartsQuery = (cameraId: number, startMs: number, endMs: number) =>
  queryOptions({
    queryKey: queryKeys.segmentStarts(cameraId, startMs, endMs),
    queryFn: async ({ signal }): Promise<number[]> => {
      const query = { camera_id: cameraId, start: new Date(startMs).toISOString(), end: new Date(endMs).toISOString() };
      const segments = await allPages(async (cursor) => {
        const page = await call(recordingRoutes.segments, { query: { ...query, limit: PAGE, ...cursor }, signal });
        return { items: page.segments, next: page.next_cursor };
      });
      return segments.map(({ start }) => Date.parse(start));
    },
  });

/** Exports, newest first, so many at a time. */
export const exportsQuery = infiniteQueryOptions({
  queryKey: queryKeys.exports,
  queryFn: ({ pageParam, signal }) =>
    call(exportRoutes.list, {
      query: { limit: EXPORTS_PAGE, ...(pageParam === null ? {} : { cursor: pageParam }) },
      signal,
    }),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next_cursor,
});

/** What an export would take; nothing is made. */
export const exportEstimateQuery = (order: ExportOrderInput) =>
  queryOptions({
    queryKey: queryKeys.exportEstimate(order),
    queryFn: async ({ signal }): Promise<ExportEstimate> => {
      const answer = await call(exportRoutes.create, { body: { ...order, dry_run: true }, signal });
      if (!("dry_run" in answer)) throw new Error("An export was started that was only asked about.");
      return answer;
    },
    staleTime: 30_000,
    gcTime: 60_000,
  });

/** The key that signs exports. */
export const installationKeyQuery = queryOptions({
  queryKey: queryKeys.installationKey,
  queryFn: ({ signal }) => call(systemRoutes.key, { signal }),
});

async function allPages<T>(
  page: (cursor: { cursor?: string }) => Promise<{ items: T[]; next: string | null }>,
): Promise<T[]> {
  const all: T[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const { items, next } = await page(cursor === undefined ? {} : { cursor });
    all.push(...items);
    cursor = next;
  }
  return all;
}
