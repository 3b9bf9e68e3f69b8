import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { certainMs } from "../recording/clock-trust.ts";
import { isLocked } from "../recording/lock.ts";
import { type CameraPolicy, type DeletionPolicy, type PlannedSegment, planDeletions } from "./deletion-plan.ts";

const NOW_MS = 1_000_000;
const YEAR_MS = 365 * 86_400_000;
const BELIEVED = { nowMs: NOW_MS, trust: { kind: "believed" } } as const;

const segmentsOf = (cameraId: number) =>
  fc
    .array(fc.record({ gapMs: fc.nat(500), lengthMs: fc.integer({ min: 1, max: 5000 }), sizeBytes: fc.nat(1000) }))
    .map((parts) => {
      let atMs = NOW_MS - 200_000;
      return parts.map(({ gapMs, lengthMs, sizeBytes }, i): PlannedSegment => {
        const startMs = atMs + gapMs;
        atMs = startMs + lengthMs;
        const open = i === parts.length - 1;
        return { cameraId, name: `${cameraId}-${i}`, startMs, endMs: atMs, sizeBytes, open };
      });
    });

const lock = fc
  .record({
    startMs: fc.integer({ min: NOW_MS - 200_000, max: NOW_MS }),
    lengthMs: fc.integer({ min: 1, max: 50_000 }),
  })
  .chain(({ startMs, lengthMs }) =>
    fc
      .option(fc.integer({ min: NOW_MS - 1000, max: NOW_MS + 1000 }))
      .map((expiresAtMs) => ({ startMs, endMs: startMs + lengthMs, expiresAtMs })),
  );

const cameraOf = (cameraId: number): fc.Arbitrary<CameraPolicy> =>
  fc.record({
    cameraId: fc.constant(cameraId),
    tenantId: fc.constant(1 + (cameraId % 2)),
    retentionMs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 300_000 })),
    minimumRetentionMs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 300_000 })),
    excessBytes: fc.integer({ min: -2000, max: 5000 }),
    locks: fc.array(lock, { maxLength: 3 }),
  });

const scene = fc.record({
  index: fc
    .tuple(segmentsOf(1), segmentsOf(2), segmentsOf(3))
    .map((all) => all.flat().sort((a, b) => a.startMs - b.startMs)),
  policy: fc.record({
    cameras: fc.tuple(cameraOf(1), cameraOf(2), cameraOf(3)),
    tenantExcessBytes: fc.tuple(fc.integer({ min: -2000, max: 5000 }), fc.integer({ min: -2000, max: 5000 })).map(
      ([one, two]) =>
        new Map<number, number>([
          [1, one],
          [2, two],
        ]),
    ),
    totalExcessBytes: fc.integer({ min: -2000, max: 8000 }),
    missingFreeBytes: fc.integer({ min: -2000, max: 8000 }),
  }),
  clock: fc.constantFrom(
    BELIEVED,
    // Wrong clocks: a year ahead of what was believed, and just set.
    { nowMs: NOW_MS + YEAR_MS, trust: { kind: "ahead", believedMs: NOW_MS } } as const,
    { nowMs: NOW_MS + YEAR_MS, trust: { kind: "stepped", believedMs: null } } as const,
  ),
});

function policyOf(policy: DeletionPolicy, cameraId: number): CameraPolicy {
  const found = policy.cameras.find((camera) => camera.cameraId === cameraId);
  if (found === undefined) throw new Error(`no camera ${cameraId}`);
  return found;
}

