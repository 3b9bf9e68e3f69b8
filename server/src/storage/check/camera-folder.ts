import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { systemErrorCode } from "../../base/error.ts";
import type { CameraDescription } from "../../footage/camera-description.ts";
import { type InspectedSegment, inspectSegment } from "../../footage/inspect-segment.ts";
import { type MovedSegment, parseMovedLine } from "../../footage/moved-segment.ts";
import { type Deletion, parseDeletionLine } from "../../recording/deletion.ts";
import { type LedgerEntry, parseLedgerLine } from "../../recording/ledger.ts";
import { readCameraDescription } from "../read-camera-description.ts";

export interface FolderFile {
  readonly name: string;
  readonly path: string;
  readonly found: InspectedSegment;
  /** It lies on the share: `found` is what the ledger says of it, and `path` where it lay; once the share was asked, what that says. */
  readonly onShare?: true;
}

/** A closed segment, whole as far as its ends tell. */
export interface ClosedFile extends FolderFile {
  readonly found: Extract<FolderFile["found"], { kind: "closed" }>;
}

export interface LedgerDay {
  readonly path: string;
  readonly entries: readonly LedgerEntry[];
}

/** All that lies in a camera's folder. */
export interface CameraFolder {
  readonly path: string;
  readonly description: CameraDescription | null;
  /** `*.mp4`, by name, and those that were moved to the share. */
  readonly files: readonly FolderFile[];
  /** Oldest first. Of several entries of one instant only the last: the others held for no time. */
  readonly ledger: readonly LedgerDay[];
  readonly deletions: readonly Deletion[];
  /** Paths of things that Nightjar has not put there. */
  readonly foreign: readonly string[];
}

/** `ledger`, `camera.json`, and what is left where writing that was cut short. */
const OWN_NAMES = /^(ledger|camera\.json(\.new)?)$/;
const LEDGER_NAME = /^\d{4}-\d{2}-\d{2}\.jsonl$/;

/** Reads a camera's folder and changes nothing; null where there is none. Rejects with the system's error. */
export async function readCameraFolder(path: string): Promise<CameraFolder | null> {
  const entries = await readdir(path, { withFileTypes: true }).catch((error: unknown) => {
    if (systemErrorCode(error) === "ENOENT") return null;
    throw error;
  });
  if (entries === null) return null;
  const files: FolderFile[] = [];
  const foreign: string[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const { name } = entry;
    const own = join(path, name);
    if (OWN_NAMES.test(name)) continue;
    if (!entry.isFile() || !name.endsWith(".mp4")) {
      foreign.push(own);
      continue;
    }
    const found = await inspectSegment(own).catch(nullWhereGone);
    if (found !== null) files.push({ name, path: own, found });
  }
  const { moved, ...ledger } = await readLedger(path);
  const here = new Set(files.map(({ name }) => name));
  const onShare = [...moved.values()].filter(({ name }) => !here.has(name)).map((one) => movedFile(path, one));
  const description = await readCameraDescription(path);
  return { path, files: [...files, ...onShare], foreign, description, ...ledger };
}

function movedFile(folder: string, { name, sizeBytes, identity }: MovedSegment): FolderFile {
  const payload = { fromBytes: 0, toBytes: 0 };
  return { name, path: join(folder, name), found: { kind: "closed", identity, sizeBytes, payload }, onShare: true };
}

interface LedgerFolder extends Pick<CameraFolder, "ledger" | "deletions"> {
  /** By name, those that were not deleted since. */
  readonly moved: ReadonlyMap<string, MovedSegment>;
}

async function readLedger(cameraFolder: string): Promise<LedgerFolder> {
  const folder = join(cameraFolder, "ledger");
  const names = (await readdir(folder).catch(nullWhereGone)) ?? [];
  const ledger: LedgerDay[] = [];
  const deletions: Deletion[] = [];
  const moved = new Map<string, MovedSegment>();
  for (const name of names.filter((one) => LEDGER_NAME.test(one)).sort()) {
    const path = join(folder, name);
    const entries = new Map<number, LedgerEntry>();
    for (const line of (await readFile(path, "utf8")).split("\n")) {
      const entry = parseLedgerLine(line);
      const deletion = entry === null ? parseDeletionLine(line) : null;
      if (entry !== null) entries.set(entry.atMs, entry);
      if (deletion !== null) deletions.push(deletion);
      if (deletion?.name != null) moved.delete(deletion.name);
      const move = entry === null && deletion === null ? parseMovedLine(line) : null;
      if (move !== null) moved.set(move.name, move);
    }
    ledger.push({ path, entries: [...entries.values()] });
  }
  return { ledger, deletions, moved };
}

/** A file may be deleted while the folder is read. */
function nullWhereGone(error: unknown): null {
  if (systemErrorCode(error) === "ENOENT") return null;
  throw error;
}
