import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_SPAN_MS, MIN_SPAN_MS } from "./geometry.ts";
import { tilesFor } from "./tiles.ts";

describe("the tiles of a timeline", () => {
  it("cover every span without a hole, in at most three requests of bounded length", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2040, 0) }),
        fc.integer({ min: MIN_SPAN_MS, max: MAX_SPAN_MS }),
        (startMs, span) => {
          const tiles = tilesFor(startMs, startMs + span);
          expect(tiles.length).toBeLessThanOrEqual(3);
          expect(tiles[0]?.startMs).toBeLessThanOrEqual(startMs);
          expect(tiles.at(-1)?.endMs).toBeGreaterThanOrEqual(startMs + span);
          tiles.slice(1).forEach((tile, index) => {
            expect(tile.startMs).toBe(tiles[index]?.endMs);
          });
        },
      ),
    );
  });

  it("leave no hole out at the finest zoom", () => {
    expect(tilesFor(Date.UTC(2026, 3, 9), Date.UTC(2026, 3, 9, 1))[0]?.resolutionSeconds).toBe(0);
  });
});