describe("a plan of deletions", () => {
  it("never has a locked segment, one inside the minimum retention, or an open one", () => {
    fc.assert(
      fc.property(scene, ({ index, policy, clock }) => {
        for (const { segment } of planDeletions(index, policy, clock)) {
          const { locks, minimumRetentionMs } = policyOf(policy, segment.cameraId);
          expect(segment.open).toBe(false);
          expect(isLocked(segment, locks, clock.trust.kind === "believed" ? NOW_MS : Number.NEGATIVE_INFINITY)).toBe(
            false,
          );
          expect(minimumRetentionMs === 0 || segment.endMs <= NOW_MS - minimumRetentionMs).toBe(true);
        }
      }),
    );
  });

  it("goes from the oldest on: what stays before the last that goes is protected, or nobody wants it gone", () => {
    fc.assert(
      fc.property(scene, ({ index, policy, clock }) => {
        const onlyTotal = {
          ...policy,
          cameras: policy.cameras.map((camera) => ({ ...camera, retentionMs: 0, excessBytes: 0 })),
          tenantExcessBytes: new Map<number, number>(),
        };
        const plan = planDeletions(index, onlyTotal, clock);
        const gone = new Set(plan.map(({ segment }) => segment.name));
        const last = plan.at(-1)?.segment.startMs ?? Number.NEGATIVE_INFINITY;
        for (const segment of index.filter((one) => one.startMs < last && !gone.has(one.name))) {
          const { locks, minimumRetentionMs } = policyOf(policy, segment.cameraId);
          const isProtected =
            segment.open ||
            isLocked(segment, locks, clock.trust.kind === "believed" ? NOW_MS : Number.NEGATIVE_INFINITY) ||
            (minimumRetentionMs > 0 &&
              segment.endMs > (certainMs(clock.trust, NOW_MS) ?? Number.NEGATIVE_INFINITY) - minimumRetentionMs);
          expect(isProtected).toBe(true);
        }
      }),
    );
  });

  it("stops as soon as every limit is met: without the last of them one would still be exceeded", () => {
    fc.assert(
      fc.property(scene, ({ index, policy, clock }) => {
        const plan = planDeletions(index, policy, clock).filter(({ reason }) => reason !== "retention");
        const before = planDeletions(index, policy, clock);
        const last = plan.at(-1);
        if (last === undefined) return;
        const until = before.slice(0, before.indexOf(before.find((one) => one.segment === last.segment) ?? last));
        const freed = (which: (segment: PlannedSegment) => boolean) =>
          until.reduce((sum, { segment }) => sum + (which(segment) ? segment.sizeBytes : 0), 0);
        const { cameraId } = last.segment;
        const { tenantId, excessBytes } = policyOf(policy, cameraId);
        const left = {
          camera_limit: excessBytes - freed((one) => one.cameraId === cameraId),
          tenant_limit:
            (policy.tenantExcessBytes.get(tenantId) ?? 0) -
            freed((one) => policyOf(policy, one.cameraId).tenantId === tenantId),
          total_limit: policy.totalExcessBytes - freed(() => true),
          low_space: policy.missingFreeBytes - freed(() => true),
          retention: 0,
        }[last.reason];
        expect(left).toBeGreaterThan(0);
      }),
    );
  });

  it("deletes nothing by age with a clock that is not believed", () => {
    fc.assert(
      fc.property(scene, ({ index, policy }) => {
        const aYearAhead = { nowMs: NOW_MS + YEAR_MS, trust: { kind: "ahead", believedMs: NOW_MS } } as const;
        const withoutExcess = {
          cameras: policy.cameras.map((camera) => ({ ...camera, excessBytes: 0 })),
          tenantExcessBytes: new Map<number, number>(),
          totalExcessBytes: 0,
          missingFreeBytes: 0,
        };
        expect(planDeletions(index, withoutExcess, aYearAhead)).toEqual([]);
      }),
    );
  });

  it("says why: age first, then the narrowest limit that is exceeded", () => {
    const camera = { ...cameraDefaults, retentionMs: 100_000, excessBytes: 1 };
    const segment = (startMs: number, name: string): PlannedSegment => ({
      ...{ cameraId: 1, name, startMs, endMs: startMs + 1000, sizeBytes: 10, open: false },
    });
    const policy = {
      cameras: [camera],
      tenantExcessBytes: new Map([[1, 25]]),
      totalExcessBytes: 0,
      missingFreeBytes: 35,
    };
    const index = [segment(NOW_MS - 200_000, "a"), segment(NOW_MS - 50_000, "b"), segment(NOW_MS - 40_000, "c")];
    const more = [...index, segment(NOW_MS - 30_000, "d"), segment(NOW_MS - 20_000, "e")];
    const told = planDeletions(more, policy, BELIEVED).map(({ segment: { name }, reason }) => `${name} ${reason}`);
    expect(told).toEqual(["a retention", "b tenant_limit", "c tenant_limit", "d low_space"]);
  });

  it("tells the time by when the clock was believed last where it is not: what is promised stays", () => {
    const day = 86_400_000;
    const camera = { ...cameraDefaults, minimumRetentionMs: 3 * day };
    const policy = { cameras: [camera], tenantExcessBytes: new Map(), totalExcessBytes: 100, missingFreeBytes: 0 };
    const segment = {
      cameraId: 1,
      name: "a",
      startMs: NOW_MS - day,
      endMs: NOW_MS - day + 1,
      sizeBytes: 10,
      open: false,
    };
    expect(
      planDeletions([segment], policy, { nowMs: NOW_MS + YEAR_MS, trust: { kind: "ahead", believedMs: NOW_MS } }),
    ).toEqual([]);
    expect(planDeletions([segment], policy, { nowMs: NOW_MS + YEAR_MS, trust: { kind: "believed" } })).toHaveLength(1);
  });
});

const cameraDefaults: CameraPolicy = {
  cameraId: 1,
  tenantId: 1,
  retentionMs: 0,
  minimumRetentionMs: 0,
  excessBytes: 0,
  locks: [],
};
