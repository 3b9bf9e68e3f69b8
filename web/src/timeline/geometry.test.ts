import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  centreOf,
  MAX_SPAN_MS,
  MIN_SPAN_MS,
  panBy,
  spanMs,
  timeToX,
  type View,
  viewAround,
  xToTime,
  zoomAt,
} from "./geometry.ts";

const views = fc
  .record({
    centreMs: fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2040, 0) }),
    span: fc.integer({ min: MIN_SPAN_MS, max: MAX_SPAN_MS }),
    widthPx: fc.integer({ min: 100, max: 4000 }),
  })
  .map(({ centreMs, span, widthPx }): View => viewAround(centreMs, span, widthPx));

describe("the timeline's geometry", () => {
  it("gives back the time of every pixel", () => {
    fc.assert(
      fc.property(views, fc.double({ min: 0, max: 1, noNaN: true }), (view, part) => {
        const x = part * view.widthPx;
        expect(timeToX(view, xToTime(view, x))).toBeCloseTo(x, 3);
      }),
    );
  });

  it("keeps what is under the pointer under the pointer while zooming", () => {
    fc.assert(
      fc.property(
        views,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0.1, max: 10, noNaN: true }),
        (view, part, factor) => {
          const x = part * view.widthPx;
          const zoomed = zoomAt(view, x, factor);
          expect(Math.abs(xToTime(zoomed, x) - xToTime(view, x))).toBeLessThan(1);
        },
      ),
    );
  });

  it("never zooms beyond its limits", () => {
    fc.assert(
      fc.property(views, fc.double({ min: 1e-6, max: 1e6, noNaN: true }), (view, factor) => {
        const span = spanMs(zoomAt(view, view.widthPx / 2, factor));
        expect(span).toBeGreaterThanOrEqual(MIN_SPAN_MS - 1);
        expect(span).toBeLessThanOrEqual(MAX_SPAN_MS + 1);
      }),
    );
  });

  it("moves the band with the hand and back again", () => {
    fc.assert(
      fc.property(views, fc.integer({ min: -3000, max: 3000 }), (view, dx) => {
        const ms = centreOf(view);
        expect(timeToX(panBy(view, dx), ms)).toBeCloseTo(timeToX(view, ms) + dx, 2);
        expect(panBy(panBy(view, dx), -dx).startMs).toBeCloseTo(view.startMs, 0);
      }),
    );
  });
});
