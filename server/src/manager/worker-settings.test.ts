import { describe, expect, it } from "vitest";
import type { StoredCamera } from "../catalog/cameras.ts";
import { CAMERA } from "../catalog/catalog.contract.ts";
import type { RecordingRules } from "../catalog/recording-rules.ts";
import { BUILT_IN_DEFAULTS } from "../recording/camera-settings.ts";
import type { ScheduleWindow } from "../recording/schedule.ts";
import { StorageOrders } from "../storage/keeping/storage-orders.ts";
import { maxBufferBytes, workerSettings } from "./worker-settings.ts";

const WORK: ScheduleWindow[] = [{ days: ["mon"], start: "08:00", end: "18:00", mode: "continuous" }];
const PLACES = {
  ...{ recordings: "/srv/recordings", thumbnails: "/srv/thumbnails" },
  ...{ ffmpeg: "ffmpeg", logLevel: "info" as const, maxBufferBytes: 1 << 20 },
};
const camera = (recording: StoredCamera["recording"], streams = CAMERA.streams): StoredCamera => ({
  ...CAMERA,
  recording,
  streams,
  id: 12,
  tenantId: 1,
  uuid: "1b4e28ba-2fa1-11d2-883f-0016d3cca427",
  createdAtMs: 5,
  deletedAtMs: null,
  footageUnwanted: false,
  storage: {},
});
const ORDERS = new StorageOrders({ path: "/srv/recordings", id: "a-volume" }, { thumbnails: "/srv/thumbnails" });
const KEEPING = { orders: ORDERS, locks: [] };
/** Schedule 3 is tenant 1's. */
const rules = (defaults: object = {}): RecordingRules => ({
  defaultsOf: () => ({ ...BUILT_IN_DEFAULTS, recording: { ...BUILT_IN_DEFAULTS.recording, ...defaults } }),
  windowsOf: (tenantId, scheduleId) => (tenantId === 1 && scheduleId === 3 ? WORK : null),
});

describe("what a worker is told", () => {
  it("are the camera's own settings, and the defaults where it has none", () => {
    const told = workerSettings(
      camera({ segment_seconds: 30 }),
      rules({ segment_seconds: 60, segment_max_mb: 2.5 }),
      PLACES,
      KEEPING,
    );
    expect(told).toMatchObject({
      mode: "continuous",
      windows: null,
      segmentSeconds: 30,
      segmentMaxBytes: 2_500_000,
      preEventSeconds: 5,
      audio: { enabled: true, codec: "auto" },
      segmentFolder: "/srv/recordings/12",
      thumbnailFolder: "/srv/thumbnails/12",
    });
  });

  it("has the windows of its schedule, own or default", () => {
    expect(workerSettings(camera({ mode: "scheduled", schedule_id: 3 }), rules(), PLACES, KEEPING).windows).toEqual(
      WORK,
    );
    expect(workerSettings(camera({}), rules({ mode: "scheduled", schedule_id: 3 }), PLACES, KEEPING)).toMatchObject({
      mode: "scheduled",
      windows: WORK,
    });
  });

  it("names the sub stream where it is asked for and there is one, else the main stream", () => {
    const sub = { url: "rtsp://10.0.0.7/sub" };
    const url = (streams: StoredCamera["streams"]) =>
      workerSettings(camera({ stream: "sub" }, streams), rules(), PLACES, KEEPING).source.url;
    expect(url({ ...CAMERA.streams, sub })).toBe(sub.url);
    expect(url(CAMERA.streams)).toBe(CAMERA.streams.main.url);
  });

  it("are retention, minimum retention and locks of its footage, and what is decided of all footage", () => {
    const locks = [{ startMs: 1, endMs: 2, expiresAtMs: null }];
    const own = { ...camera({ retention_days: 0.5 }), storage: { minimum_retention_days: 0.25 } };
    const { storage } = workerSettings(own, rules(), PLACES, { orders: ORDERS, locks });
    expect(storage).toEqual({
      volume: { path: "/srv/recordings", id: "a-volume" },
      thumbnailsVolume: null,
      besideFolders: ["/srv/thumbnails/12"],
      retentionMs: 12 * 3_600_000,
      minimumRetentionMs: 6 * 3_600_000,
      locks,
      clockBelievedMs: null,
      stopBelowBytes: 0,
      held: null,
    });
  });

  it("names the other stream too, for those who watch it live", () => {
    const streams = { ...CAMERA.streams, sub: { url: "rtsp://10.0.0.7/sub" } };
    const told = (stream: "main" | "sub", given = streams as StoredCamera["streams"]) =>
      workerSettings(camera({ stream }, given), rules(), PLACES, KEEPING);
    expect(told("main")).toMatchObject({ recordedStream: "main", otherStreamUrl: streams.sub.url });
    expect(told("sub")).toMatchObject({ recordedStream: "sub", otherStreamUrl: streams.main.url });
    expect(told("sub", CAMERA.streams)).toMatchObject({ recordedStream: "main", otherStreamUrl: null });
  });

  it("is a share of the memory that does not change with every camera", () => {
    const gigabytes = 1024 ** 3;
    expect(maxBufferBytes(64 * gigabytes, 10)).toBe(64 * 1024 * 1024);
    expect(maxBufferBytes(4 * gigabytes, 33)).toBe(maxBufferBytes(4 * gigabytes, 60));
    for (const cameras of [0, 1, 50, 500])
      expect(maxBufferBytes(4 * gigabytes, cameras) * cameras).toBeLessThanOrEqual(gigabytes / 2);
  });
});
