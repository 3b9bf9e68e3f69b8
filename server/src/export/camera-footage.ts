import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { systemErrorCode } from "../base/error.ts";
import type { OwnedCamera } from "../catalog/cameras.ts";
import type { ChainSignature } from "../catalog/chain-signatures.ts";
import type { Span, StoredSegment } from "../catalog/segments.ts";
import { MalformedMedia } from "../media/malformed-media.ts";
import { ledgerSpans } from "../recording/ledger.ts";
import { buildTimeline, type Gap } from "../recording/timeline.ts";
import { hashFiles } from "./hash-files.ts";
import type { ExportDeps } from "./ports.ts";
import { type SourcePlace, type SourceSegment, sourceSegment } from "./source-segment.ts";

/** A camera's footage of a span as it is on the disk, and what is missing of it. */
export interface CameraFootage {
  readonly camera: OwnedCamera;
  readonly sources: readonly SourceSegment[];
  readonly gaps: readonly Gap[];
  /** What this installation has signed of them, by name. */
  readonly signatures: ReadonlyMap<string, ChainSignature>;
}

/** A source whose payload is no longer the one that was recorded is named here. */
export type AlteredSources = ReadonlySet<SourceSegment>;

/**
 * Brings the segments of a span into `workFolder`. Those whose file is gone or is no segment are told as gaps, with the cause that the
 * ledger has; a segment that was opened for another camera is none of it.
 */
export async function gatherFootage(
  deps: ExportDeps,
  camera: OwnedCamera,
  span: Span,
  workFolder: string,
): Promise<CameraFootage> {
  await mkdir(workFolder, { recursive: true });
  const sources: SourceSegment[] = [];
  for (const [i, stored] of (await deps.catalog.segments(camera).within(span)).entries()) {
    const source = await sourceOf(deps, camera, stored, {
      ...{ folder: workFolder, file: `source-${i}.mp4`, span },
    });
    if (source !== null) sources.push(source);
  }
  const [gaps, signatures] = [await gapsOf(deps, camera, span, sources), await signaturesOf(deps, camera, sources)];
  return { camera, sources, gaps, signatures };
}

async function signaturesOf(
  { catalog, signingKey }: ExportDeps,
  camera: OwnedCamera,
  sources: readonly SourceSegment[],
): Promise<ReadonlyMap<string, ChainSignature>> {
  const [first, last] = [sources[0], sources.at(-1)];
  if (first === undefined || last === undefined) return new Map();
  const span = { startMs: first.startMs, endMs: last.startMs + 1 };
  const signatures = await catalog.chainSignatures(camera).within(span);
  // Under an earlier key: nobody can compare its fingerprint any more.
  const own = signatures.filter(({ publicKey }) => publicKey === signingKey.publicKey.public_key);
  return new Map(own.map((signature) => [signature.name, signature]));
}

async function sourceOf(
  deps: ExportDeps,
  camera: OwnedCamera,
  stored: StoredSegment,
  place: SourcePlace,
): Promise<SourceSegment | null> {
  try {
    const source = await sourceSegment(deps.segment(camera, stored), stored, place, deps.reader);
    return source?.identity.cameraUuid === camera.uuid ? source : null;
  } catch (error) {
    if (!(error instanceof MalformedMedia) && systemErrorCode(error) !== "ENOENT") throw error;
    deps.log.warn("a segment is missing from an export", { camera_id: camera.id, name: stored.name, error });
    return null;
  }
}

async function gapsOf(
  deps: ExportDeps,
  camera: OwnedCamera,
  span: Span,
  sources: readonly SourceSegment[],
): Promise<readonly Gap[]> {
  const entries = await deps.catalog.ledger(camera).within(span);
  const { gaps } = buildTimeline({
    footage: sources.map(({ startMs, endMs, identity }) => ({ startMs, endMs, kind: identity.kind })),
    ledger: ledgerSpans(entries, span.startMs, span.endMs),
    ...span,
    // What was asked for is accounted for from end to end, but for what is still to come.
    accountedFromMs: span.startMs,
    accountedToMs: Math.max(deps.clock.nowMs(), sources.at(-1)?.endMs ?? 0),
    resolutionMs: 0,
  });
  return gaps;
}

/** Reads the footage of the segments and compares it with what their recorder has said of it. */
export async function alteredSources(
  sources: readonly SourceSegment[],
  workFolder: string,
  signal: AbortSignal,
): Promise<AlteredSources> {
  const chained = sources.filter((source) => source.chain !== null);
  const wishes = chained.map(({ file, payload }) => ({ path: join(workFolder, file), ...payload }));
  const hashes = await hashFiles(wishes, { signal });
  return new Set(chained.filter(({ payloadSha256 }, i) => hashes[i]?.sha256 !== payloadSha256));
}
