import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Segment } from "@nightjar/api/recording";
import { exportRoutes } from "@nightjar/api/routes";
import { expect } from "@playwright/test";
import { findFrameFaults, readFrameMarks } from "../rig/footage.ts";
import type { Scene } from "../rig/scene.ts";
import type { Nightjar } from "./nightjar.ts";
import { waitFor } from "./wait.ts";

/** A recorder whose footage of a scene goes to a share. */
export interface MovingNightjar {
  readonly nightjar: Nightjar;
  readonly scene: Scene;
}

/** Names of a camera's segments that are on the disk, open ones too. */
export async function waitingSegments({ dataFolder }: Nightjar, cameraId: number): Promise<string[]> {
  return (await readdir(join(dataFolder, "recordings", String(cameraId)))).filter((name) => name.endsWith(".mp4"));
}

/**
 * Each segment is on the share, with the hash that its recorder gave it and every frame once, and is read from there whole and by a range;
 * answers how much that is. `pathOf`: where the share's disk has it.
 */
export async function expectOnShare(
  { nightjar, scene }: MovingNightjar,
  segments: readonly Segment[],
  pathOf: (segment: Segment) => string,
): Promise<number> {
  let bytes = 0;
  for (const segment of segments) {
    expect(segment, segment.name).toMatchObject({ on_share: true });
    const path = pathOf(segment);
    const file = await readFile(path);
    expect(file.length).toBe(segment.size_bytes);
    expect(payloadHash(file), segment.name).toBe(segment.payload_sha256);
    const read = async (range: Record<string, string>) => {
      const headers = { authorization: `Bearer ${nightjar.token}`, ...range };
      const answer = await fetch(`${nightjar.baseUrl}${segment.url}`, { headers });
      return Buffer.from(await answer.arrayBuffer());
    };
    expect((await read({})).equals(file), segment.name).toBe(true);
    expect((await read({ range: "bytes=1000-3999" })).equals(file.subarray(1000, 4000)), segment.name).toBe(true);
    expect(findFrameFaults(await readFrameMarks(path), scene).places, segment.name).toEqual([]);
    bytes += file.length;
  }
  return bytes;
}

/** Of everything between the 16-byte box behind `ftyp` and the end of the `mdat` that spans the fragments. */
function payloadHash(file: Buffer): string {
  const spanAt = file.readUInt32BE(0);
  const spanBytes = Number(file.readBigUInt64BE(spanAt + 8));
  return createHash("sha256")
    .update(file.subarray(spanAt + 16, spanAt + spanBytes))
    .digest("hex");
}

/** An export of footage that lies on the share has every frame once. */
export async function expectExported(
  { nightjar, scene }: MovingNightjar,
  cameraId: number,
  span: { start: string; end: string },
): Promise<void> {
  const started = await nightjar.client(exportRoutes.create, { body: { camera_ids: [cameraId], ...span } });
  const id = "export_id" in started ? started.export_id : "";
  const isOver = async () => {
    const one = await nightjar.client(exportRoutes.get, { params: { id } });
    return one.status === "queued" || one.status === "running" ? undefined : one;
  };
  const onTimeout = () => nightjar.logText();
  const made = await waitFor("the export", isOver, { withinMs: 60_000, everyMs: 200, onTimeout });
  expect(made).toMatchObject({ status: "ready", error: null });
  const path = join(nightjar.dataFolder, "exports", id, made.files[0]?.name ?? "");
  expect(findFrameFaults(await readFrameMarks(path), scene).places).toEqual([]);
}
