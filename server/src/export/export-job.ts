import { mkdir, open, rename, rm, statfs } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder } from "../base/make-folder.ts";
import type { OwnedCamera } from "../catalog/cameras.ts";
import type { ExportedFile, ExportResult, StoredExport } from "../catalog/exports.ts";
import { MANIFEST_NAME, manifestText } from "../evidence/verify-export.js";
import { VERIFY_PAGE_NAME, verifyPage } from "../evidence/verify-page.ts";
import { VolumeMissing } from "../footage/volume.ts";
import { instant } from "../recording/wire.ts";
import { buildManifest, type MadeFile, wireGap } from "./build-manifest.ts";
import { type AlteredSources, alteredSources, type CameraFootage, gatherFootage } from "./camera-footage.ts";
import { ExportFailure } from "./export-failure.ts";
import { type PartPlan, planParts } from "./export-plan.ts";
import { type WrittenFile, writeHashed } from "./finish-movie.ts";
import { makePart, reencodingReasons } from "./make-part.ts";
import { noFootageMessage } from "./no-footage.ts";
import type { ExportDeps } from "./ports.ts";
import type { SourceSegment } from "./source-segment.ts";

/** Folder in which an export is made; nothing in it is ever offered. */
export function workFolder(exportsFolder: string, id: string): string {
  return join(exportsFolder, `${id}.part`);
}

export interface JobRun {
  readonly signal: AbortSignal;
  /** From 0 to 1. */
  readonly onProgress: (done: number) => void;
}

/**
 * Makes an export:
 * 1. empty the working folder, 2. check the space for segments of the share, and bring all into it, 3. check the space for the files, 4. make and check each file, and read the segments
 * again, 5. write and sign the manifest, 6. sync all, 7. rename the folder of files to its final name.
 * Until the last step nothing can be taken for an export; after a crash at any step it is begun again. Throws `NightjarError` with the
 * reason, or the signal's reason, and leaves nothing behind.
 */
