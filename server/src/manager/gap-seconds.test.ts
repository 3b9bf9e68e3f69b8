import type { GapCause } from "@nightjar/api/camera";
import { expect, it } from "vitest";
import type { OwnedCamera, StoredCamera } from "../catalog/cameras.ts";
import type { Catalog } from "../catalog/catalog.ts";
import type { LedgerEntry, LedgerState } from "../recording/ledger.ts";
import { GapSeconds } from "./gap-seconds.ts";

const CAMERA = { id: 7, tenantId: 1 } as StoredCamera;
const gap = (cause: GapCause): LedgerState => ({ kind: "gap", cause });
const RECORDED: LedgerState = { kind: "recorded", recording: "continuous" };

function catalogWith(known: LedgerEntry[]): Pick<Catalog, "ledger" | "tenant"> {
  const cameras = { get: async () => CAMERA as OwnedCamera };
  return {
    ledger: () => ({ around: async () => known, within: async () => known }),
    tenant: () => ({ cameras }),
  } as never;
}

/** The sums of a camera of whose ledger the catalog knows these lines. */
async function sumsOf(known: LedgerEntry[], nowMs: number) {
  const gaps = new GapSeconds(catalogWith(known));
  await gaps.begin(CAMERA, nowMs);
  return {
    note: (atMs: number, state: LedgerState) => gaps.noted(CAMERA.id, { atMs, state }),
    at: (atMs: number) => Object.fromEntries(gaps.of(CAMERA.id, atMs)),
  };
}

it("adds up gaps by cause, the one that is open with them", async () => {
  const sums = await sumsOf([], 0);
  sums.note(1000, RECORDED);
  expect(sums.at(5000)).toEqual({});
  sums.note(10_000, gap("camera_offline"));
  sums.note(13_000, gap("auth_failed"));
  expect(sums.at(14_000)).toEqual({ camera_offline: 3, auth_failed: 1 });
  sums.note(15_000, RECORDED);
  sums.note(20_000, gap("camera_offline"));
  sums.note(21_000, { kind: "not_wanted", cause: "mode_disabled" });
  expect(sums.at(90_000)).toEqual({ camera_offline: 4, auth_failed: 2 });
});

it("goes on with the gap that was open when it began", async () => {
  const sums = await sumsOf([{ atMs: 4000, state: gap("disk_full") }], 10_000);
  expect(sums.at(10_000)).toEqual({ disk_full: 6 });
  sums.note(12_000, RECORDED);
  expect(sums.at(60_000)).toEqual({ disk_full: 8 });
});

it("never tells less than before, though the end of a gap is told late, and is right again with the next", async () => {
  const sums = await sumsOf([{ atMs: 0, state: gap("camera_offline") }], 0);
  expect(sums.at(10_000)).toEqual({ camera_offline: 10 });
  sums.note(8000, RECORDED);
  expect(sums.at(11_000)).toEqual({ camera_offline: 10 });
  sums.note(20_000, gap("camera_offline"));
  sums.note(25_000, RECORDED);
  expect(sums.at(30_000)).toEqual({ camera_offline: 13 });
});

it("tells nothing of cameras that it does not know", () => {
  const gaps = new GapSeconds(catalogWith([]));
  gaps.noted(1, { atMs: 0, state: gap("unknown") });
  expect(gaps.of(1, 10_000).size).toBe(0);
});
