import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DAY_MS } from "../../recording/storage-settings.ts";
import { type ForecastCamera, forecast } from "./forecast.ts";

const camera = (change: Partial<ForecastCamera> = {}): ForecastCamera => ({
  cameraId: 1,
  tenantId: 1,
  retentionMs: 30 * DAY_MS,
  minimumRetentionMs: 0,
  maxBytes: 0,
  bytesPerDay: 100,
  ...change,
});
const NO_LIMITS = new Map<number, number>();

describe("the forecast", () => {
  it("is as long as the space lasts, and no longer than the retention", () => {
    const days = (capacityBytes: number, cameras = [camera()]) =>
      forecast({ cameras, capacityBytes, tenantMaxBytes: NO_LIMITS }).map((one) => one.daysToCome);
    expect(days(1000)[0]).toBeCloseTo(10);
    expect(days(1_000_000)[0]).toBeCloseTo(30);
    const two = [camera(), camera({ cameraId: 2, bytesPerDay: 300 })];
    expect(days(4000, two).map((one) => Math.round(one ?? 0))).toEqual([10, 10]);
    expect(days(1_000_000_000, [camera({ retentionMs: 0 })])).toEqual([null]);
  });

  it("keeps the minimum retention of one camera at the cost of the others, and says which promises hold", () => {
    const cameras = [camera({ minimumRetentionMs: 20 * DAY_MS }), camera({ cameraId: 2 })];
    const [first, second] = forecast({ cameras, capacityBytes: 2500, tenantMaxBytes: NO_LIMITS });
    expect(first).toMatchObject({ retentionKept: false, minimumRetentionKept: true });
    expect(first?.daysToCome).toBeCloseTo(20);
    expect(second).toMatchObject({ retentionKept: false, minimumRetentionKept: null });
    expect(second?.daysToCome).toBeCloseTo(5);
    const [broken] = forecast({ cameras, capacityBytes: 1000, tenantMaxBytes: NO_LIMITS });
    expect(broken).toMatchObject({ minimumRetentionKept: false });
  });

  it("heeds the limits of a camera and of a tenant, and says nothing of a camera that records nothing", () => {
    const cameras = [
      camera({ maxBytes: 500 }),
      camera({ cameraId: 2, tenantId: 2 }),
      camera({ cameraId: 3, bytesPerDay: 0 }),
    ];
    const [own, tenant, idle] = forecast({ cameras, capacityBytes: 1e9, tenantMaxBytes: new Map([[2, 700]]) });
    expect(own?.daysToCome).toBeCloseTo(5);
    expect(tenant?.daysToCome).toBeCloseTo(7);
    expect(idle).toEqual({ cameraId: 3, daysToCome: null, retentionKept: null, minimumRetentionKept: null });
  });

  it("never plans more than there is space for", () => {
    const cameras = fc.array(
      fc.record({
        cameraId: fc.nat(1000),
        tenantId: fc.constant(1),
        retentionMs: fc.nat(400).map((days) => days * DAY_MS),
        minimumRetentionMs: fc.nat(50).map((days) => days * DAY_MS),
        maxBytes: fc.nat(10_000),
        bytesPerDay: fc.integer({ min: 1, max: 1000 }),
      }),
      { minLength: 1, maxLength: 8 },
    );
    fc.assert(
      fc.property(cameras, fc.nat(1_000_000), (all, capacityBytes) => {
        const unique = [...new Map(all.map((one) => [one.cameraId, one])).values()];
        const told = forecast({ cameras: unique, capacityBytes, tenantMaxBytes: NO_LIMITS });
        const planned = unique.reduce((sum, one, i) => sum + one.bytesPerDay * (told[i]?.daysToCome ?? 0), 0);
        expect(planned).toBeLessThanOrEqual(capacityBytes * 1.001 + 1);
      }),
    );
  });
});
