import { basename, join } from "node:path";
import type { StoredCamera } from "../../catalog/cameras.ts";
import { NAME_TOLERANCE_MS, type StoredSegment } from "../../catalog/segments.ts";
import type { ClosedIdentity } from "../../footage/final-identity.ts";
import type { SegmentIdentity } from "../../footage/segment-identity.ts";
import { isPartName, segmentNameStartMs } from "../../recording/segment-name.ts";
import { TOLERATED_HOLE_MS } from "../../recording/timeline.ts";
import type { CameraOnShare } from "./asked-share.ts";
import type { ClosedFile, FolderFile } from "./camera-folder.ts";
import type { UnreadSegment } from "./check-chain.ts";
import { FIX, type Finding } from "./finding.ts";

export interface Comparison {
  readonly findings: readonly Finding[];
  /** What the rows must become: those are taken out, these put in. */
  readonly removed: readonly StoredSegment[];
  readonly stored: readonly StoredSegment[];
  /** The camera's own segments that are closed, by start. */
  readonly closed: readonly ClosedFile[];
  /** Rows of closed segments whose files are not there, or cannot be read. */
  readonly unread: readonly UnreadSegment[];
  /** Chain values of damaged segments that still tell theirs. */
  readonly damagedChain: readonly string[];
  /** Files that were left open. */
  readonly torn: readonly FolderFile[];
}

export interface ComparisonInput {
  readonly camera: Pick<StoredCamera, "id" | "uuid">;
  readonly folder: string;
  readonly files: readonly FolderFile[];
  readonly rows: readonly StoredSegment[];
  readonly onShare: Pick<CameraOnShare, "folder" | "unasked">;
  /** Whether somebody may be writing the file now. */
  readonly isBeingWritten: (file: FolderFile) => boolean;
}

/** Compares the files of a camera's folder with the rows of its segments. The files are right. Pure. */
export function compareSegments(input: ComparisonInput): Comparison {
  const { camera, rows } = input;
  const findings: Finding[] = [];
  const say = (path: string, finding: Omit<Finding, "cameraId" | "path">) =>
    findings.push({ cameraId: camera.id, path, ...finding });
  const { own, foreign } = ownFiles(input);
  for (const { file, reason } of foreign) {
    const problem = `The file is left alone: ${reason}.`;
    say(file.path, { kind: "foreign_file", problem, remedy: "Nothing needs to be done.", state: "note" });
  }
  const torn: FolderFile[] = [];
  const wanted = new Map<string, StoredSegment>();
  const rowByName = new Map(rows.map((row) => [row.name, row]));
  const starts = new Set<number>();
  const damagedChain: string[] = [];
  const unread: UnreadSegment[] = [];
  for (const file of own) {
    const row = rowByName.get(file.name);
    if (file.found.kind === "damaged") {
      const problem = `The segment ${file.found.reason}.`;
      const remedy = "Nothing can bring it back but a copy of the file, where there is one.";
      say(file.path, { kind: "damaged_segment", problem, remedy, state: "open" });
      if (row !== undefined) wanted.set(row.name, row);
      const { identity } = file.found;
      if (identity?.end) damagedChain.push(identity.end.chain.value);
      else if (row !== undefined) unread.push({ row, gone: false });
      continue;
    }
    if (file.found.kind === "open" && !input.isBeingWritten(file)) torn.push(file);
    const segment = segmentOf(camera.id, file);
    if (segment === null) continue;
    // What lies on both is on its way.
    segment.onShare = file.onShare === true || row?.onShare === true;
    while (starts.has(segment.startMs)) segment.startMs += 1;
    starts.add(segment.startMs);
    wanted.set(file.name, { ...segment, endMs: Math.max(segment.startMs, segment.endMs) });
  }
  for (const file of torn) {
    const problem = "The segment was left open by a crash and nobody has finished it.";
    say(file.path, { kind: "torn_segment", problem, remedy: FIX, state: "open" });
  }
  const changes = changedRows(input, wanted, new Set(torn.map((file) => file.name)), say);
  sayOverlaps([...wanted.values()], (name) => join(input.folder, name), say);
  const { missing, unasked, ...changed } = changes;
  unread.push(...missing.map((row) => ({ row, gone: true })), ...unasked.map((row) => ({ row, gone: false })));
  return { findings, torn, ...changed, unread, damagedChain, closed: own.filter(isClosed) };
}

