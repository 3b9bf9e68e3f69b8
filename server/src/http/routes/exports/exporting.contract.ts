import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Export } from "@nightjar/api/export";
import { expect } from "vitest";
import { eventually } from "../../../base/eventually.contract.ts";
import { type RecordedSegment, recordedRun } from "../../../export/recorded-run.contract.ts";
import { MARKER_FILE } from "../../../footage/volume.ts";
import type { Scene } from "../../../media/made-footage.contract.ts";
import { type Installation, startInstallation } from "../../installation.contract.ts";

export const START_MS = Date.UTC(2026, 3, 9, 12);

export interface Recording {
  readonly cameraId: number;
  readonly segments: readonly RecordedSegment[];
}

/** An installation that makes exports, and closes after the test file. */
export async function startExporting(): Promise<Installation> {
  const installation = await startInstallation();
  await installation.deps.exports.queue.start();
  return installation;
}

/** A camera with runs of footage, each beginning so much after `START_MS`. */
export async function recordCamera(
  installation: Installation,
  runs: readonly {
    readonly scene: Scene;
    readonly atSeconds: number;
    readonly cutAfterSeconds?: readonly number[];
    readonly open?: true;
  }[],
): Promise<Recording> {
  const cameraId = await installation.addCamera();
  const camera = await installation.deps.catalog.tenant(1).cameras.get(cameraId);
  const segments: RecordedSegment[] = [];
  for (const { scene, atSeconds, cutAfterSeconds = [], open } of runs) {
    const previousChain = segments.at(-1)?.chain;
    const made = await recordedRun({
      ...{ scene, cameraId, cameraUuid: camera?.uuid ?? "", startMs: START_MS + atSeconds * 1000, cutAfterSeconds },
      ...(previousChain === undefined ? {} : { previousChain }),
      ...(open === undefined ? {} : { open }),
    });
    for (const { startMs, endMs, bytes, open: isOpen, runId } of made) {
      const how = { runId, file: bytes, ...(isOpen ? { open: true as const } : {}) };
      await installation.addSegment(cameraId, startMs, endMs - startMs, how);
    }
    segments.push(...made);
  }
  return { cameraId, segments };
}

export function instantAt(seconds: number): string {
  return new Date(START_MS + seconds * 1000).toISOString();
}

/** Asks for an export and waits for its end. */
export async function exportOf(installation: Installation, body: object): Promise<Export> {
  const started = await installation.call({ method: "POST", url: "/api/recordings/export", payload: body });
  expect(started.statusCode, started.body).toBe(202);
  return endOf(installation, started.json().export_id as string);
}

export async function endOf(installation: Installation, id: string): Promise<Export> {
  return eventually(async () => {
    const answer = (await installation.call({ url: `/api/recordings/export/${id}` })).json<Export>();
    expect(answer.status).not.toMatch(/queued|running/);
    return answer;
  });
}

/** What lies in the folder of the exports, but for the marker of its volume. */
export async function exportFolders(installation: Installation): Promise<string[]> {
  const names = await readdir(installation.deps.exports.folder);
  return names.filter((name) => name !== MARKER_FILE).sort();
}

/** Where a file of an export lies. */
export function exportedPath(installation: Installation, made: Export, name: string): string {
  return join(installation.deps.exports.folder, made.export_id, name);
}