export async function makeExport(deps: ExportDeps, stored: StoredExport, run: JobRun): Promise<ExportResult> {
  await requireVolume(deps);
  const work = workFolder(deps.folder, stored.id);
  const files = join(work, "files");
  await rm(work, { recursive: true, force: true });
  await rm(join(deps.folder, stored.id), { recursive: true, force: true });
  await makeFolder(deps.folder, 0o750);
  await mkdir(files, { recursive: true, mode: 0o750 });
  try {
    await checkRoom(deps.folder, await fetchedBytes(deps, stored));
    const footage = await allFootage(deps, stored, work);
    const plans = footage.map((one) => ({ footage: one, parts: partsOf(one, stored) }));
    if (plans.every(({ parts }) => parts.length === 0))
      throw new ExportFailure("no_footage", noFootageMessage(footage));
    await checkSpace(
      deps.folder,
      plans.flatMap(({ parts }) => parts),
    );
    // Beside the making: the segments are in the memory of the system then.
    const reading = readAgain(footage, work, run.signal);
    reading.catch(() => {});
    const made = await makeFiles(deps, stored, plans, { ...run, work, files });
    const altered = await reading;
    const page = await writeText(join(files, VERIFY_PAGE_NAME), await verifyPage());
    const unsigned = buildManifest({ deps, stored, footage, made, altered, page });
    const manifest = await writeText(join(files, MANIFEST_NAME), manifestText(deps.signingKey.sign(unsigned)));
    run.signal.throwIfAborted();
    await syncFolder(files);
    await requireVolume(deps);
    await rename(files, join(deps.folder, stored.id));
    await syncFolder(deps.folder);
    return {
      contents: [
        ...made.map(({ name, finished }) => exportedFile(name, finished)),
        exportedFile(MANIFEST_NAME, manifest),
        exportedFile(VERIFY_PAGE_NAME, page),
      ],
      files: made.map(wireFile),
      gaps: footage.flatMap(({ camera, gaps }) => gaps.map((gap) => ({ camera_id: camera.id, ...wireGap(gap) }))),
    };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Throws with what to do where the exports' disk is not there. */
async function requireVolume(deps: ExportDeps): Promise<void> {
  await deps.requireVolume().catch((error: unknown) => {
    if (!(error instanceof VolumeMissing)) throw error;
    throw new ExportFailure("folder_missing", `${error.message} Then try this export again.`);
  });
}

/** The segments whose footage is no longer what was recorded. */
async function readAgain(
  footage: readonly CameraFootage[],
  work: string,
  signal: AbortSignal,
): Promise<AlteredSources> {
  const altered = new Set<SourceSegment>();
  for (const { camera, sources } of footage) {
    for (const source of await alteredSources(sources, cameraFolder(work, camera), signal)) altered.add(source);
  }
  return altered;
}

/** Which camera's segments lie where. */
function cameraFolder(work: string, camera: OwnedCamera): string {
  return join(work, `cam${camera.id}`);
}

async function allFootage(deps: ExportDeps, stored: StoredExport, work: string): Promise<CameraFootage[]> {
  const { request, tenantId } = stored;
  const span = { startMs: Date.parse(request.start), endMs: Date.parse(request.end) };
  const footage: CameraFootage[] = [];
  for (const id of request.camera_ids) {
    const camera = await deps.catalog.tenant(tenantId).cameras.get(id, { includeDeleted: true });
    if (camera === undefined) throw new ExportFailure("camera_deleted", `There is no camera ${id} any more.`);
    footage.push(await gatherFootage(deps, camera, span, cameraFolder(work, camera)));
  }
  return footage;
}

function partsOf({ sources }: CameraFootage, { request }: StoredExport): PartPlan[] {
  return planParts(sources, request.with_audio && request.time_lapse_factor === null);
}

/** Bytes of the footage that a part takes, judged by its share of each segment. */
function partBytes(part: PartPlan): number {
  return part.pieces.reduce((sum, { source, startMs, endMs }) => {
    const share = (endMs - startMs) / Math.max(1, source.endMs - source.startMs);
    return sum + source.sizeBytes * Math.min(1, share);
  }, 0);
}

/** With the tables a file is so much larger than its footage, at most. */
const TABLES_SHARE = 1.1;
/** Of a disk so much is left for recording. */
const KEPT_FREE = 0.02;

/** Bytes of what lies on the share and is fetched, and of what is made of that. */
async function fetchedBytes({ catalog }: ExportDeps, { request, tenantId }: StoredExport): Promise<number> {
  const span = { startMs: Date.parse(request.start), endMs: Date.parse(request.end) };
  let bytes = 0;
  for (const id of request.camera_ids) {
    const camera = await catalog.tenant(tenantId).cameras.get(id, { includeDeleted: true });
    const segments = camera === undefined ? [] : await catalog.segments(camera).within(span);
    for (const { onShare, sizeBytes, startMs, endMs } of segments) {
      const insideMs = Math.min(endMs, span.endMs) - Math.max(startMs, span.startMs);
      const share = Math.max(0, insideMs) / Math.max(1, endMs - startMs);
      if (onShare) bytes += sizeBytes + sizeBytes * share * TABLES_SHARE;
    }
  }
  return bytes;
}

/** All files, with their tables. */
function checkSpace(folder: string, parts: readonly PartPlan[]): Promise<void> {
  const sizes = parts.map(partBytes);
  return checkRoom(
    folder,
    sizes.reduce((sum, bytes) => sum + bytes * TABLES_SHARE, 0),
  );
}

async function checkRoom(folder: string, neededBytes: number): Promise<void> {
  const { bavail, blocks, bsize } = await statfs(folder);
  const freeBytes = Math.max(0, bavail * bsize - blocks * bsize * KEPT_FREE);
  if (neededBytes <= freeBytes) return;
  throw new ExportFailure(
    "no_space",
    `There is not enough space for this export: it takes ${Math.ceil(neededBytes / 1e6)} MB, and ${Math.floor(freeBytes / 1e6)} MB may be used. Delete earlier exports, or ask for a shorter span.`,
  );
}

interface Making extends JobRun {
  readonly work: string;
  readonly files: string;
}

async function makeFiles(
  deps: ExportDeps,
  stored: StoredExport,
  plans: readonly { readonly footage: CameraFootage; readonly parts: readonly PartPlan[] }[],
  making: Making,
): Promise<MadeFile[]> {
  const totalBytes = plans.flatMap(({ parts }) => parts).reduce((sum, part) => sum + partBytes(part), 1);
  const made: MadeFile[] = [];
  let doneBytes = 0;
  for (const { footage, parts } of plans) {
    const { camera } = footage;
    for (const [i, plan] of parts.entries()) {
      const name = `${stored.id}_cam${camera.id}${i === 0 ? "" : `_part${i + 1}`}.mp4`;
      const bytes = partBytes(plan);
      const finished = await makePart({
        ...{ plan, order: stored.request, camera, ffmpeg: deps.ffmpeg, clock: deps.clock, log: deps.log },
        workFolder: cameraFolder(making.work, camera),
        to: join(making.files, name),
        signal: making.signal,
        onProgress: (done) => making.onProgress(Math.min(1, (doneBytes + done * bytes) / totalBytes)),
      });
      doneBytes += bytes;
      const original = reencodingReasons(stored.request, camera.id).length === 0;
      made.push({
        name,
        cameraId: camera.id,
        part: i + 1,
        plan,
        finished,
        original,
        factor: stored.request.time_lapse_factor ?? 1,
      });
    }
  }
  return made;
}

async function writeText(path: string, text: string) {
  return writeHashed(path, (write) => write(Buffer.from(text)));
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function exportedFile(name: string, { sizeBytes, sha256, crc32 }: WrittenFile): ExportedFile {
  return { name, sizeBytes, sha256, crc32 };
}

function wireFile({ name, cameraId, part, plan, finished }: MadeFile): ExportResult["files"][number] {
  return {
    ...{ name, camera_id: cameraId, size_bytes: finished.sizeBytes, sha256: finished.sha256, part },
    ...{
      start: instant(plan.startMs),
      end: instant(plan.endMs),
      duration_seconds: Math.round(finished.seconds * 1000) / 1000,
    },
  };
}