type Say = (path: string, finding: Omit<Finding, "cameraId" | "path">) => void;

/** Of a torn file only that is told: its row will say what its repair makes of it. */
function changedRows(
  { folder, files, rows, onShare }: ComparisonInput,
  wanted: ReadonlyMap<string, StoredSegment>,
  torn: ReadonlySet<string>,
  sayAlways: Say,
) {
  const say: Say = (path, finding) => {
    if (!torn.has(basename(path))) sayAlways(path, finding);
  };
  const removed: StoredSegment[] = [];
  const stored: StoredSegment[] = [];
  const missing: StoredSegment[] = [];
  const unasked: StoredSegment[] = [];
  const present = new Map(files.map((file) => [file.name, file]));
  for (const row of rows) {
    const segment = wanted.get(row.name);
    const path = join(row.onShare ? (onShare.folder ?? folder) : folder, row.name);
    if (segment === undefined && onShare.unasked.has(row.name)) {
      unasked.push(row);
      continue;
    }
    if (segment === undefined) {
      removed.push(row);
      const isThere = present.has(row.name);
      if (!isThere && row.state !== "open") missing.push(row);
      const problem = isThere
        ? "The catalog tells of a segment, and the file is none of this camera."
        : `The catalog tells of a segment whose file is not ${row.onShare ? "on the share" : "there"}.`;
      const remedy = `Put the file back, or else: ${FIX} The row is then taken out, and the ledger keeps that it was missing.`;
      say(path, { kind: "row_without_file", problem, remedy, state: "open" });
      continue;
    }
    const differences = differencesOf(row, segment);
    if (differences.length === 0) continue;
    removed.push(row);
    stored.push(segment);
    const problem = `The catalog tells of the segment ${differences.join(", ")}.`;
    say(path, { kind: "row_differs", problem, remedy: FIX, state: "open" });
  }
  const known = new Set(rows.map((row) => row.name));
  for (const segment of wanted.values()) {
    if (known.has(segment.name)) continue;
    stored.push(segment);
    const problem = "The catalog does not know this segment.";
    say(join(folder, segment.name), { kind: "file_without_row", problem, remedy: FIX, state: "open" });
  }
  return { removed, stored, missing, unasked };
}

const COMPARED = {
  startMs: "start",
  endMs: "end",
  runId: "run",
  number: "number in the run",
  sizeBytes: "size",
  state: "state",
  kind: "kind",
  payloadSha256: "hash",
  onShare: "place on the share",
} as const satisfies Partial<Record<keyof StoredSegment, string>>;

function differencesOf(row: StoredSegment, wanted: StoredSegment): string[] {
  const keys = Object.keys(COMPARED) as (keyof typeof COMPARED)[];
  return keys
    .filter((key) => row[key] !== wanted[key])
    .map((key) => `the ${COMPARED[key]} ${shown(key, row[key])} instead of ${shown(key, wanted[key])}`);
}

function shown(key: keyof typeof COMPARED, value: string | number | boolean | null): string {
  if (value === null) return "nothing";
  return key === "startMs" || key === "endMs" ? new Date(Number(value)).toISOString() : String(value);
}

function isClosed(file: FolderFile): file is ClosedFile {
  return file.found.kind === "closed";
}

interface Foreign {
  readonly file: FolderFile;
  readonly reason: string;
}

