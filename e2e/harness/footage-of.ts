import { join } from "node:path";
import type { Camera, CameraStatus } from "@nightjar/api/camera";
import type { CallInput } from "@nightjar/api/client";
import type { Segment } from "@nightjar/api/recording";
import { cameraRoutes, recordingRoutes } from "@nightjar/api/routes";
import type { Nightjar } from "./nightjar.ts";
import { waitFor } from "./wait.ts";

const PAGE_SIZE = 200;

type NewCamera = CallInput<typeof cameraRoutes.create>["body"];

/** Adds a camera by its stream address; everything else is as the server has it unless said. */
export function addCamera(
  nightjar: Pick<Nightjar, "client">,
  url: string,
  { subUrl, ...settings }: Omit<NewCamera, "name" | "streams"> & { name?: string; subUrl?: string } = {},
): Promise<Camera> {
  const streams = { main: { url }, ...(subUrl === undefined ? {} : { sub: { url: subUrl } }) };
  return nightjar.client(cameraRoutes.create, { body: { name: url, ...settings, streams } });
}

/** All segments of a camera, oldest first. */
export async function listSegments(nightjar: Pick<Nightjar, "client">, cameraId: number): Promise<Segment[]> {
  const segments: Segment[] = [];
  let cursor: string | undefined;
  do {
    const query = { camera_id: cameraId, limit: PAGE_SIZE, ...(cursor === undefined ? {} : { cursor }) };
    const page = await nightjar.client(recordingRoutes.segments, { query });
    segments.push(...page.segments);
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined);
  return segments;
}

/** Where a segment lies on disk. */
export function segmentPath(dataFolder: string, segment: Pick<Segment, "camera_id" | "name">): string {
  return join(dataFolder, "recordings", String(segment.camera_id), segment.name);
}

export function cameraStatus(nightjar: Pick<Nightjar, "client">, cameraId: number): Promise<CameraStatus> {
  return nightjar.client(cameraRoutes.status, { params: { id: cameraId } });
}

/** Waits until the status of a camera is as wanted, and answers it. */
export async function waitForStatus(
  nightjar: Pick<Nightjar, "client">,
  cameraId: number,
  what: string,
  isWanted: (status: CameraStatus) => boolean,
  withinMs = 20_000,
): Promise<CameraStatus> {
  let last: CameraStatus | undefined;
  const probe = async () => {
    last = await cameraStatus(nightjar, cameraId);
    return isWanted(last) ? last : undefined;
  };
  const onTimeout = () => `Its status is ${JSON.stringify(last, null, 1)}`;
  return waitFor(`camera ${cameraId} ${what}`, probe, { withinMs, everyMs: 250, onTimeout });
}

export function waitUntilRecording(nightjar: Pick<Nightjar, "client">, cameraId: number): Promise<CameraStatus> {
  return waitForStatus(nightjar, cameraId, "to record", (status) => status.recording);
}

/** Waits until a camera has so many seconds of footage, all segments together. */
export function waitForFootage(
  nightjar: Pick<Nightjar, "client">,
  cameraId: number,
  seconds: number,
): Promise<Segment[]> {
  const probe = async () => {
    const segments = await listSegments(nightjar, cameraId);
    return segments.reduce((sum, one) => sum + one.duration_seconds, 0) >= seconds ? segments : undefined;
  };
  return waitFor(`${seconds} s of footage of camera ${cameraId}`, probe, {
    withinMs: seconds * 1000 + 60_000,
    everyMs: 500,
    onTimeout: async () => JSON.stringify(await cameraStatus(nightjar, cameraId), null, 1),
  });
}

/** Takes a camera out of service and answers its segments, all closed, oldest first. */
export async function endRecording(nightjar: Pick<Nightjar, "client">, cameraId: number): Promise<Segment[]> {
  await nightjar.client(cameraRoutes.update, { params: { id: cameraId }, body: { enabled: false } });
  const probe = async () => {
    const segments = await listSegments(nightjar, cameraId);
    return segments.every((one) => one.state !== "open") ? segments : undefined;
  };
  return waitFor(`every segment of camera ${cameraId} to be closed`, probe, { withinMs: 30_000, everyMs: 250 });
}
