import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LedgerSpan, LedgerState } from "./ledger.ts";
import { buildTimeline, type FootageSpan, type Gap, type TimelineRequest, TOLERATED_HOLE_MS } from "./timeline.ts";

const request = (footage: FootageSpan[], more: Partial<TimelineRequest> = {}): TimelineRequest => ({
  footage,
  ledger: [],
  startMs: 0,
  endMs: 100_000,
  accountedFromMs: 0,
  accountedToMs: 100_000,
  resolutionMs: 0,
  ...more,
});
const span = (startMs: number, endMs: number, kind: FootageSpan["kind"] = "continuous") => ({ startMs, endMs, kind });
const unknown = (startMs: number, endMs: number): Gap => ({ startMs, endMs, cause: "unknown", wanted: true });
const told = (startMs: number, endMs: number, state: LedgerState): LedgerSpan => ({ startMs, endMs, state });
const RECORDED: LedgerState = { kind: "recorded", recording: "continuous" };
const OFFLINE: LedgerState = { kind: "gap", cause: "camera_offline" };
const SLOW: LedgerState = { kind: "gap", cause: "disk_slow" };
const NO_MOTION: LedgerState = { kind: "not_wanted", cause: "no_motion" };

describe("the timeline", () => {
  it("tells neighbouring segments as one recording, and real holes as gaps", () => {
    const footage = [span(0, 10_000), span(10_200, 20_000), span(20_201, 100_000)];
    expect(buildTimeline(request(footage))).toEqual({
      recordings: [span(0, 20_000), span(20_201, 100_000)],
      gaps: [unknown(20_000, 20_201)],
    });
  });

  it("keeps recordings of different kinds apart, without a hole between them", () => {
    const { recordings, gaps } = buildTimeline(request([span(0, 50_000), span(50_100, 100_000, "motion")]));
    expect(recordings).toEqual([span(0, 50_100), span(50_100, 100_000, "motion")]);
    expect(gaps).toEqual([]);
  });

  it("has no gaps before accounting starts nor behind what is known", () => {
    const asked = request([span(40_000, 50_000)], { accountedFromMs: 30_000, accountedToMs: 60_000 });
    expect(buildTimeline(asked).gaps).toEqual([unknown(30_000, 40_000), unknown(50_000, 60_000)]);
    expect(buildTimeline(request([], { accountedFromMs: 200_000, accountedToMs: 300_000 })).gaps).toEqual([]);
  });

  it("clips to the asked span", () => {
    const { recordings } = buildTimeline(request([span(-5000, 120_000)]));
    expect(recordings).toEqual([span(0, 100_000)]);
  });

  it("joins what lies nearer than the resolution", () => {
    const footage = [span(0, 10_000), span(14_000, 20_000), span(30_000, 100_000)];
    expect(buildTimeline(request(footage, { resolutionMs: 5000 })).recordings).toEqual([
      span(0, 20_000),
      span(30_000, 100_000),
    ]);
  });

  it("tells each part of a gap with the cause that the ledger has for it, and whether footage was wanted", () => {
    const ledger = [
      told(0, 30_000, RECORDED),
      told(30_000, 50_000, OFFLINE),
      told(50_000, 70_000, NO_MOTION),
      told(70_000, 90_000, RECORDED),
    ];
    const { gaps } = buildTimeline(request([span(0, 29_900)], { ledger }));
    expect(gaps).toEqual([
      { startMs: 29_900, endMs: 50_000, cause: "camera_offline", wanted: true },
      { startMs: 50_000, endMs: 70_000, cause: "no_motion", wanted: false },
      unknown(70_000, 100_000),
    ]);
  });

  it("gives the disk's gap what the disk took just before and lost, and no more than that", () => {
    const ledger = [told(0, 30_000, RECORDED), told(30_000, 100_000, { kind: "gap", cause: "storage_missing" })];
    const missing = (startMs: number) => ({ startMs, endMs: 100_000, cause: "storage_missing", wanted: true });
    expect(buildTimeline(request([span(0, 26_000)], { ledger })).gaps).toEqual([missing(26_000)]);
    const { gaps } = buildTimeline(request([span(0, 20_000)], { ledger }));
    expect(gaps).toEqual([unknown(20_000, 30_000), missing(30_000)]);
  });

  it("takes out of a recording what a slow disk lost inside of a segment", () => {
    const ledger = [told(0, 40_000, RECORDED), told(40_000, 45_000, SLOW), told(45_000, 100_000, RECORDED)];
    expect(buildTimeline(request([span(0, 100_000)], { ledger }))).toEqual({
      recordings: [span(0, 40_000), span(45_000, 100_000)],
      gaps: [{ startMs: 40_000, endMs: 45_000, cause: "disk_slow", wanted: true }],
    });
  });

  it("tells footage as such even where the ledger says that none was wanted: it was kept from the buffer later", () => {
    const ledger = [told(0, 60_000, NO_MOTION), told(60_000, 100_000, RECORDED)];
    expect(buildTimeline(request([span(50_000, 100_000, "motion")], { ledger }))).toEqual({
      recordings: [span(50_000, 100_000, "motion")],
      gaps: [{ startMs: 0, endMs: 50_000, cause: "no_motion", wanted: false }],
    });
  });

  it("covers the accounted span exactly once, and explains each gap as the ledger does, whatever footage and ledger", () => {
    const bound = fc.integer({ min: -5000, max: 60_000 });
    fc.assert(
      fc.property(footages, ledgers, bound, bound, fc.nat(4000), (footage, ledger, fromMs, toMs, resolutionMs) => {
        const accounted = { accountedFromMs: fromMs, accountedToMs: toMs };
        const asked = request(footage, { ledger, endMs: 40_000, ...accounted, resolutionMs });
        const { recordings, gaps } = buildTimeline(asked);
        const pieces = [...recordings, ...gaps].sort((a, b) => a.startMs - b.startMs);
        for (const [i, piece] of pieces.entries()) {
          expect(piece.endMs).toBeGreaterThan(piece.startMs);
          const next = pieces[i + 1];
          if (next !== undefined) expect(next.startMs).toBeGreaterThanOrEqual(piece.endMs);
        }
        const startMs = Math.max(0, fromMs);
        const endMs = Math.min(40_000, toMs);
        const covered = pieces.reduce(
          (sum, piece) => sum + Math.max(0, Math.min(piece.endMs, endMs) - Math.max(piece.startMs, startMs)),
          0,
        );
        expect(covered).toBe(Math.max(0, endMs - startMs));
        for (const gap of gaps) checkGap(gap, footage, ledger);
      }),
      { numRuns: 500 },
    );
  });
});