/** The camera's own, by start; a file whose name does not tell its start, or that is there twice, is not. */
function ownFiles({ camera, files, rows }: ComparisonInput): { own: FolderFile[]; foreign: Foreign[] } {
  const closedNames = new Set(rows.filter((row) => row.state !== "open").map((row) => row.name));
  const own: FolderFile[] = [];
  const foreign: Foreign[] = [];
  const rowNames = new Set(rows.map((row) => row.name));
  const places = new Set<string>();
  const inOrder = [...files].sort(
    (a, b) => Number(rowNames.has(b.name)) - Number(rowNames.has(a.name)) || byName(a.name, b.name),
  );
  for (const one of inOrder) {
    const file = closedNames.has(one.name) ? damagedWhereForeign(one) : one;
    const reason = foreignReason(camera, file, places);
    if (reason === null) own.push(file);
    else foreign.push({ file, reason });
  }
  own.sort((a, b) => startOf(a) - startOf(b) || byName(a.name, b.name));
  return { own, foreign };
}

/** A file that was a closed segment once, as the catalog knows, is damaged. */
function damagedWhereForeign(file: FolderFile): FolderFile {
  if (file.found.kind !== "foreign") return file;
  return { ...file, found: { kind: "damaged", identity: null, reason: "is damaged at its beginning" } };
}

function foreignReason(camera: Pick<StoredCamera, "uuid">, file: FolderFile, places: Set<string>): string | null {
  const { found, name } = file;
  if (found.kind === "foreign") return found.reason;
  const nameMs = segmentNameStartMs(name);
  if (nameMs === null && !(isPartName(name) && found.kind === "open")) return "its name is none of a segment";
  const { identity } = found;
  if (identity === null) return null;
  if (identity.cameraUuid !== camera.uuid) return `it is footage of another camera (${identity.cameraUuid})`;
  if (nameMs !== null && Math.abs(identity.startMs - nameMs) >= NAME_TOLERANCE_MS - 1000)
    return `it begins at ${new Date(identity.startMs).toISOString()}, which its name does not tell`;
  const place = `${identity.runId} ${identity.number}`;
  if (places.has(place)) return "it is a copy of another file beside it";
  places.add(place);
  return null;
}

function byName(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : 1);
}

function startOf({ found }: FolderFile): number {
  return found.kind === "foreign" ? 0 : (found.identity?.startMs ?? 0);
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** The row of a file; null where it has none: it has no lasting name yet, or no head. */
function segmentOf(cameraId: number, { name, found }: FolderFile): Writable<StoredSegment> | null {
  if (found.kind === "closed") return { ...rowOf(cameraId, name, found.identity), ...endOf(found) };
  if (found.kind !== "open" || found.identity === null || isPartName(name)) return null;
  const { identity } = found;
  return {
    ...rowOf(cameraId, name, identity),
    ...{ endMs: identity.startMs, sizeBytes: 0, state: "open", payloadSha256: null },
  };
}

function rowOf(cameraId: number, name: string, { startMs, runId, number, kind }: SegmentIdentity) {
  return { cameraId, name, startMs, runId, number, kind, onShare: false };
}

function endOf({ identity, sizeBytes }: { readonly identity: ClosedIdentity; readonly sizeBytes: number }) {
  const { endMs, payloadSha256, repaired } = identity.end;
  return { endMs, sizeBytes, payloadSha256, state: repaired ? ("repaired" as const) : ("closed" as const) };
}

function sayOverlaps(segments: readonly StoredSegment[], pathOf: (name: string) => string, say: Say): void {
  let last: StoredSegment | null = null;
  for (const segment of [...segments].sort((a, b) => a.startMs - b.startMs)) {
    if (last !== null && segment.state !== "open" && last.endMs - segment.startMs > TOLERATED_HOLE_MS) {
      const problem = `The segment begins ${(last.endMs - segment.startMs) / 1000} s before ${last.name} ends.`;
      const remedy = "Nothing is lost: both play. The time is told of the earlier one first.";
      say(pathOf(segment.name), { kind: "overlap", problem, remedy, state: "open" });
    }
    if (last === null || segment.endMs > last.endMs) last = segment;
  }
}
