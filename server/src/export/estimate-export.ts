import { stat, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import type { ExportEstimate, ExportOrder } from "@nightjar/api/export";
import type { OwnedCamera } from "../catalog/cameras.ts";
import { reencodingReasons } from "./make-part.ts";
import type { ExportDeps } from "./ports.ts";

/** Bytes a second, measured on two cores with a plain disk: reading, writing twice, hashing. */
const COPIED_BYTES_PER_SECOND = 150e6;
/** Seconds of 1080p footage a second: decoding and encoding on two cores beside other work. */
const ENCODED_SECONDS_PER_SECOND = 2.5;
/** What a second of encoded pictures takes at most. */
const ENCODED_BYTES_PER_SECOND = 500_000;

type EstimateDeps = Pick<ExportDeps, "catalog" | "folder" | "clock" | "segment">;

/** What an export of these cameras would take, as the catalog and the sizes of files tell it: nothing is read or made. */
export async function estimateExport(
  deps: EstimateDeps,
  cameras: readonly OwnedCamera[],
  order: ExportOrder,
): Promise<ExportEstimate> {
  const reasons = [...new Set(cameras.flatMap((camera) => reencodingReasons(order, camera.id)))];
  const factor = order.time_lapse_factor ?? 1;
  const perCamera = await Promise.all(cameras.map((camera) => cameraShare(deps, camera, order)));
  const isEncoded = (cameraId: number): boolean => reencodingReasons(order, cameraId).length > 0;
  const footageSeconds = sum(perCamera.map((one) => one.footage_seconds));
  const sizes = perCamera.map(({ camera_id, footage_seconds, size_bytes }) =>
    isEncoded(camera_id)
      ? Math.round(Math.min(size_bytes, footage_seconds * ENCODED_BYTES_PER_SECOND) / factor)
      : size_bytes,
  );
  const sizeBytes = sum(sizes);
  const encoded = perCamera.filter((one) => isEncoded(one.camera_id));
  const encodingSeconds = sum(encoded.map((one) => one.footage_seconds)) / ENCODED_SECONDS_PER_SECOND;
  const copyingSeconds = sum(perCamera.map((one) => one.size_bytes)) / COPIED_BYTES_PER_SECOND;
  const freeBytes = await freeBytesAt(deps.folder);
  return {
    dry_run: true,
    re_encoding: reasons.length > 0,
    re_encoding_because: reasons,
    footage_seconds: footageSeconds,
    size_bytes: sizeBytes,
    duration_seconds: Math.ceil((encodingSeconds + copyingSeconds) * 10) / 10,
    free_bytes: freeBytes,
    enough_space: freeBytes === null || freeBytes > sizeBytes,
    cameras: perCamera.map((one, i) => ({ ...one, size_bytes: sizes[i] ?? 0 })),
  };
}

async function cameraShare(
  { catalog, clock, segment: placeOf }: EstimateDeps,
  camera: OwnedCamera,
  order: ExportOrder,
) {
  const span = { startMs: Date.parse(order.start), endMs: Date.parse(order.end) };
  let footageMs = 0;
  let sizeBytes = 0;
  const segments = await catalog.segments(camera).within(span);
  for (const segment of segments) {
    const { startMs, endMs, sizeBytes: closedBytes, state } = segment;
    // How far an open one has come only its file tells: at most until now.
    const toMs = state === "open" ? clock.nowMs() : endMs;
    const wholeBytes = state === "open" ? await bytesOf(placeOf(camera, segment).path) : closedBytes;
    const insideMs = Math.max(0, Math.min(toMs, span.endMs) - Math.max(startMs, span.startMs));
    footageMs += insideMs;
    sizeBytes += toMs > startMs ? (wholeBytes * insideMs) / (toMs - startMs) : 0;
  }
  return { camera_id: camera.id, footage_seconds: Math.round(footageMs) / 1000, size_bytes: Math.round(sizeBytes) };
}

/** 0: it is gone. */
async function bytesOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

/** null: the disk does not answer. */
async function freeBytesAt(folder: string): Promise<number | null> {
  for (const path of [folder, dirname(folder)]) {
    const disk = await statfs(path).catch(() => null);
    if (disk !== null) return disk.bavail * disk.bsize;
  }
  return null;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
