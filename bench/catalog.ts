import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cameraRoutes, recordingRoutes, storageRoutes } from "@nightjar/api/routes";
import { type Nightjar, startNightjar } from "../e2e/harness/nightjar.ts";
import type { Benchmark, Measurement } from "./benchmark.ts";
import { makeLargeCatalog } from "./large-catalog.ts";

const SEGMENTS = 10_000_000;
const CALLS = 200;
const DAY_MS = 86_400_000;
const BYTES_PER_GB = 1e9;
/** By so much a limit is exceeded in the plan that is asked for: some hundreds of segments. */
const EXCESS_GB = 20;

export const catalog: Benchmark = {
  name: "catalog",
  about: `Questions to a catalog of ${SEGMENTS / 1e6} million segments of 64 cameras in SQLite, over HTTP on loopback; p95 of ${CALLS} calls.`,
  async run(report) {
    const dataFolder = await mkdtemp(join(tmpdir(), "nightjar-bench-"));
    try {
      report(`filling a catalog with ${SEGMENTS} segments`);
      await makeLargeCatalog(dataFolder, SEGMENTS);
      const nightjar = await startNightjar({ dataFolder });
      try {
        return await ask(nightjar, report);
      } finally {
        await nightjar.stop();
      }
    } finally {
      await rm(dataFolder, { recursive: true, force: true });
    }
  },
};

async function ask({ client }: Nightjar, report: (text: string) => void): Promise<Measurement[]> {
  const { cameras } = await client(cameraRoutes.list, { query: {} });
  const { size_bytes } = await client(storageRoutes.state, {});
  const cameraOf = (call: number) => cameras[call % cameras.length]?.id ?? 0;
  // Spread over the past year.
  const dayOf = (call: number) => Date.now() - ((call * 37) % 330) * DAY_MS - 2 * DAY_MS;
  const iso = (ms: number) => new Date(ms).toISOString();
  const limit = size_bytes / BYTES_PER_GB - EXCESS_GB;
  const storage = { retention: { days: 0, hours: 0, minutes: 0 }, max_storage_gb: limit };
  const questions: Readonly<Record<string, { budget: number; call: (n: number) => Promise<unknown> }>> = {
    "days of a month": {
      budget: 15,
      call: (n) =>
        client(recordingRoutes.days, { query: { camera_id: cameraOf(n), month: iso(dayOf(n)).slice(0, 7) } }),
    },
    "timeline of a day": {
      budget: 20,
      call: (n) => {
        const query = { camera_id: cameraOf(n), start: iso(dayOf(n)), end: iso(dayOf(n) + DAY_MS) };
        return client(recordingRoutes.timeline, { query });
      },
    },
    "plan of what goes, oldest first": {
      budget: 100,
      call: () => client(storageRoutes.dryRun, { body: { settings: { storage } } }),
    },
  };
  const measurements: Measurement[] = [];
  for (const [what, { budget, call }] of Object.entries(questions)) {
    report(`asking ${CALLS} times: ${what}`);
    measurements.push({ what: `${what}, p95`, unit: "ms", values: [await p95(call)], budget });
  }
  return measurements;
}

async function p95(call: (n: number) => Promise<unknown>): Promise<number> {
  const tookMs: number[] = [];
  for (let n = 0; n < CALLS; n++) {
    const startedMs = performance.now();
    await call(n);
    tookMs.push(performance.now() - startedMs);
  }
  return tookMs.sort((a, b) => a - b)[Math.ceil(CALLS * 0.95) - 1] ?? Number.NaN;
}
