import { describe, expect, it } from "vitest";
import { ALERT_AFTER_MS, RecordingWatch, type WatchedCamera } from "./recording-watch.ts";

const AWAY: WatchedCamera = {
  name: "Gate",
  wanted: true,
  status: { recording: false, last_error: "The camera's host refuses the connection." },
  storageError: null,
  ffmpegMissing: false,
  workerFailures: 0,
};
const WELL: WatchedCamera = { ...AWAY, status: { recording: true, last_error: null } };

describe("the watch over a camera", () => {
  it("raises an alert when it has not recorded for 30 s, not before, and closes it as soon as it does", () => {
    const watch = new RecordingWatch();
    expect(watch.check(AWAY, 1000)).toBeNull();
    expect(watch.check(AWAY, 1000 + ALERT_AFTER_MS - 1)).toBeNull();
    expect(watch.check(AWAY, 1000 + ALERT_AFTER_MS)).toMatchObject({
      kind: "camera_not_recording",
      message: expect.stringContaining("Gate"),
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
  });

  it("names what is wrong: the disk, the worker, or the camera", () => {
    const alert = (camera: WatchedCamera) => {
      const watch = new RecordingWatch();
      watch.check(camera, 0);
      return watch.check(camera, ALERT_AFTER_MS);
    };
    expect(alert({ ...AWAY, storageError: "The disk of /srv is full.", workerFailures: 9 })).toMatchObject({
      kind: "storage_unwritable",
      message: "Gate is not recorded. The disk of /srv is full.",
    });
    expect(alert({ ...AWAY, workerFailures: 5 })).toMatchObject({ kind: "worker_failing" });
    expect(alert({ ...AWAY, workerFailures: 4 })).toMatchObject({
      kind: "camera_not_recording",
      message: expect.stringContaining("refuses the connection"),
    });
  });
});
