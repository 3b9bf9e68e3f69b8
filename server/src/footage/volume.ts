import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { NightjarError, systemErrorCode } from "../base/error.ts";
import { makeFolder } from "../base/make-folder.ts";
import { replaceFile } from "../base/replace-file.ts";
import { syncFolder } from "./segment-file.ts";

/** Lies in the folder of a volume, and says which one it is. */
export const MARKER_FILE = ".nightjar-volume";

/** A place for files that can be told from every other one, also when something else is mounted there, or nothing. */
export interface Volume {
  readonly path: string;
  readonly id: string;
}

export type VolumeState =
  | { readonly kind: "ok" }
  | { readonly kind: "missing"; readonly problem: string }
  | { readonly kind: "foreign"; readonly problem: string };

/** Footage must be neither written nor deleted: the disk that should be there is not. */
export class VolumeMissing extends NightjarError {
  constructor(problem: string) {
    super("unavailable", problem);
  }
}

/** Id of the volume in a folder; null: it has no (readable) marker, or there is no such folder. Rejects with other errors of the system. */
export async function readMarker(path: string): Promise<string | null> {
  try {
    return parseMarker(await readFile(join(path, MARKER_FILE), "utf8"));
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(systemErrorCode(error) ?? "")) return null;
    throw error;
  }
}

/** What stands in the marker of a volume. */
export function markerText(id: string): string {
  return `${JSON.stringify({ volume: id })}\n`;
}

/** The id that stands in a marker; null where it is damaged. */
export function parseMarker(text: string): string | null {
  try {
    const { volume } = JSON.parse(text) as Record<string, unknown>;
    return typeof volume === "string" ? volume : null;
  } catch {
    return null;
  }
}

/** Makes the folder and its marker where they are missing; answers the id of the volume. Rejects with the system's error. */
export async function beginVolume(path: string): Promise<string> {
  await makeFolder(path);
  const present = await readMarker(path);
  if (present !== null) return present;
  const id = randomUUID();
  await replaceFile(join(path, MARKER_FILE), markerText(id), { durable: true, mode: 0o644 });
  await syncFolder(path);
  return id;
}

/** Whether the volume is there; one that is not known yet (null) is taken to be. Never rejects. */
export async function volumeState(volume: Volume | null): Promise<VolumeState> {
  if (volume === null) return { kind: "ok" };
  const { path, id } = volume;
  let found: string | null = null;
  try {
    found = await readMarker(path);
  } catch {
    // It cannot be read: as good as not there.
  }
  if (found === id) return { kind: "ok" };
  if (found !== null) {
    const problem = `Another volume than the right one is mounted at ${path}: its ${MARKER_FILE} names ${found}, not ${id}. Nothing is written there. Mount the right one; writing goes on by itself.`;
    return { kind: "foreign", problem };
  }
  const marker = JSON.stringify({ volume: id });
  const problem = `The right volume is not at ${path}: its file ${MARKER_FILE} is missing. Nothing is written there. Mount it; writing goes on by itself. Was the folder emptied on purpose? Then put ${marker} into ${join(path, MARKER_FILE)}.`;
  return { kind: "missing", problem };
}

/** Rejects with `VolumeMissing` where it is not there. */
export async function requireVolume(volume: Volume | null): Promise<void> {
  const state = await volumeState(volume);
  if (state.kind !== "ok") throw new VolumeMissing(state.problem);
}
