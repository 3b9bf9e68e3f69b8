import { describe, expect, it } from "vitest";
import { type CameraTrouble, groupTroubles } from "./group-troubles.ts";
import type { Trouble } from "./recording-watch.ts";
import { warningTrouble } from "./warning-troubles.ts";

const OFFLINE: Trouble = {
  kind: "camera_not_recording",
  about: "camera_offline",
  one: "should be recording and is not",
  many: "should be recording and are not",
  reason: "10.0.0.7 refuses the connection.",
  action: "Check the camera.",
};
const of = (id: number, trouble: Partial<Trouble> = {}, tenantId = 1): CameraTrouble => ({
  camera: { id, tenantId, name: `Camera ${id}` },
  trouble: { ...OFFLINE, ...trouble },
});

describe("one alert for one cause", () => {
  it("names the camera where it is one", () => {
    expect(groupTroubles([of(3)])).toEqual([
      {
        tenantId: 1,
        kind: "camera_not_recording",
        about: "camera_offline",
        cameraIds: [3],
        message: "Camera 3 should be recording and is not. 10.0.0.7 refuses the connection.",
        action: "Check the camera.",
      },
    ]);
  });

  it("says how many cameras it hits, and names some of them", () => {
    const [alert, ...others] = groupTroubles([7, 6, 5, 4, 3, 2, 1].map((id) => of(id)));
    expect(others).toEqual([]);
    expect(alert).toMatchObject({
      cameraIds: [1, 2, 3, 4, 5, 6, 7],
      message:
        "7 cameras should be recording and are not: Camera 1 (1), Camera 2 (2), Camera 3 (3), Camera 4 (4), Camera 5 (5) and 2 more. 10.0.0.7 refuses the connection.",
    });
  });

  it("says of which camera a reason is where they differ in words", () => {
    const [alert] = groupTroubles([of(1, { reason: "/srv/1 is gone." }), of(2, { reason: "/srv/2 is gone." })]);
    expect(alert?.message).toMatch(/^2 cameras .* Of Camera 1: \/srv\/1 is gone\.$/);
  });

  it("keeps other causes, kinds and tenants apart", () => {
    const alerts = groupTroubles([
      of(1),
      of(2, { about: "auth_failed" }),
      of(3, { kind: "storage_unwritable" }),
      of(4, {}, 2),
      of(7),
    ]);
    expect(alerts.map(({ tenantId, cameraIds }) => [tenantId, cameraIds])).toEqual([
      [1, [1, 7]],
      [1, [2]],
      [1, [3]],
      [2, [4]],
    ]);
  });

  it("holds for what workers warn of too", () => {
    const warning = warningTrouble({
      kind: "disk_slow",
      message: "31 MB wait for the disk.",
      action: "Use a faster disk.",
    });
    const [alert, ...others] = groupTroubles([of(1, warning), of(2, warning)]);
    expect(others).toEqual([]);
    expect(alert).toMatchObject({
      kind: "disk_slow",
      about: "",
      cameraIds: [1, 2],
      message: expect.stringMatching(/^2 cameras .* 31 MB wait for the disk\.$/),
      action: "Use a faster disk.",
    });
  });
});
