import type { CameraStatus } from "@nightjar/api/camera";
import { describe, expect, it } from "vitest";
import { EventHub, type HubEvent } from "./event-hub.ts";
import { SimulatedClock } from "./simulated-clock.ts";

const deleted = (cameraId: number): HubEvent => ({
  tenantId: 1,
  event: { type: "camera.deleted", camera_id: cameraId },
});
const status = (cameraId: number, fps: number): HubEvent => ({
  tenantId: 1,
  event: { type: "camera.status", status: { camera_id: cameraId, fps } as CameraStatus },
});

function listening(): { hub: EventHub; clock: SimulatedClock; heard: HubEvent[]; stop: () => void } {
  const clock = new SimulatedClock(0);
  const hub = new EventHub(clock);
  const heard: HubEvent[] = [];
  return { hub, clock, heard, stop: hub.subscribe((event) => heard.push(event)) };
}

describe("the event hub", () => {
  it("tells every listener at once, until it stops listening", () => {
    const { hub, heard, stop } = listening();
    hub.publish(deleted(1));
    stop();
    hub.publish(deleted(2));
    expect(heard).toEqual([deleted(1)]);
  });

  it("tells a camera's status at most once a second, and always the newest", () => {
    const { hub, clock, heard } = listening();
    for (const fps of [1, 2, 3]) hub.publish(status(7, fps));
    hub.publish(status(8, 9));
    expect(heard).toEqual([status(7, 1), status(8, 9)]);
    clock.advance(999);
    expect(heard).toHaveLength(2);
    clock.advance(1);
    expect(heard.slice(2)).toEqual([status(7, 3)]);
    hub.publish(status(7, 4));
    expect(heard).toHaveLength(3);
    clock.advance(1000);
    expect(heard.at(-1)).toEqual(status(7, 4));
    clock.advance(60_000);
    hub.publish(status(7, 5));
    expect(heard.at(-1)).toEqual(status(7, 5));
  });

  it("says nothing after it was closed", () => {
    const { hub, clock, heard } = listening();
    hub.publish(status(7, 1));
    hub.publish(status(7, 2));
    hub.close();
    clock.advance(5000);
    expect(heard).toEqual([status(7, 1)]);
  });
});
