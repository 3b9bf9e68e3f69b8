import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { testFolder } from "../base/test-folder.contract.ts";
import { type LedgerEntry, ledgerSpans, parseLedgerLine } from "../recording/ledger.ts";
import { buildTimeline } from "../recording/timeline.ts";
import { EndlessFootage, SimulatedCamera } from "./simulated-camera.contract.ts";

const root = testFolder();
const START_MS = Date.UTC(2026, 2, 29, 0, 30, 0);
const WINDOWS = [
  { days: ["sun"] as const, start: "02:45", end: "03:20", mode: "motion" as const },
  { days: ["sun"] as const, start: "03:10", end: "03:40", mode: "continuous" as const },
];

/** A generator that gives the same numbers in every run of the test: 0 ≤ n < 1. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

/** All that a camera can be put through; each takes some simulated seconds. */
const DEEDS: readonly ((camera: SimulatedCamera, chance: () => number) => Promise<void>)[] = [
  async (camera, chance) => camera.bring(5 + chance() * 60),
  async (camera, chance) => {
    const modes = ["continuous", "scheduled", "motion", "disabled"] as const;
    const mode = modes[Math.floor(chance() * modes.length)] ?? "continuous";
    camera.control.update({ ...camera.settings, mode, windows: WINDOWS, timeZone: "Europe/Berlin" });
    await camera.bring(chance() * 20);
  },
  async (camera, chance) => {
    camera.control.startManual(chance() < 0.5 ? null : chance() * 20);
    await camera.bring(chance() * 20);
    camera.control.stopManual();
  },
  async (camera, chance) => {
    camera.control.keep(chance() * 20);
    await camera.bring(chance() * 5);
  },
  async (camera, chance) => {
    camera.control.motionStarted(camera.clock.nowMs() - chance() * 1000);
    await camera.bring(chance() * 10);
    camera.control.motionEnded(camera.clock.nowMs());
    await camera.bring(chance() * 20);
  },
  async (camera, chance) => {
    camera.control.runEnded(chance() < 0.5 ? "camera_offline" : "stream_stalled");
    await camera.wait(chance() * 30);
    camera.control.impeded("auth_failed");
    await camera.wait(chance() * 30);
    camera.connect();
    await camera.bring(chance() * 10);
  },
  async (camera, chance) => camera.bring(chance() * 8, () => true),
  async (camera, chance) => {
    camera.clock.step(Math.round(chance() * 20_000));
    await camera.bring(chance() * 10);
  },
  async (camera, chance) => {
    camera.clock.step(-Math.round(chance() * 20_000));
    await camera.bring(chance() * 10);
  },
];

it("over an hour of everything that can happen to a camera, its ledger and its timeline cover every instant exactly once", async () => {
  const footage = await EndlessFootage.make(10, false);
  const folder = join(root, "camera");
  const camera = await SimulatedCamera.start({
    footage,
    folder,
    startMs: START_MS,
    control: { mode: "continuous" },
    recorder: { segmentSeconds: 60 },
  });
  camera.connect();
  const chance = seeded(1);
  while (camera.clock.monotonicMs() < 3_600_000) await DEEDS[Math.floor(chance() * DEEDS.length)]?.(camera, chance);
  await camera.end();

  expectOrdered(camera.entries);
  const endMs = Math.max(camera.clock.nowMs(), camera.entries.at(-1)?.atMs ?? 0, camera.closed.at(-1)?.endMs ?? 0);
  const ledger = ledgerSpans(camera.entries, START_MS, endMs);
  expectCovered(ledger, START_MS, endMs);
  expect(await ledgerFiles(folder)).toEqual(camera.entries);

  const footageSpans = camera.closed.map(({ startMs, endMs: toMs, recordingKind: kind }) => ({
    startMs,
    endMs: toMs,
    kind,
  }));
  for (const [index, span] of footageSpans.entries())
    if (index > 0) expect(span.startMs).toBeGreaterThanOrEqual(footageSpans[index - 1]?.endMs ?? 0);
  const { recordings, gaps } = buildTimeline({
    footage: footageSpans,
    ledger,
    startMs: START_MS,
    endMs,
    resolutionMs: 0,
    accountedFromMs: START_MS,
    accountedToMs: endMs,
  });
  expectCovered(
    [...recordings, ...gaps].sort((a, b) => a.startMs - b.startMs),
    START_MS,
    endMs,
  );
  // Whatever is missing was seen by somebody.
  const unknownMs = gaps
    .filter((gap) => gap.cause === "unknown")
    .reduce((sum, gap) => sum + gap.endMs - gap.startMs, 0);
  expect(unknownMs).toBe(0);
});

function expectOrdered(entries: readonly LedgerEntry[]): void {
  for (const [index, entry] of entries.entries())
    if (index > 0) expect(entry.atMs).toBeGreaterThanOrEqual(entries[index - 1]?.atMs ?? 0);
}

function expectCovered(spans: readonly { startMs: number; endMs: number }[], startMs: number, endMs: number): void {
  let coveredToMs = startMs;
  for (const span of spans) {
    expect(span.startMs).toBe(coveredToMs);
    expect(span.endMs).toBeGreaterThan(span.startMs);
    coveredToMs = span.endMs;
  }
  expect(coveredToMs).toBe(endMs);
}

/** The entries as they stand in the files beside the footage. */
async function ledgerFiles(folder: string): Promise<LedgerEntry[]> {
  const names = (await readdir(join(folder, "ledger"))).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(folder, "ledger", name), "utf8")));
  return texts
    .flatMap((text) => text.trim().split("\n"))
    .map(parseLedgerLine)
    .filter((entry) => entry !== null);
}
