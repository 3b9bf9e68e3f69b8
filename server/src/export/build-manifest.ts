import type { ChainSignature } from "../catalog/chain-signatures.ts";
import type { StoredExport } from "../catalog/exports.ts";
import type { Manifest, ManifestCamera, ManifestFile, ManifestSegment } from "../evidence/manifest.ts";
import { crcText, MANIFEST_FORMAT } from "../evidence/verify-export.js";
import { VERIFY_PAGE_NAME } from "../evidence/verify-page.ts";
import { instant } from "../recording/wire.ts";
import type { AlteredSources, CameraFootage } from "./camera-footage.ts";
import type { PartPlan } from "./export-plan.ts";
import type { FinishedMovie, WrittenFile } from "./finish-movie.ts";
import type { ExportDeps } from "./ports.ts";
import type { SourceSegment } from "./source-segment.ts";

/** An MP4 of an export. */
export interface MadeFile {
  readonly name: string;
  readonly cameraId: number;
  readonly part: number;
  readonly plan: PartPlan;
  readonly finished: FinishedMovie;
  readonly original: boolean;
  /** How many times faster it plays. */
  readonly factor: number;
}

export interface ManifestParts {
  readonly deps: Pick<ExportDeps, "clock" | "version">;
  readonly stored: StoredExport;
  readonly footage: readonly CameraFootage[];
  readonly made: readonly MadeFile[];
  readonly altered: AlteredSources;
  /** The page that verifies it. */
  readonly page: WrittenFile;
}

/** What an export says of itself; the keys stand in the order in which they are signed. */
export function buildManifest({
  deps,
  stored,
  footage,
  made,
  altered,
  page,
}: ManifestParts): Omit<Manifest, "signature"> {
  return {
    format: MANIFEST_FORMAT,
    export_id: stored.id,
    created_at: instant(stored.createdAtMs),
    created_by: stored.createdBy,
    finished_at: instant(deps.clock.nowMs()),
    program: `Nightjar ${deps.version}`,
    request: stored.request,
    cameras: footage.map((one) => cameraOf(one, altered)),
    files: [
      ...made.map(fileOf),
      {
        name: VERIFY_PAGE_NAME,
        size_bytes: page.sizeBytes,
        sha256: page.sha256,
        crc32: crcText(page.crc32),
        blocks_crc32: page.blocks.map(crcText),
      },
    ],
  };
}

function cameraOf({ camera, sources, gaps, signatures }: CameraFootage, altered: AlteredSources): ManifestCamera {
  return {
    ...{ camera_id: camera.id, name: camera.name, uuid: camera.uuid, time_zone: camera.timeZone },
    segments: sources.map((source) => segmentOf(source, altered.has(source), signatures.get(source.name))),
    gaps: gaps.map(wireGap),
  };
}

function segmentOf(source: SourceSegment, altered: boolean, signature: ChainSignature | undefined): ManifestSegment {
  const { identity } = source;
  return {
    ...{ name: source.name, start: instant(source.startMs), end: instant(source.endMs) },
    ...{ run_id: identity.runId, number: identity.number, kind: identity.kind, state: source.state },
    ...{ size_bytes: source.sizeBytes, payload_sha256: source.payloadSha256, altered },
    ...{ clock_suspect: identity.clockSuspect, chain: source.chain },
    signed:
      signature === undefined
        ? null
        : { at: instant(signature.signedAtMs), chain: signature.chain, value: signature.signature },
  };
}

function fileOf({ name, cameraId, part, plan, finished, original, factor }: MadeFile): ManifestFile {
  const atSeconds = (fromSeconds: number): number =>
    Math.round(((fromSeconds - plan.shown.fromSeconds) / factor) * 1000) / 1000;
  return {
    ...{ name, size_bytes: finished.sizeBytes, sha256: finished.sha256, crc32: crcText(finished.crc32) },
    blocks_crc32: finished.blocks.map(crcText),
    footage: {
      ...{ camera_id: cameraId, part, start: instant(plan.startMs), end: instant(plan.endMs) },
      ...{ duration_seconds: Math.round(finished.seconds * 1000) / 1000, frames: finished.frames, original },
      spans: plan.pieces.map((piece) => ({
        start: instant(piece.startMs),
        end: instant(piece.endMs),
        at_seconds: atSeconds(piece.fromSeconds),
      })),
    },
  };
}

/** A gap as the API and the manifest tell it. */
export function wireGap(gap: CameraFootage["gaps"][number]) {
  return { start: instant(gap.startMs), end: instant(gap.endMs), cause: gap.cause, wanted: gap.wanted };
}
