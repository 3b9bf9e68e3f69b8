import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { systemErrorCode } from "../base/error.ts";
import type { ExportedFile, ExportResult } from "../catalog/exports.ts";
import type { Manifest, ManifestFile } from "../evidence/manifest.ts";
import { hashOf, MANIFEST_NAME, signedManifest } from "../evidence/verify-export.js";
import type { ExportDeps } from "./ports.ts";

/**
 * Takes an export into the catalog whose folder is there and which the catalog does not know, as after `nightjar reindex`. Only one that
 * this installation has signed, with all its files, of a camera that is known: false where it is not.
 */
export async function adoptExport(deps: ExportDeps, id: string): Promise<boolean> {
  const { catalog, folder, signingKey, log } = deps;
  const bytes = await bytesIfThere(join(folder, id, MANIFEST_NAME));
  const signed = bytes === null ? null : signedManifest(bytes);
  if (bytes === null || signed === null || signed.signer !== signingKey.publicKey.fingerprint) return false;
  const { manifest } = signed;
  const tenantId = await tenantOf(deps, manifest);
  if (manifest.export_id !== id || tenantId === null) return false;
  const contents = contentsOf(manifest, bytes);
  for (const { name, sizeBytes } of contents) {
    const found = await stat(join(folder, id, name)).catch(() => null);
    if (found?.size !== sizeBytes) return false;
  }
  const { created_by: createdBy, created_at: createdAt, request } = manifest;
  const result = { contents, ...toldOf(manifest) };
  await catalog.tenant(tenantId).exports.adopt({ id, createdBy, createdAtMs: Date.parse(createdAt), request, result });
  log.info("an export that the catalog had lost was taken in", { export_id: id });
  return true;
}

async function bytesIfThere(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return null;
    throw error;
  }
}

/** The tenant of its cameras; null: none of them is known. */
async function tenantOf({ catalog }: ExportDeps, { cameras }: Manifest): Promise<number | null> {
  for (const { id: tenantId } of await catalog.acrossTenants.tenants()) {
    const own = catalog.tenant(tenantId).cameras;
    for (const { camera_id: id, uuid } of cameras)
      if ((await own.get(id, { includeDeleted: true }))?.uuid === uuid) return tenantId;
  }
  return null;
}

/** In the order of the ZIP. */
function contentsOf({ files }: Manifest, bytes: Buffer): ExportedFile[] {
  const manifest = { name: MANIFEST_NAME, sizeBytes: bytes.length, sha256: hashOf(bytes), crc32: crc32(bytes) };
  const footage = files.filter((file) => file.footage !== undefined);
  const others = files.filter((file) => file.footage === undefined);
  return [...footage.map(exportedFile), manifest, ...others.map(exportedFile)];
}

function exportedFile({ name, size_bytes, sha256, crc32 }: ManifestFile): ExportedFile {
  return { name, sizeBytes: size_bytes, sha256, crc32: Number.parseInt(crc32, 16) };
}

function toldOf({ files, cameras }: Manifest): Pick<ExportResult, "files" | "gaps"> {
  return {
    files: files.flatMap(({ name, size_bytes, sha256, footage }) => {
      if (footage === undefined) return [];
      const { camera_id, part, start, end, duration_seconds } = footage;
      return [{ name, camera_id, size_bytes, sha256, part, start, end, duration_seconds }];
    }),
    gaps: cameras.flatMap(({ camera_id, gaps }) => gaps.map((gap) => ({ camera_id, ...gap }))),
  };
}
