import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildPlaylist, type PlaylistSegment, type PlaylistVariant } from "./playlist.ts";
import { playlistText } from "./playlist-text.ts";
import type { SegmentIndex } from "./segment-index.ts";
import { segmentName } from "./segment-name.ts";
import { decodeOutline, encodeOutline, gopsSuffice, outlineExtent } from "./segment-outline.ts";

const FRAGMENTS = fc.array(
  fc.record({
    sizeBytes: fc.integer({ min: 1, max: 3_000_000 }),
    durationTicks: fc.oneof(fc.constant(45_000), fc.nat(200_000)),
    sync: fc.boolean(),
  }),
  { minLength: 1, maxLength: 60 },
);
const INDEXES: fc.Arbitrary<SegmentIndex> = fc
  .record({
    timescale: fc.constantFrom(90_000, 12_800, 1000, 16_384),
    codecs: fc.constantFrom("avc1.640028", "avc1.640028,mp4a.40.2", "hvc1.1.6.L93.B0,mp4a.6B", "hvc1.1.6.L93.B0"),
    decodeTicks: fc.nat({ max: 2 ** 44 }),
    offsetBytes: fc.integer({ min: 0, max: 5000 }),
    parts: FRAGMENTS,
  })
  .map(({ parts, timescale, codecs, ...at }) => {
    let { decodeTicks, offsetBytes } = at;
    const fragments = parts.map((part) => {
      const fragment = { ...part, decodeTicks, offsetBytes };
      decodeTicks += part.durationTicks;
      offsetBytes += part.sizeBytes;
      return fragment;
    });
    return { timescale, codecs, fragments };
  });
const VARIANTS: readonly PlaylistVariant[] = [{ kind: "full" }, { kind: "sync", speed: 16 }, { kind: "h264" }];

/** One behind the other, as rows of the catalog: whole milliseconds. */
function segmentsOf(indexes: readonly SegmentIndex[], holeMs: number): PlaylistSegment[] {
  let startMs = 5000;
  return indexes.map((index, i) => {
    const ticks = index.fragments.reduce((sum, { durationTicks }) => sum + durationTicks, 0);
    const endMs = Math.round(startMs + (ticks * 1000) / index.timescale);
    const segment = { name: segmentName(startMs), runId: `run-${i % 3}`, startMs, endMs, open: false, index };
    startMs = endMs + holeMs;
    return segment;
  });
}

function encoded(index: SegmentIndex): Buffer {
  const outline = encodeOutline(index);
  if (outline === null) throw new Error("it is too long");
  return outline;
}

function outlineOf(index: SegmentIndex): SegmentIndex {
  const read = decodeOutline(encoded(index));
  if (read === null) throw new Error("it cannot be read");
  return read;
}

describe("the outline of a segment", () => {
  it("makes the same playlist as the whole index, byte for byte, of every variant", () => {
    const indexes = fc.array(INDEXES, { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(indexes, fc.constantFrom(0, 0, 3000), fc.nat(200_000), fc.nat(300_000), (all, holeMs, fromMs, ms) => {
        const whole = segmentsOf(all, holeMs);
        for (const endMs of [fromMs + ms + 1, ...whole.map((segment) => segment.endMs)]) {
          const span = { startMs: fromMs, endMs };
          const outlined = whole.map((segment) => {
            const extent = outlineExtent(encoded(segment.index));
            const suffices = extent !== null && gopsSuffice(extent, segment.startMs, endMs);
            return suffices ? { ...segment, index: outlineOf(segment.index) } : segment;
          });
          for (const variant of VARIANTS) {
            const text = (segments: readonly PlaylistSegment[]) =>
              playlistText(
                buildPlaylist(segments, span, 1e9, variant),
                { segmentUri: (name) => name, query: "" },
                variant,
              ).toString();
            expect(text(outlined)).toBe(text(whole));
          }
        }
      }),
    );
  });

  it("suffices for all segments of a span but the one that it ends in", () => {
    const fragments = Array.from({ length: 8 }, (_, i) => ({
      ...{ offsetBytes: 900 + i * 100, sizeBytes: 100, decodeTicks: i * 500, durationTicks: 500, sync: i % 4 === 0 },
    }));
    const index = outlineOf({ timescale: 1000, codecs: "avc1.640028", fragments });
    expect(index.fragments.map(({ offsetBytes, durationTicks }) => [offsetBytes, durationTicks])).toEqual([
      [900, 2000],
      [1300, 2000],
    ]);
    const extent = outlineExtent(encoded(index));
    expect(extent).toEqual({ timescale: 1000, durationTicks: 4000 });
    const suffices = (endMs: number) => extent !== null && gopsSuffice(extent, 10_000, endMs);
    expect([12_500, 13_999, 14_001, 20_000].map(suffices)).toEqual([false, false, true, true]);
  });

  it("of four minutes takes half a kilobyte", () => {
    const fragments = Array.from({ length: 480 }, (_, i) => ({
      ...{ offsetBytes: 900 + i * 250_000, sizeBytes: 250_000, decodeTicks: i * 45_000, durationTicks: 45_000 },
      sync: i % 4 === 0,
    }));
    const outline = encodeOutline({ timescale: 90_000, codecs: "avc1.640028,mp4a.40.2", fragments });
    expect(outline?.length).toBeLessThan(550);
  });

  it("is none where it would take more than the index is worth", () => {
    const fragments = Array.from({ length: 100_000 }, (_, i) => ({
      ...{ offsetBytes: i * 9000, sizeBytes: 9000, decodeTicks: i * 3600, durationTicks: 3600, sync: true },
    }));
    expect(encodeOutline({ timescale: 90_000, codecs: "avc1.640028", fragments })).toBeNull();
  });

  it("that is damaged or of another version is none", () => {
    const fragments = [{ offsetBytes: 0, sizeBytes: 9, decodeTicks: 0, durationTicks: 9, sync: true }];
    const outline = encodeOutline({ timescale: 9, codecs: "avc1.640028", fragments }) ?? Buffer.alloc(0);
    expect(decodeOutline(outline)?.fragments).toEqual(fragments);
    expect(decodeOutline(outline.subarray(0, -1))).toBeNull();
    expect(decodeOutline(new Uint8Array())).toBeNull();
    expect(decodeOutline(Buffer.concat([Buffer.from([99]), outline.subarray(1)]))).toBeNull();
  });
});
