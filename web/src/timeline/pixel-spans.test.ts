import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mergePixels } from "./pixel-spans.ts";

const DAY_MS = 86_400_000;
const view = { startMs: 0, endMs: 31 * DAY_MS, widthPx: 1500 };
const one = () => "all";

describe("spans on the canvas", () => {
  it("are at most two for a pixel, however many there are", () => {
    const spans = Array.from({ length: 100_000 }, (_, i) => ({ startMs: i * 26_784, endMs: i * 26_784 + 20_000 }));
    const drawn = mergePixels(view, spans, one).get("all") ?? [];
    expect(drawn.length).toBeLessThan(3000);
    const end = drawn.at(-1);
    expect((end?.x ?? 0) + (end?.width ?? 0)).toBeGreaterThan(1499);
  });

  it("are the same to the eye whether they were many or few: merged ones end within half a pixel of their own", () => {
    const perMs = view.widthPx / view.endMs;
    const spans = Array.from({ length: 20_000 }, (_, i) => ({
      startMs: i * 133_920,
      endMs: i * 133_920 + 60_000,
      kind: i < 10_000 ? "a" : "b",
    }));
    const drawn = mergePixels(view, spans, ({ kind }) => kind);
    expect([...drawn.keys()]).toEqual(["a", "b"]);
    const [first] = drawn.get("b") ?? [];
    const last = drawn.get("a")?.at(-1);
    expect(Math.abs((first?.x ?? 0) - (spans[10_000]?.startMs ?? 0) * perMs)).toBeLessThan(0.5);
    expect(Math.abs((last?.x ?? 0) + (last?.width ?? 0) - (spans[9999]?.endMs ?? 0) * perMs)).toBeLessThan(1);
  });

  it("cover every visible moment of every span, and are at least a pixel wide", () => {
    const lists = fc.array(fc.tuple(fc.integer({ min: 1, max: DAY_MS }), fc.integer({ min: 1, max: DAY_MS })));
    fc.assert(
      fc.property(lists, (pairs) => {
        let at = -DAY_MS;
        const spans = pairs.map(([hole, length]) => {
          const startMs = at + hole;
          at = startMs + length;
          return { startMs, endMs: at };
        });
        const drawn = mergePixels(view, spans, one).get("all") ?? [];
        const perMs = view.widthPx / view.endMs;
        for (const { startMs, endMs } of spans) {
          const middle = ((startMs + endMs) / 2) * perMs;
          if (middle < 0 || middle > view.widthPx) continue;
          expect(drawn.some(({ x, width }) => x <= middle + 1e-6 && middle <= x + width + 1e-6)).toBe(true);
        }
        for (const { width } of drawn) expect(width).toBeGreaterThan(1 - 1e-6);
      }),
    );
  });
});
