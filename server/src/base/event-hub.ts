import type { LiveEvent } from "@nightjar/api/live-event";
import type { Clock } from "./clock.ts";

/** What `GET /api/events/stream` tells, and whom it concerns. */
export interface HubEvent {
  /** null: everybody. */
  readonly tenantId: number | null;
  readonly event: Exclude<LiveEvent, { type: "hello" }>;
}

export type HubListener = (event: HubEvent) => void;

const STATUS_INTERVAL_MS = 1000;

interface StatusPace {
  /** The newest one that came too early to be told. */
  waiting: HubEvent | undefined;
  readonly cancel: () => void;
}

/**
 * Hands what happens to whoever listens, at once and without waiting: a listener that writes to a slow place must bound its own queue.
 * Statuses are told at most once a second for each camera, always ending with the newest.
 */
export class EventHub {
  readonly #clock: Clock;
  readonly #listeners = new Set<HubListener>();
  readonly #statuses = new Map<number, StatusPace>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  publish(event: HubEvent): void {
    if (event.event.type === "camera.status") this.#paceStatus(event.event.status.camera_id, event);
    else this.#tell(event);
  }

  /** The answer ends it. */
  subscribe(listener: HubListener): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** Drops what waits to be told. */
  close(): void {
    for (const pace of this.#statuses.values()) pace.cancel();
    this.#statuses.clear();
    this.#listeners.clear();
  }

  #paceStatus(cameraId: number, event: HubEvent): void {
    const pace = this.#statuses.get(cameraId);
    if (pace !== undefined) {
      pace.waiting = event;
      return;
    }
    this.#tell(event);
    const cancel = this.#clock.after(STATUS_INTERVAL_MS, () => {
      const waiting = this.#statuses.get(cameraId)?.waiting;
      this.#statuses.delete(cameraId);
      if (waiting !== undefined) this.#paceStatus(cameraId, waiting);
    });
    this.#statuses.set(cameraId, { waiting: undefined, cancel });
  }

  #tell(event: HubEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
