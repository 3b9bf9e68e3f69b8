import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { systemErrorCode } from "../../base/error.ts";
import type { OwnedCamera } from "../../catalog/cameras.ts";
import type { Catalog } from "../../catalog/catalog.ts";
import { MARKER_FILE } from "../../footage/volume.ts";
import { allCameras } from "./all-cameras.ts";
import { readCameraFolder } from "./camera-folder.ts";
import { type CheckedCamera, type CheckOptions, checkCamera } from "./check-camera.ts";
import type { Finding } from "./finding.ts";

export interface CheckReport {
  readonly cameras: number;
  /** Closed segments that were looked at, and what they take. */
  readonly segments: number;
  readonly sizeBytes: number;
  readonly findings: readonly Finding[];
}

/** A file is there a moment before its row is. */
const LOOK_AGAIN_AFTER_MS = 2000;

/**
 * Compares the whole catalog with the recordings folder, and the audits with themselves; mends what can be where `fix` is set. Without it
 * nothing is changed, and the server may run. Rejects when catalog or folder cannot be read.
 */
export async function checkStorage(options: CheckOptions): Promise<CheckReport> {
  const { catalog, fix } = options;
  const cameras = await allCameras(catalog);
  const checked = new Map<number, CheckedCamera>();
  for (const camera of cameras) checked.set(camera.id, await checkCamera(options, camera));
  const doubtful = cameras.filter(({ id }) => checked.get(id)?.findings.some((one) => one.state === "open"));
  if (!fix && doubtful.length > 0) {
    await pause(options);
    for (const camera of doubtful) checked.set(camera.id, await lookAgain(options, camera, checked.get(camera.id)));
  }
  const all = [...checked.values()];
  const away = options.share?.finding ?? null;
  return {
    cameras: cameras.length,
    segments: all.reduce((sum, one) => sum + one.segments, 0),
    sizeBytes: all.reduce((sum, one) => sum + one.sizeBytes, 0),
    findings: [
      ...all.flatMap((one) => one.findings),
      ...(await foldersWithoutCamera(options, cameras)),
      ...(away === null ? [] : [away]),
      ...(await brokenAudits(catalog)),
    ],
  };
}

/** Footage is recorded while it is looked at: only what is told twice is true. The hashes were right or wrong the first time. */
async function lookAgain(
  options: CheckOptions,
  camera: OwnedCamera,
  first: CheckedCamera | undefined,
): Promise<CheckedCamera> {
  const again = await checkCamera({ ...options, deep: false }, camera);
  const key = (finding: Finding) => `${finding.kind} ${finding.path}`;
  const keys = new Set(again.findings.map(key));
  const findings = (first?.findings ?? []).filter((one) => one.kind === "changed_payload" || keys.has(key(one)));
  return { ...again, findings };
}

function pause({ clock }: CheckOptions): Promise<void> {
  return new Promise((resolve) => clock.after(LOOK_AGAIN_AFTER_MS, resolve));
}

async function foldersWithoutCamera({ recordings }: CheckOptions, cameras: readonly OwnedCamera[]): Promise<Finding[]> {
  const known = new Map(cameras.map((camera) => [String(camera.id), camera]));
  const findings: Finding[] = [];
  for (const name of await entriesOf(recordings)) {
    if (name.startsWith(MARKER_FILE)) continue;
    const path = join(recordings, name);
    const camera = known.get(name);
    const folder = /^\d+$/.test(name) ? await readCameraFolder(path).catch(nullWhereNoFolder) : null;
    const uuid = folder?.description?.uuid ?? null;
    const hasFootage = folder?.files.some(({ found }) => found.kind !== "foreign" && found.identity !== null);
    if (camera !== undefined && (uuid === null || uuid === camera.uuid)) continue;
    if (uuid === null && hasFootage !== true) {
      const problem = "It is not Nightjar's and is left alone.";
      const remedy = "Nothing needs to be done.";
      findings.push({ kind: "foreign_file", cameraId: null, path, problem, remedy, state: "note" });
      continue;
    }
    const problem =
      camera === undefined
        ? "The folder holds footage of a camera that the catalog does not know."
        : `The folder was last written for another camera (${uuid}) than the catalog's camera ${camera.id} (${camera.uuid}).`;
    const remedy =
      camera === undefined
        ? "`nightjar reindex` takes the camera and its footage in."
        : "Is it the right data folder? Footage of one camera must not lie in the folder of another.";
    findings.push({ kind: "unknown_camera", cameraId: camera?.id ?? null, path, problem, remedy, state: "open" });
  }
  return findings;
}

/** Names in the recordings folder, in order; none where there is no such folder. Rejects with the system's error. */
export async function entriesOf(recordings: string): Promise<string[]> {
  const names = await readdir(recordings).catch((error: unknown) => {
    if (systemErrorCode(error) === "ENOENT") return [];
    throw error;
  });
  return names.sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
}

/** What is no folder at all holds no camera. */
export function nullWhereNoFolder(error: unknown): null {
  if (systemErrorCode(error) === "ENOTDIR") return null;
  throw error;
}

async function brokenAudits(catalog: Catalog): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { id, name } of await catalog.acrossTenants.tenants()) {
    const verdict = await catalog.tenant(id).audit.verify();
    if (verdict.whole) continue;
    const problem = `Entry ${verdict.brokenAt} does not fit the one before it: that was changed or taken away.`;
    const remedy = "Compare it with a backup of the catalog; it cannot be mended.";
    const path = `audit of ${name}`;
    findings.push({ kind: "audit_broken", cameraId: null, path, problem, remedy, state: "open" });
  }
  return findings;
}
