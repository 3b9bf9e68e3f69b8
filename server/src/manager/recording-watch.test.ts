import { describe, expect, it } from "vitest";
import { ALERT_AFTER_MS, RecordingWatch, type WatchedCamera } from "./recording-watch.ts";

const AWAY: WatchedCamera = {
  wanted: true,
  status: { recording: false, cause: "camera_offline", last_error: "The camera's host refuses the connection." },
  storageError: null,
  ffmpegMissing: false,
  workerFailure: null,
};
const WELL: WatchedCamera = { ...AWAY, status: { recording: true, cause: null, last_error: null } };
const FAILING = { inARow: 5, reason: "The worker of this camera exited with code 1; it is started again." };

describe("the watch over a camera", () => {
  it("finds trouble when it has not recorded for 30 s, not before, and none as soon as it does", () => {
    const watch = new RecordingWatch();
    expect(watch.check(AWAY, 1000)).toBeNull();
    expect(watch.check(AWAY, 1000 + ALERT_AFTER_MS - 1)).toBeNull();
    expect(watch.check(AWAY, 1000 + ALERT_AFTER_MS)).toMatchObject({
      kind: "camera_not_recording",
      about: "camera_offline",
    });
    expect(watch.check(WELL, 1000 + ALERT_AFTER_MS + 1)).toBeNull();
    expect(watch.check(AWAY, 1000 + ALERT_AFTER_MS + 2)).toBeNull();
  });

  it("counts anew after every moment of recording, and is silent where no footage is wanted", () => {
    const watch = new RecordingWatch();
    watch.check(AWAY, 0);
    watch.check(WELL, 20_000);
    expect(watch.check(AWAY, 40_000)).toBeNull();
    expect(watch.check(AWAY, 69_999)).toBeNull();
    expect(watch.check({ ...AWAY, wanted: false }, 70_000)).toBeNull();
    expect(watch.check(AWAY, 80_000)).toBeNull();
    const idle = new RecordingWatch();
    const unwanted = {
      ...AWAY,
      wanted: false,
      ffmpegMissing: true,
      storageError: "The disk is full.",
      workerFailure: FAILING,
    };
    for (let nowMs = 0; nowMs < 10 * ALERT_AFTER_MS; nowMs += 2000) expect(idle.check(unwanted, nowMs)).toBeNull();
  });

  it("does not wait for what cannot mend by itself", () => {
    expect(new RecordingWatch().check({ ...AWAY, ffmpegMissing: true }, 0)).toMatchObject({ kind: "ffmpeg_missing" });
  });

  const trouble = (camera: Partial<WatchedCamera>) => {
    const watch = new RecordingWatch();
    watch.check({ ...AWAY, ...camera }, 0);
    return watch.check({ ...AWAY, ...camera }, ALERT_AFTER_MS);
  };
  const status = (cause: WatchedCamera["status"]["cause"]) => ({ ...AWAY.status, cause });

  it("names what is wrong, the disk before the worker before the camera, and what to do about it", () => {
    const full = { storageError: "The disk of /srv is full.", status: status("disk_full"), workerFailure: FAILING };
    expect(trouble(full)).toMatchObject({
      kind: "storage_unwritable",
      about: "disk_full",
      reason: "The disk of /srv is full.",
      action: expect.stringContaining("disk"),
    });
    expect(trouble({ workerFailure: FAILING })).toMatchObject({ kind: "worker_failing", about: FAILING.reason });
    expect(trouble({ workerFailure: { ...FAILING, inARow: 4 } })).toMatchObject({
      kind: "camera_not_recording",
      reason: expect.stringContaining("refuses the connection"),
    });
    const causes = ["camera_offline", "auth_failed", "stream_stalled", "unsupported_stream"] as const;
    const actions = causes.map((cause) => trouble({ status: status(cause) })?.action);
    expect(new Set(actions).size).toBe(causes.length);
    expect(actions[1]).toMatch(/password/);
  });

  it("shares a cause with all cameras that are away for the same one", () => {
    expect(trouble({ status: status("auth_failed") })?.about).toBe("auth_failed");
  });

  it("knows a failing worker also in the moments in which it lives, until it has lived for a minute", () => {
    const watch = new RecordingWatch();
    watch.check(AWAY, 0);
    expect(watch.check({ ...AWAY, workerFailure: FAILING }, 40_000)).toMatchObject({ kind: "worker_failing" });
    expect(watch.check(AWAY, 42_000)).toMatchObject({ kind: "worker_failing" });
    expect(watch.check(AWAY, 99_999)).toMatchObject({ kind: "worker_failing" });
    expect(watch.check(AWAY, 100_000)).toMatchObject({ kind: "camera_not_recording" });
  });
});
