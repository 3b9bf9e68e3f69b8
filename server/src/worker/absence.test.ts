import { appendFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { silentLog } from "../base/log.ts";
import { SimulatedClock } from "../base/simulated-clock.ts";
import { testFolder } from "../base/test-folder.contract.ts";
import { type LedgerEntry, type LedgerState, ledgerFileName, ledgerLine } from "../recording/ledger.ts";
import { accountForAbsence } from "./absence.ts";
import { Heartbeat } from "./heartbeat.ts";
import { Ledger } from "./ledger.ts";
import { readLeftBehind, readManual } from "./left-behind.ts";
import { EndlessFootage, SimulatedCamera } from "./simulated-camera.contract.ts";

const root = testFolder();
const NOW_MS = Date.UTC(2026, 3, 9, 12, 0, 0);
const RECORDED: LedgerState = { kind: "recorded", recording: "continuous" };
let folders = 0;

async function openLedger(folder: string) {
  const noted: LedgerEntry[] = [];
  const clock = new SimulatedClock(NOW_MS);
  const ledger = await Ledger.open({ folder, clock, log: silentLog, report: (entry) => noted.push(entry) });
  const again = noted.splice(0);
  return { ledger, noted, again };
}

/** What a ledger has told once it is on the disk. */
async function written({ ledger, noted }: { ledger: Ledger; noted: LedgerEntry[] }): Promise<LedgerEntry[]> {
  await ledger.close();
  return noted;
}

/** A ledger that an earlier worker left. */
async function leftWith(...entries: LedgerEntry[]) {
  folders += 1;
  const folder = join(root, String(folders));
  await mkdir(folder);
  for (const entry of entries) await appendFile(join(folder, ledgerFileName(entry.atMs)), ledgerLine(entry));
  return { folder, ...(await openLedger(folder)) };
}

it("accounting begins when the camera was made", async () => {
  const { ledger, noted } = await leftWith();
  accountForAbsence(ledger, null, { footageEndMs: 0, createdAtMs: NOW_MS - 5000, handedOver: false });
  expect(await written({ ledger, noted })).toEqual([
    { atMs: NOW_MS - 5000, state: { kind: "gap", cause: "restarted" } },
  ]);
});

it("after a crash the gap begins where the footage ends, and says whether the machine or the worker was gone", async () => {
  for (const cause of ["worker_crashed", "server_down"] as const) {
    const { ledger, noted } = await leftWith({ atMs: NOW_MS - 60_000, state: RECORDED });
    accountForAbsence(
      ledger,
      { atMs: NOW_MS - 1000, cause },
      { footageEndMs: NOW_MS - 3000, createdAtMs: 0, handedOver: false },
    );
    expect(await written({ ledger, noted })).toEqual([{ atMs: NOW_MS - 3000, state: { kind: "gap", cause } }]);
  }
});

it("a worker that ended in order has said why itself", async () => {
  const { ledger, noted } = await leftWith(
    { atMs: NOW_MS - 60_000, state: RECORDED },
    { atMs: NOW_MS - 30_000, state: { kind: "gap", cause: "stopped" } },
  );
  accountForAbsence(
    ledger,
    { atMs: NOW_MS - 1000, cause: "server_down" },
    { footageEndMs: NOW_MS, createdAtMs: 0, handedOver: false },
  );
  expect(await written({ ledger, noted })).toEqual([]);
});

it("a worker that has handed over to this one has accounted for itself; where this one came late, nobody was there", async () => {
  for (const state of [
    { kind: "gap", cause: "restarted" },
    { kind: "not_wanted", cause: "mode_disabled" },
  ] as const) {
    const left = { footageEndMs: NOW_MS, createdAtMs: 0, handedOver: true };
    const { ledger, noted } = await leftWith({ atMs: NOW_MS - 60_000, state });
    accountForAbsence(ledger, { atMs: NOW_MS - 1000, cause: "worker_crashed" }, left);
    expect(await written({ ledger, noted })).toEqual([]);
    accountForAbsence(ledger, { atMs: NOW_MS - 20_000, cause: "server_down" }, left);
    expect(await written({ ledger, noted })).toEqual([
      { atMs: NOW_MS - 20_000, state: { kind: "gap", cause: "server_down" } },
    ]);
  }
});

it("a worker that was killed ahead of its first picture did not end in order", async () => {
  const { ledger, noted } = await leftWith({ atMs: NOW_MS - 60_000, state: { kind: "gap", cause: "restarted" } });
  const lastLife = { atMs: NOW_MS - 50_000, cause: "server_down" } as const;
  accountForAbsence(ledger, lastLife, { footageEndMs: 0, createdAtMs: 0, handedOver: false });
  expect(await written({ ledger, noted })).toEqual([
    { atMs: NOW_MS - 50_000, state: { kind: "gap", cause: "server_down" } },
  ]);
});

it("where the last sign of life is lost, as in a power cut, it was not the worker alone that was gone", async () => {
  const { ledger, noted } = await leftWith({ atMs: NOW_MS - 60_000, state: RECORDED });
  accountForAbsence(ledger, null, { footageEndMs: NOW_MS - 30_000, createdAtMs: 0, handedOver: false });
  expect(await written({ ledger, noted })).toEqual([
    { atMs: NOW_MS - 30_000, state: { kind: "gap", cause: "server_down" } },
  ]);
});

it("nobody was there since the last sign of life, where nothing was being recorded", async () => {
  const { ledger, noted } = await leftWith({
    atMs: NOW_MS - 90_000,
    state: { kind: "not_wanted", cause: "no_motion" },
  });
  accountForAbsence(
    ledger,
    { atMs: NOW_MS - 20_000, cause: "server_down" },
    { footageEndMs: 1, createdAtMs: 0, handedOver: false },
  );
  expect(await written({ ledger, noted })).toEqual([
    { atMs: NOW_MS - 20_000, state: { kind: "gap", cause: "server_down" } },
  ]);
});

it("a ledger line that a crash tore is passed over, and the next one is whole", async () => {
  const { folder, ledger: first } = await leftWith({ atMs: NOW_MS - 60_000, state: RECORDED });
  await first.close();
  const file = join(folder, ledgerFileName(NOW_MS));
  await appendFile(file, '{"at":"2026-04-09T11:59:30.000Z","kind":"ga');
  const { ledger } = await openLedger(folder);
  expect(ledger.last).toEqual({ atMs: NOW_MS - 60_000, state: RECORDED });
  ledger.note(NOW_MS, { kind: "gap", cause: "worker_crashed" });
  await ledger.close();
  expect((await openLedger(folder)).ledger.last).toEqual({
    atMs: NOW_MS,
    state: { kind: "gap", cause: "worker_crashed" },
  });
  expect((await readFile(file, "utf8")).trimEnd().split("\n")).toHaveLength(3);
});

it("what an earlier worker wrote down last is told again: it may have died before it could", async () => {
  const entries: LedgerEntry[] = [
    { atMs: NOW_MS - 60_000, state: RECORDED },
    { atMs: NOW_MS - 30_000, state: { kind: "gap", cause: "camera_offline" } },
  ];
  expect((await leftWith(...entries)).again).toEqual(entries);
});

it("the server is told of an entry when the disk has it", async () => {
  const { ledger, noted, folder } = await leftWith();
  ledger.note(NOW_MS, RECORDED);
  expect(noted).toEqual([]);
  await ledger.close();
  expect(noted).toEqual([{ atMs: NOW_MS, state: RECORDED }]);
  expect(await readFile(join(folder, ledgerFileName(NOW_MS)), "utf8")).toBe(
    ledgerLine({ atMs: NOW_MS, state: RECORDED }),
  );
});

it("a ledger whose folder cannot be written keeps its entries and writes them when it can", async () => {
  folders += 1;
  const folder = join(root, String(folders));
  await writeFile(folder, "in the way");
  const clock = new SimulatedClock(NOW_MS);
  const noted: LedgerEntry[] = [];
  const ledger = await Ledger.open({ folder, clock, log: silentLog, report: (entry) => noted.push(entry) });
  ledger.note(NOW_MS, RECORDED);
  ledger.note(NOW_MS + 1000, { kind: "gap", cause: "storage_missing" });
  expect(await written({ ledger, noted })).toHaveLength(2);
});

it("a heartbeat tells a crash of the worker from a machine that was off", async () => {
  const path = join(root, "heartbeat.json");
  const clock = new SimulatedClock(NOW_MS);
  const begin = async () => {
    const { heartbeat, lastLife } = await Heartbeat.start(path, clock);
    await heartbeat.close();
    return lastLife;
  };
  expect(await begin()).toBeNull();
  clock.advance(4000);
  expect(await begin()).toEqual({ atMs: NOW_MS, cause: "worker_crashed" });
  clock.advance(60_000);
  expect(await begin()).toEqual({ atMs: NOW_MS + 4000, cause: "server_down" });
  clock.advance(1000);
  const { atMs } = JSON.parse(await readFile(path, "utf8")) as { atMs: number };
  await writeFile(path, JSON.stringify({ bootId: "another boot", atMs }));
  expect(await begin()).toEqual({ atMs, cause: "server_down" });
  await writeFile(path, "torn");
  expect(await begin()).toBeNull();
});

it("the newest footage is found by what its files say, closed, open or without a name", async () => {
  const folder = join(root, "left");
  const footage = await EndlessFootage.make(10, false);
  const camera = await SimulatedCamera.start({ footage, folder, startMs: NOW_MS, recorder: { segmentSeconds: 10 } });
  expect(await readLeftBehind(folder)).toEqual({ names: [], footageEndMs: 0, moves: [] });
  camera.connect();
  await camera.bring(25);
  await camera.end();
  const left = await readLeftBehind(folder);
  expect(left.names).toEqual(camera.closed.map((one) => one.name));
  expect(left.footageEndMs).toBe(camera.closed.at(-1)?.endMs);
});

it("what a person asked for outlives the worker, and a damaged file asks for nothing", async () => {
  const path = join(root, "manual.json");
  expect(await readManual(path)).toEqual({ kind: "none" });
  await writeFile(path, JSON.stringify({ kind: "recording", untilMs: null }));
  expect(await readManual(path)).toEqual({ kind: "recording", untilMs: null });
  await writeFile(path, "{");
  expect(await readManual(path)).toEqual({ kind: "none" });
});
