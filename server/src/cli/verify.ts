import { createHash } from "node:crypto";
import { type FileHandle, open, readdir, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { NightjarError, systemErrorCode } from "../base/error.ts";
import { verdictLines, verifyFiles, verifyZip } from "../evidence/verify-export.js";
import { readAt } from "../footage/segment-scan.ts";

export interface VerifyCommand {
  /** Folder of an export, or its ZIP. */
  readonly path: string;
  /** Fingerprint that the signer's key must have. */
  readonly key: string | undefined;
  readonly json: boolean;
}

/** `nightjar verify`: prints what it found; answers the exit code, 0 where the export is intact. Rejects where it cannot look. */
export async function verify({ path, key, json }: VerifyCommand): Promise<0 | 1> {
  if (key !== undefined && key.replaceAll(/[^0-9a-f]/gi, "").length !== 64)
    throw new NightjarError(
      "invalid_field",
      "--key takes a fingerprint: 64 hexadecimal digits, as the installation shows it.",
    );
  const options = { newHash: nodeHash, ...(key === undefined ? {} : { key }) };
  const handles: FileHandle[] = [];
  try {
    const opened = async (file: string) => bytesOf(file, handles);
    const isFolder = (await stat(path)).isDirectory();
    const verdict = isFolder
      ? await verifyFiles(await filesIn(path, opened), options)
      : await verifyZip(await opened(path), options);
    console.log(json ? JSON.stringify(verdict, null, 2) : verdictLines(verdict).join("\n"));
    return verdict.intact ? 0 : 1;
  } catch (cause) {
    if (cause instanceof NightjarError || systemErrorCode(cause) === undefined) throw cause;
    throw new NightjarError("not_found", `${path} cannot be read (${systemErrorCode(cause)}).`, { cause });
  } finally {
    await Promise.all(handles.map((handle) => handle.close()));
  }
}

async function filesIn<T>(folder: string, opened: (path: string) => Promise<T>): Promise<Map<string, T>> {
  const files = new Map<string, T>();
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isDirectory()) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(relative(folder, path), await opened(path));
  }
  return files;
}

async function bytesOf(path: string, handles: FileHandle[]) {
  const handle = await open(path, "r");
  handles.push(handle);
  const { size: sizeBytes } = await handle.stat();
  return { sizeBytes, read: (from: number, to: number) => readAt(handle, from, to - from) };
}

/** Faster than the one that runs everywhere. */
function nodeHash() {
  const hash = createHash("sha256");
  return { update: (bytes: Uint8Array) => void hash.update(bytes), hex: () => hash.digest("hex") };
}
