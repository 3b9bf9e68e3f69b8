import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { errorMessage } from "../../base/error.ts";
import { inspectSegment } from "../../footage/inspect-segment.ts";
import type { Share } from "./share.ts";
import { shareAddress } from "./share-connection.ts";
import { ShareProblem, shareProblem } from "./share-problem.ts";
import { inspectOnShare, sharePath } from "./share-segment.ts";

export interface SegmentToMove {
  readonly camera: { readonly id: number; readonly uuid: string };
  /** The camera's folder on the disk. */
  readonly folder: string;
  readonly name: string;
}

/**
 * Copies a closed segment to the share and compares: size and SHA-256 of what lies there then, read back, are those of the file. A copy that is
 * there already is only compared. The file stays. Answers its size; null: it is not (or no longer) a closed segment of this camera, and nothing
 * was done. Rejects with `ShareProblem`, and with the system's error where the file goes away meanwhile.
 */
export async function copyToShare(share: Share, { camera, folder, name }: SegmentToMove): Promise<number | null> {
  const path = join(folder, name);
  const found = await inspectSegment(path);
  if (found.kind !== "closed" || found.identity.cameraUuid !== camera.uuid) return null;
  const remote = sharePath(camera.id, name);
  const present = await share.stat(remote);
  const same = present?.sizeBytes === found.sizeBytes && (await sameBytes(share, remote, path));
  if (same) return found.sizeBytes;
  if (present !== null) await requireOwn(share, remote, camera.uuid);
  await share.put(folder, name, remote);
  const { sizeBytes } = (await share.stat(remote)) ?? { sizeBytes: null };
  const { size } = await stat(path);
  if (sizeBytes === size && (await sameBytes(share, remote, path))) return size;
  await share.remove(remote);
  throw new ShareProblem(
    "failed",
    `${shareAddress(share.connection)} did not keep the segment ${remote} as it was written (${sizeBytes ?? "no"} of ${size} bytes, or another hash). It stays on the disk, and is moved again. Check the share's disk.`,
  );
}

/** What a move that was cut short has left is written over; another installation's footage is not. */
async function requireOwn(share: Share, remote: string, cameraUuid: string): Promise<void> {
  const found = await inspectOnShare(share, remote);
  const uuid = found.kind === "foreign" ? null : (found.identity?.cameraUuid ?? null);
  if (uuid === null || uuid === cameraUuid) return;
  throw new ShareProblem(
    "foreign",
    `${remote} on ${shareAddress(share.connection)} is footage of another installation. Nothing is written over it: use another folder of the share.`,
  );
}

async function sameBytes(share: Share, remote: string, path: string): Promise<boolean> {
  const there = await share.read(remote, null);
  const [one, other] = await Promise.all([
    hashOf(there).catch((error: unknown) => {
      throw error instanceof ShareProblem
        ? error
        : shareProblem(share.connection, `i/o timeout: ${errorMessage(error)}`);
    }),
    hashOf(createReadStream(path, { highWaterMark: 1024 * 1024 })),
  ]);
  return one === other;
}

async function hashOf(stream: Readable): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of stream) hash.update(chunk as Buffer);
  return hash.digest("hex");
}
