import fc from "fast-check";
import { expect, it } from "vitest";
import type { Fragment, StreamInit } from "../media/isobmff/fragment-reader.ts";
import { type BufferedFragment, GopBuffer } from "./gop-buffer.ts";

const INIT = {} as StreamInit;
const NONE = Buffer.alloc(0);

function fragment(startMs: number, sync: boolean, sizeBytes: number): BufferedFragment {
  const part: Fragment = { kind: "fragment", moof: NONE, mdat: [], sizeBytes, tracks: [], video: null, sync };
  return { fragment: part, init: INIT, startMs };
}

const streams = fc.array(
  fc.record({
    sync: fc.boolean(),
    sizeBytes: fc.integer({ min: 1, max: 50 }),
    stepMs: fc.integer({ min: 1, max: 500 }),
  }),
  { minLength: 1, maxLength: 60 },
);

it("holds whole GOPs only, never more bytes than it may, and as much of the past as it should where those allow it", () => {
  fc.assert(
    fc.property(
      streams,
      fc.integer({ min: 0, max: 5000 }),
      fc.integer({ min: 1, max: 400 }),
      (parts, depthMs, maxBytes) => {
        const buffer = new GopBuffer(depthMs, maxBytes);
        const all: BufferedFragment[] = [];
        let atMs = 0;
        for (const { sync, sizeBytes, stepMs } of parts) {
          atMs += stepMs;
          const next = fragment(atMs, sync, sizeBytes);
          all.push(next);
          buffer.push(next);
          expect(buffer.sizeBytes).toBeLessThanOrEqual(maxBytes);
        }
        const firstSync = all.findIndex((one) => one.fragment.sync);
        const total = all.slice(Math.max(0, firstSync)).reduce((sum, one) => sum + one.fragment.sizeBytes, 0);
        const held = buffer.takeFrom(Number.NEGATIVE_INFINITY);
        // What is held is the newest of what came, from a sync sample on.
        expect(held).toEqual(held.length === 0 ? [] : all.slice(-held.length));
        if (held.length > 0) expect(held[0]?.fragment.sync).toBe(true);
        if (firstSync >= 0 && total <= maxBytes) {
          expect(held.length).toBeGreaterThan(0);
          const missing = all.slice(firstSync, all.length - held.length).filter((one) => one.fragment.sync);
          // Nothing was let go that lies within the depth.
          for (const one of missing) expect(atMs - one.startMs).toBeGreaterThanOrEqual(depthMs);
        }
      },
    ),
  );
});

it("gives out from the GOP that holds the asked instant, or the oldest, and is empty then", () => {
  const fill = () => {
    const buffer = new GopBuffer(60_000, 1000);
    for (const startMs of [0, 500, 1000, 1500, 2000, 2500]) buffer.push(fragment(startMs, startMs % 1000 === 0, 10));
    return buffer;
  };
  const starts = (fromMs: number) => {
    const buffer = fill();
    const taken = buffer.takeFrom(fromMs).map((one) => one.startMs);
    expect(buffer.oldestMs).toBeNull();
    return taken;
  };
  expect(starts(1700)).toEqual([1000, 1500, 2000, 2500]);
  expect(starts(1000)).toEqual([1000, 1500, 2000, 2500]);
  expect(starts(999)).toEqual([0, 500, 1000, 1500, 2000, 2500]);
  expect(starts(-5)).toEqual([0, 500, 1000, 1500, 2000, 2500]);
  expect(starts(9000)).toEqual([2000, 2500]);
});