/** Random footage, oldest first, with holes and overlaps. */
const footages = fc
  .array(
    fc.record({
      hole: fc.integer({ min: -300, max: 3000 }),
      length: fc.integer({ min: 0, max: 5000 }),
      kind: fc.constantFrom("continuous" as const, "motion" as const),
    }),
  )
  .map((parts) => {
    let atMs = -2000;
    const spans = parts.map(({ hole, length, kind }) => {
      const startMs = atMs + hole;
      atMs = Math.max(atMs, startMs + length);
      return { startMs, endMs: startMs + length, kind };
    });
    return spans.sort((a, b) => a.startMs - b.startMs);
  });

/** A random ledger: one span behind the other, begun somewhere. */
const ledgers = fc
  .tuple(
    fc.integer({ min: -5000, max: 20_000 }),
    fc.array(fc.tuple(fc.integer({ min: 1, max: 6000 }), fc.constantFrom(RECORDED, OFFLINE, SLOW, NO_MOTION))),
  )
  .map(([startMs, parts]) => {
    let atMs = startMs;
    return parts.map(([length, state]) => {
      atMs += length;
      return told(atMs - length, atMs, state);
    });
  });

const shared = (a: { startMs: number; endMs: number }, b: { startMs: number; endMs: number }) =>
  Math.min(a.endMs, b.endMs) - Math.max(a.startMs, b.startMs);

function checkGap(gap: Gap, footage: readonly FootageSpan[], ledger: readonly LedgerSpan[]): void {
  const because = ledger.filter(({ state }) => "cause" in state && state.cause === gap.cause);
  const explained = because.reduce((sum, entry) => sum + Math.max(0, shared(entry, gap)), 0);
  if (gap.cause === "unknown") {
    for (const entry of ledger) if (entry.state.kind !== "recorded") expect(shared(entry, gap)).toBeLessThanOrEqual(0);
  } else {
    expect(explained).toBeGreaterThan(0);
    expect(gap.wanted).toBe(gap.cause !== "no_motion");
  }
  // Footage is hidden only where the ledger saw itself that pictures were lost.
  for (const hidden of footage.filter((one) => shared(one, gap) > 0)) {
    const lost = because.filter(({ state }) => state.kind === "gap");
    const seen = lost.reduce((sum, entry) => {
      const startMs = Math.max(entry.startMs, gap.startMs);
      const endMs = Math.min(entry.endMs, gap.endMs);
      return sum + Math.max(0, shared(hidden, { startMs, endMs }));
    }, 0);
    expect(seen).toBe(shared(hidden, gap));
  }
  if (explained > 0)
    expect(gap.endMs - gap.startMs - explained).toBeLessThanOrEqual(2 * TOLERATED_HOLE_MS * because.length);
}
