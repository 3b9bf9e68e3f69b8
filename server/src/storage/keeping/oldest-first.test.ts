import { expect, it } from "vitest";
import type { Catalog } from "../../catalog/catalog.ts";
import type { PlannedSegment } from "../../footage/deletion-plan.ts";
import { oldestFirst } from "./oldest-first.ts";

it("the segments of many cameras come in the order in which they began, and no more of them is read than is asked for", async () => {
  let rows = 0;
  const segmentsOf = (cameraId: number): PlannedSegment[] =>
    Array.from({ length: 200 }, (_, i) => {
      const startMs = i * 10 + cameraId;
      return { cameraId, name: `${cameraId}-${i}`, startMs, endMs: startMs + 10, sizeBytes: 1, open: false };
    });
  const oldestSegments: Catalog["acrossTenants"]["oldestSegments"] = async (cameraId, { afterMs, count }) => {
    const page = segmentsOf(cameraId)
      .filter(({ startMs }) => startMs > afterMs)
      .slice(0, count);
    rows += page.length;
    return page;
  };
  const catalog = { acrossTenants: { oldestSegments } } as unknown as Catalog;
  const starts: number[] = [];
  for await (const { startMs } of oldestFirst(catalog, [1, 2, 3])) starts.push(startMs);
  expect(starts).toHaveLength(600);
  expect(starts).toEqual([...starts].sort((a, b) => a - b));
  rows = 0;
  for await (const segment of oldestFirst(catalog, [1, 2, 3])) if (segment.startMs > 50) break;
  expect(rows).toBeLessThan(300);
});
