import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Clock } from "../../base/clock.ts";
import type { OwnedCamera } from "../../catalog/cameras.ts";
import type { Catalog } from "../../catalog/catalog.ts";
import type { RestoredFootage } from "../../catalog/restore.ts";
import { type SegmentTotals, type StoredSegment, sumOf } from "../../catalog/segments.ts";
import { describeCamera, writeCameraDescription } from "../../footage/camera-description.ts";
import { hashPayload } from "../../footage/inspect-segment.ts";
import { writeDeletions } from "../../footage/ledger-deletions.ts";
import { workerName } from "../../ipc/messages.ts";
import type { DeletedSpan, Deletion } from "../../recording/deletion.ts";
import { type LedgerEntry, sameState } from "../../recording/ledger.ts";
import { TOLERATED_HOLE_MS } from "../../recording/timeline.ts";
import { type AskedShare, type CameraOnShare, expectedOnShare } from "./asked-share.ts";
import { type CameraFolder, type ClosedFile, type FolderFile, readCameraFolder } from "./camera-folder.ts";
import { checkChain, type LostLink } from "./check-chain.ts";
import { type Comparison, compareSegments } from "./compare-segments.ts";
import { FIX, type Finding } from "./finding.ts";
import { mendTorn } from "./mend-torn.ts";
import { rowsToCome } from "./rows-to-come.ts";

export interface CheckOptions {
  readonly catalog: Catalog;
  /** Holds a folder for each camera. */
  readonly recordings: string;
  /** Holds a folder for each worker. */
  readonly workers: string;
  readonly clock: Clock;
  /** Reads all footage and compares its hashes. */
  readonly deep: boolean;
  /** Mends what can be mended; only while no server runs. */
  readonly fix: boolean;
  /** For what lies there; null: what the ledgers tell of it is believed. */
  readonly share: AskedShare | null;
  /** Names of the workers that run now: they go on while no server does. */
  readonly runningWorkers: () => Promise<ReadonlySet<string>>;
}

export interface CheckedCamera {
  readonly findings: readonly Finding[];
  readonly segments: number;
  readonly sizeBytes: number;
}

const ALL = { startMs: 0, endMs: Number.MAX_SAFE_INTEGER };
/** A file that its worker has not written to for so long was left behind, whatever the worker does now. */
const LEFT_BEHIND_MS = 300_000;

/** Compares all that the catalog tells of one camera with what lies in its folder, and mends it where asked. */
export async function checkCamera(options: CheckOptions, camera: OwnedCamera): Promise<CheckedCamera> {
  const { catalog, recordings, workers, fix } = options;
  const path = join(recordings, String(camera.id));
  const worker = workerName(camera.tenantId, camera.id);
  const running = (await options.runningWorkers()).has(worker);
  const here = await readCameraFolder(path);
  const rows = await catalog.segments(camera).within(ALL);
  if (here === null) return { findings: folderMissing(camera, path, rows.length), segments: 0, sizeBytes: 0 };
  const expected = expectedOnShare(here, rows);
  const onShare = (await options.share?.camera(camera, expected)) ?? expected;
  const folder = withShare(here, onShare);
  const state: State = { ...options, camera, worker: join(workers, worker), running, folder, onShare, rows };
  const before = await compare(state);
  if (!fix) return report(before, await lookFurther(state, before));
  const mended = running ? new Set<string>() : await mendTorn(before.torn, { folder: path, worker: state.worker });
  const now =
    mended.size === 0 ? state : { ...state, folder: withShare((await readCameraFolder(path)) ?? here, onShare) };
  const after = mended.size === 0 ? before : await compare(now);
  const further = await lookFurther(now, after);
  await mend(now, after, further);
  const torn = before.findings.filter((one) => one.kind === "torn_segment" && mended.has(one.path));
  const rest = [...after.findings, ...further.findings].filter((one) => !mended.has(one.path));
  const findings = [
    ...torn.map((one): Finding => ({ ...one, state: "mended" })),
    ...rest.map((one) => afterFix(one, running)),
  ];
  return { ...report(after, further), findings };
}

