import type { Alert } from "@nightjar/api/alert";
import type { Camera } from "@nightjar/api/camera";
import type { Export, ExportList } from "@nightjar/api/export";
import type { LiveEvent } from "@nightjar/api/live-event";
import type { Days, Segment, Timeline } from "@nightjar/api/recording";
import type { InfiniteData, QueryClient } from "@tanstack/react-query";
import { growTimeline } from "../timeline/grow-timeline.ts";
import { queryKeys } from "./query-keys.ts";

/** Brings one live event into the query cache, so that every page shows it without asking. `hello` makes everything be read again. */
export function applyLiveEvent(client: QueryClient, event: LiveEvent): void {
  switch (event.type) {
    case "hello":
      void client.invalidateQueries();
      return;
    case "camera.changed":
      client.setQueryData<Camera[]>(queryKeys.cameras, (cameras) => cameras && withCamera(cameras, event.camera));
      // Another mode or schedule is another reason not to record.
      void client.invalidateQueries({ queryKey: queryKeys.timelineOfCamera(event.camera.id) });
      return;
    case "camera.deleted":
      client.setQueryData<Camera[]>(queryKeys.cameras, (all) => all?.filter((one) => one.id !== event.camera_id));
      return;
    case "camera.status":
      applyStatus(client, event);
      return;
    case "segment.changed":
      applySegment(client, event.segment);
      return;
    case "footage.deleted":
      void client.invalidateQueries({ queryKey: queryKeys.timelineOfCamera(event.camera_id) });
      void client.invalidateQueries({ queryKey: queryKeys.daysOfCamera(event.camera_id) });
      void client.invalidateQueries({ queryKey: queryKeys.storage });
      return;
    case "locks.changed":
      for (const id of event.camera_ids) void client.invalidateQueries({ queryKey: queryKeys.timelineOfCamera(id) });
      for (const queryKey of [queryKeys.locks, queryKeys.storage]) void client.invalidateQueries({ queryKey });
      return;
    case "alert.changed":
      client.setQueryData<Alert[]>(queryKeys.alerts, (alerts) => alerts && withAlert(alerts, event.alert));
      return;
    case "export.changed":
      applyExport(client, event.export);
      return;
    case "export.deleted":
      client.setQueryData<ExportPages>(queryKeys.exports, (known) =>
        withPages(known, (exports) => exports.filter((one) => one.export_id !== event.export_id)),
      );
      return;
    case "recording_rules.changed":
      for (const queryKey of [queryKeys.schedules, queryKeys.recordingSettings, queryKeys.cameras, queryKeys.storage]) {
        void client.invalidateQueries({ queryKey });
      }
      return;
  }
}

type ExportPages = InfiniteData<ExportList, string | null>;

function applyExport(client: QueryClient, changed: Export): void {
  client.setQueryData<ExportPages>(queryKeys.exports, (known) => {
    const isKnown = known?.pages.some(({ exports }) => exports.some((one) => one.export_id === changed.export_id));
    return withPages(known, (exports, page) => {
      if (isKnown) return exports.map((one) => (one.export_id === changed.export_id ? changed : one));
      return page === 0 ? [changed, ...exports] : exports;
    });
  });
}

function withPages(
  known: ExportPages | undefined,
  change: (exports: Export[], page: number) => Export[],
): ExportPages | undefined {
  return known && { ...known, pages: known.pages.map((page, i) => ({ ...page, exports: change(page.exports, i) })) };
}

function withCamera(cameras: readonly Camera[], camera: Camera): Camera[] {
  const known = cameras.some((one) => one.id === camera.id);
  return known ? cameras.map((one) => (one.id === camera.id ? camera : one)) : [...cameras, camera];
}

function withAlert(alerts: readonly Alert[], alert: Alert): Alert[] {
  const others = alerts.filter((one) => one.id !== alert.id);
  if (alert.until !== null) return others;
  return [...others, alert].sort((a, b) => Date.parse(b.since) - Date.parse(a.since));
}

function applyStatus(client: QueryClient, event: Extract<LiveEvent, { type: "camera.status" }>): void {
  const { status } = event;
  const key = queryKeys.cameraStatus(status.camera_id);
  const before = client.getQueryData<typeof status>(key);
  client.setQueryData(key, status);
  // A camera that goes or comes back, or fails in another way, begins or ends a gap, which only the server can name.
  if (before !== undefined && (before.recording !== status.recording || before.cause !== status.cause)) {
    void client.invalidateQueries({ queryKey: queryKeys.timelineOfCamera(status.camera_id) });
  }
}

function applySegment(client: QueryClient, segment: Segment): void {
  let foundNewGap = false;
  client.setQueriesData<Timeline>({ queryKey: queryKeys.timelineOfCamera(segment.camera_id) }, (timeline) => {
    if (timeline === undefined) return undefined;
    const grown = growTimeline(timeline, segment);
    foundNewGap ||= grown.afterGap;
    return grown.timeline;
  });
  if (foundNewGap) void client.invalidateQueries({ queryKey: queryKeys.timelineOfCamera(segment.camera_id) });
  applySegmentStart(client, segment);
  for (const [key, days] of client.getQueriesData<Days>({ queryKey: queryKeys.daysOfCamera(segment.camera_id) })) {
    if (days !== undefined) client.setQueryData<Days>(key, withDayOf(days, segment));
  }
}

/** Every few seconds a segment grows; only one that was not known yet changes anything. */
function applySegmentStart(client: QueryClient, segment: Segment): void {
  const startMs = Date.parse(segment.start);
  const queryKey = queryKeys.segmentStartsOfCamera(segment.camera_id);
  for (const [key, starts] of client.getQueriesData<number[]>({ queryKey })) {
    const [, , fromMs, toMs] = key as ReturnType<typeof queryKeys.segmentStarts>;
    if (starts === undefined || startMs < fromMs || startMs >= toMs || starts.includes(startMs)) continue;
    client.setQueryData<number[]>(
      key,
      [...starts, startMs].sort((a, b) => a - b),
    );
  }
}

/** Marks the day on which the segment's footage now ends; the exact seconds come with the next reading. */
function withDayOf(days: Days, segment: Segment): Days {
  const date = new Intl.DateTimeFormat("sv-SE", { timeZone: days.time_zone }).format(Date.parse(segment.end));
  if (!date.startsWith(days.month) || days.days.some((day) => day.date === date)) return days;
  const marked = [...days.days, { date, seconds: segment.duration_seconds }];
  return { ...days, days: marked.sort((a, b) => a.date.localeCompare(b.date)) };
}
