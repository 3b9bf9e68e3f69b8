import { expect, it } from "vitest";
import { segmentName } from "../../recording/segment-name.ts";
import type { FolderFile } from "./camera-folder.ts";
import { compareSegments } from "./compare-segments.ts";

const CAMERA = { id: 7, uuid: "1b4e28ba-2fa1-11d2-883f-0016d3cca427" };
const RUN = "7d444840-9dc0-11d1-b245-5ffdce74fad2";
const NOON_MS = Date.UTC(2026, 3, 9, 12);
const HASH = "0f".repeat(32);

function closed(number: number, startMs: number, endMs: number, name = segmentName(startMs)): FolderFile {
  const chain = { previous: HASH, value: HASH };
  const end = { endMs, repaired: false, payloadSha256: HASH, chain };
  const camera = { tenantId: 1, cameraId: CAMERA.id, cameraUuid: CAMERA.uuid };
  const identity = { ...camera, runId: RUN, number, startMs, kind: "continuous", clockSuspect: false, end } as const;
  const payload = { fromBytes: 40, toBytes: 900 };
  return { name, path: `/7/${name}`, found: { kind: "closed", identity, sizeBytes: 1000, payload } };
}

const onShare = { folder: null, unasked: new Set<string>() };
const compare = (files: readonly FolderFile[]) =>
  compareSegments({ camera: CAMERA, folder: "/7", files, rows: [], onShare, isBeingWritten: () => false });

it("tells where segments of a camera overlap by more than the rounding of clocks", () => {
  const { findings } = compare([
    closed(0, NOON_MS, NOON_MS + 60_000),
    closed(1, NOON_MS + 59_900, NOON_MS + 120_000),
    closed(2, NOON_MS + 100_000, NOON_MS + 110_000),
    closed(3, NOON_MS + 118_000, NOON_MS + 180_000),
  ]);
  const overlaps = findings.filter((finding) => finding.kind === "overlap");
  expect(overlaps.map(({ path, state }) => [path, state])).toEqual([
    ["/7/2026-04-09_12-01-40.mp4", "open"],
    ["/7/2026-04-09_12-01-58.mp4", "open"],
  ]);
});

it("gives two segments that begin at the same millisecond a row each, in the order of their names", () => {
  const { stored } = compare([
    closed(1, NOON_MS, NOON_MS + 60_000, segmentName(NOON_MS, 2)),
    closed(0, NOON_MS, NOON_MS),
    closed(2, NOON_MS, NOON_MS + 60_000, segmentName(NOON_MS, 10)),
  ]);
  expect(stored.map(({ name, startMs }) => [name, startMs - NOON_MS])).toEqual([
    ["2026-04-09_12-00-00.mp4", 0],
    ["2026-04-09_12-00-00-2.mp4", 1],
    ["2026-04-09_12-00-00-10.mp4", 2],
  ]);
  expect(stored.every((row) => row.endMs >= row.startMs)).toBe(true);
});

it("does not take in a segment whose name tells another time than its start", () => {
  const { findings, stored } = compare([closed(0, NOON_MS, NOON_MS + 60_000, segmentName(NOON_MS + 3_600_000))]);
  expect(stored).toEqual([]);
  expect(findings).toMatchObject([{ kind: "foreign_file", state: "note" }]);
});