interface State extends CheckOptions {
  readonly camera: OwnedCamera;
  /** The folder of its worker. */
  readonly worker: string;
  /** Its worker runs now. */
  readonly running: boolean;
  readonly folder: CameraFolder;
  readonly onShare: CameraOnShare;
  readonly rows: readonly StoredSegment[];
}

/** What lies on the share is told by the share, where it was asked, and not by the ledger. */
function withShare(folder: CameraFolder, onShare: CameraOnShare): CameraFolder {
  return { ...folder, files: [...folder.files.filter((file) => file.onShare !== true), ...onShare.files] };
}

async function compare({
  camera,
  worker,
  running,
  fix,
  folder,
  onShare,
  rows,
  catalog,
  clock,
}: State): Promise<Comparison> {
  // A worker tells the server in its own time: what it has yet to tell is as good as told.
  const expected = running && !fix ? await rowsToCome(rows, { catalog, camera, worker }) : rows;
  const isBeingWritten = ({ found }: FolderFile) =>
    running && found.kind === "open" && clock.nowMs() - found.writtenMs < LEFT_BEHIND_MS;
  return compareSegments({ camera, folder: folder.path, files: folder.files, rows: expected, onShare, isBeingWritten });
}

/** What the comparison of rows and files does not tell. */
interface Further {
  readonly findings: readonly Finding[];
  readonly ledger: readonly LedgerEntry[];
  readonly deletions: readonly DeletedSpan[];
  readonly lost: readonly LostLink[];
}

async function lookFurther(state: State, comparison: Comparison): Promise<Further> {
  const { camera, folder, catalog, rows, running } = state;
  const say = (kind: Finding["kind"], path: string, problem: string): Finding => {
    return { kind, cameraId: camera.id, path, problem, remedy: FIX, state: "open" };
  };
  const findings: Finding[] = folder.foreign.map((path) => ({
    ...say("foreign_file", path, "It is not Nightjar's and is left alone."),
    ...({ remedy: "Nothing needs to be done.", state: "note" } as const),
  }));
  findings.push(...state.onShare.findings);
  if (state.deep) findings.push(...(await changedPayloads(state, comparison.closed)));
  const known = new Set([...folder.deletions.map((deletion) => deletion.chain), ...comparison.damagedChain]);
  const chain = checkChain({ camera, closed: comparison.closed, unread: comparison.unread, known });
  const ledger = await ledgerToTake(state);
  for (const [path, entries] of ledger)
    findings.push(say("ledger_differs", path, `${entries.length} of its lines are not in the catalog.`));
  const deletions = await deletionsToTake(state);
  if (deletions.length > 0) {
    const problem = `${deletions.length} deletions that it tells of are not in the catalog.`;
    findings.push(say("ledger_differs", join(folder.path, "ledger"), problem));
  }
  if (!sameTotals(await catalog.segments(camera).totals(), sumOf(rows)))
    findings.push(say("totals_differ", folder.path, "The catalog's totals are not the sums of its segments."));
  // A worker writes it itself.
  if (!running && !isDeepStrictEqual(folder.description, describeCamera(camera))) {
    const problem = "It is missing, damaged, or does not tell of the camera what the catalog does.";
    findings.push(say("camera_file_differs", join(folder.path, "camera.json"), problem));
  }
  return {
    findings: [...findings, ...chain.findings],
    ledger: [...ledger.values()].flat(),
    deletions,
    lost: chain.lost,
  };
}

async function changedPayloads({ camera, share }: State, closed: readonly ClosedFile[]): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const file of closed) {
    const { path, found, onShare } = file;
    const isSame = onShare
      ? ((await share?.hasPayload(camera, file)) ?? true)
      : (await hashPayload(path, found.payload)) === found.identity.end.payloadSha256;
    if (isSame) continue;
    const problem = "The footage is not what it was when the segment was closed: its hash differs.";
    const remedy = `Check the ${onShare ? "share's " : ""}disk. Nothing can bring it back but a copy of the file, where there is one.`;
    findings.push({ kind: "changed_payload", cameraId: camera.id, path, problem, remedy, state: "open" });
  }
  return findings;
}

