import type { Export } from "@nightjar/api/export";
import type { StoredExport } from "../catalog/exports.ts";
import { MANIFEST_NAME } from "../evidence/verify-export.js";
import { instant } from "../recording/wire.ts";

const DAY_MS = 86_400_000;

/** How far the making of an export has come. */
export interface ExportProgress {
  /** From 0 to 1. */
  readonly done: number;
  readonly remainingSeconds: number | null;
}

/** Where an export is asked for. */
export function exportUrl(id: string): string {
  return `/api/recordings/export/${id}`;
}

/** An export as the API tells it. `progress` null: it is not being made. */
export function exportToWire(stored: StoredExport, progress: ExportProgress | null, keepDays: number): Export {
  const { id, status, result, finishedAtMs } = stored;
  const download = (name: string): string => `${exportUrl(id)}/download?file=${name}`;
  const ready = status === "ready" && result !== null;
  return {
    export_id: id,
    status,
    progress: ready ? 1 : (progress?.done ?? 0),
    remaining_seconds: progress?.remainingSeconds ?? null,
    created_at: instant(stored.createdAtMs),
    created_by: stored.createdBy,
    finished_at: finishedAtMs === null ? null : instant(finishedAtMs),
    expires_at: finishedAtMs === null ? null : instant(finishedAtMs + keepDays * DAY_MS),
    request: stored.request,
    size_bytes: stored.sizeBytes,
    files: ready ? result.files.map((file) => ({ ...file, url: download(file.name) })) : [],
    gaps: ready ? result.gaps : [],
    manifest_url: ready ? download(MANIFEST_NAME) : null,
    zip_url: ready ? download(zipName(id)) : null,
    error: stored.error,
    error_code: stored.errorCode,
  };
}

/** Name under which all files of an export are downloaded together. */
export function zipName(id: string): string {
  return `${id}.zip`;
}
