import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildTimeline, type FootageSpan, type TimelineRequest } from "./timeline.ts";

const request = (footage: FootageSpan[], more: Partial<TimelineRequest> = {}): TimelineRequest => ({
  footage,
  startMs: 0,
  endMs: 100_000,
  accountedFromMs: 0,
  accountedToMs: 100_000,
  resolutionMs: 0,
  ...more,
});
const span = (startMs: number, endMs: number, kind: FootageSpan["kind"] = "continuous") => ({ startMs, endMs, kind });

describe("the timeline", () => {
  it("tells neighbouring segments as one recording, and real holes as gaps", () => {
    const footage = [span(0, 10_000), span(10_200, 20_000), span(20_201, 100_000)];
    expect(buildTimeline(request(footage))).toEqual({
      recordings: [span(0, 20_000), span(20_201, 100_000)],
      gaps: [{ startMs: 20_000, endMs: 20_201 }],
    });
  });

  it("keeps recordings of different kinds apart, without a hole between them", () => {
    const { recordings, gaps } = buildTimeline(request([span(0, 50_000), span(50_100, 100_000, "motion")]));
    expect(recordings).toEqual([span(0, 50_100), span(50_100, 100_000, "motion")]);
    expect(gaps).toEqual([]);
  });

  it("has no gaps before accounting starts nor behind what is known", () => {
    const asked = request([span(40_000, 50_000)], { accountedFromMs: 30_000, accountedToMs: 60_000 });
    expect(buildTimeline(asked).gaps).toEqual([
      { startMs: 30_000, endMs: 40_000 },
      { startMs: 50_000, endMs: 60_000 },
    ]);
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

  it("covers the accounted span exactly once, whatever the footage", () => {
    const kinds = fc.constantFrom("continuous" as const, "motion" as const);
    const footages = fc
      .array(
        fc.record({
          hole: fc.integer({ min: -300, max: 3000 }),
          length: fc.integer({ min: 0, max: 5000 }),
          kind: kinds,
        }),
      )
      .map((parts) => {
        let atMs = -2000;
        return parts.map(({ hole, length, kind }) => {
          const startMs = atMs + hole;
          atMs = Math.max(atMs, startMs + length);
          return { startMs, endMs: startMs + length, kind };
        });
      })
      .map((spans) => spans.sort((a, b) => a.startMs - b.startMs));
    const bound = fc.integer({ min: -5000, max: 60_000 });
    fc.assert(
      fc.property(footages, bound, bound, fc.nat(4000), (footage, fromMs, toMs, resolutionMs) => {
        const asked = request(footage, { endMs: 40_000, accountedFromMs: fromMs, accountedToMs: toMs, resolutionMs });
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
        for (const gap of gaps) {
          const hidden = footage.filter((f) => Math.min(f.endMs, gap.endMs) > Math.max(f.startMs, gap.startMs));
          expect(hidden).toEqual([]);
        }
      }),
    );
  });
});