/** By file, the entries that the catalog does not tell like this. */
async function ledgerToTake({ catalog, camera, folder }: State): Promise<Map<string, LedgerEntry[]>> {
  const told = new Map((await catalog.ledger(camera).within(ALL)).map((entry) => [entry.atMs, entry.state]));
  const lacking = ({ atMs, state }: LedgerEntry): boolean => {
    const known = told.get(atMs);
    return known === undefined || !sameState(known, state);
  };
  const days = folder.ledger.map(({ path, entries }) => [path, entries.filter(lacking)] as const);
  return new Map(days.filter(([, entries]) => entries.length > 0).map(([path, entries]) => [path, [...entries]]));
}

/** Those of which the catalog does not know that they were deleted. */
async function deletionsToTake({ catalog, camera, folder }: State): Promise<DeletedSpan[]> {
  const told = await catalog.ledger(camera).deleted(ALL);
  return folder.deletions.flatMap(({ span, cause }) => {
    if (span === undefined || (cause !== "deleted_by_retention" && cause !== "deleted_by_user")) return [];
    const fromMs = span.startMs + TOLERATED_HOLE_MS;
    const isKnown = told.some(({ startMs, endMs }) => startMs <= fromMs && span.endMs - TOLERATED_HOLE_MS <= endMs);
    return isKnown ? [] : [{ ...span, cause }];
  });
}

function sameTotals(a: SegmentTotals, b: SegmentTotals): boolean {
  return a.count === b.count && a.sizeBytes === b.sizeBytes && a.durationMs === b.durationMs;
}

/** Writes down what is lost before its row is taken out, so that a crash in between forgets nothing. */
async function mend(
  state: State,
  { removed, stored }: Comparison,
  { findings, ledger, deletions, lost }: Further,
): Promise<void> {
  const { camera, folder, catalog, clock } = state;
  if (lost.length > 0) await writeDeletions(folder.path, deletionsOf(lost, clock.nowMs()));
  const change: RestoredFootage = { removed, stored, ledger, deletions };
  const recount = findings.some((one) => one.kind === "totals_differ");
  if (recount || [removed, stored, ledger, deletions].some((list) => list.length > 0))
    await catalog.restore.footage(camera, change);
  if (findings.some((one) => one.kind === "camera_file_differs"))
    await writeCameraDescription(folder.path, describeCamera(camera));
}

function deletionsOf(lost: readonly LostLink[], atMs: number): Deletion[] {
  return lost.map(({ name, value }) => ({ atMs, name, cause: "unknown", chain: value }));
}

const UNMENDABLE: ReadonlySet<Finding["kind"]> = new Set([
  "camera_folder_missing",
  "damaged_segment",
  "changed_payload",
  "overlap",
  "chain_broken",
  "chain_forked",
]);

function afterFix(finding: Finding, running: boolean): Finding {
  if (finding.state === "note" || UNMENDABLE.has(finding.kind)) return finding;
  if (finding.kind !== "torn_segment") return { ...finding, state: "mended" };
  // Those that were mended are not among these.
  const remedy = running
    ? "The camera's worker is running. Stop it, and call this again."
    : "It could not be repaired.";
  return { ...finding, remedy };
}

function report({ findings, closed }: Comparison, further: Further): CheckedCamera {
  return {
    findings: [...findings, ...further.findings],
    segments: closed.length,
    sizeBytes: closed.reduce((sum, file) => sum + file.found.sizeBytes, 0),
  };
}

function folderMissing(camera: OwnedCamera, path: string, rows: number): Finding[] {
  if (rows === 0) return [];
  const problem = `The catalog tells of ${rows} segments, and the camera's folder is not there.`;
  const remedy =
    "Is the disk mounted? If the footage is gone for good, make an empty folder there and call `nightjar check --fix`.";
  return [{ kind: "camera_folder_missing", cameraId: camera.id, path, problem, remedy, state: "open" }];
}
