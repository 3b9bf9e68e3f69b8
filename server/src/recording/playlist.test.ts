import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildPlaylist, type PlaylistSegment, segmentEndMs } from "./playlist.ts";
import { playlistText } from "./playlist-text.ts";
import { segmentName } from "./segment-name.ts";

const TIMESCALE = 90_000;
const FRAGMENT_SECONDS = 0.5;
const INIT_BYTES = 900;

interface SegmentPlan {
  readonly startMs: number;
  /** Fragments of half a second in each GOP. */
  readonly gops: readonly number[];
  readonly runId?: string;
  readonly open?: boolean;
  readonly codecs?: string;
}

function segmentOf({
  startMs,
  gops,
  runId = "run",
  open = false,
  codecs = "avc1.640028",
}: SegmentPlan): PlaylistSegment {
  const syncs = gops.flatMap((count) => Array.from({ length: count }, (_, i) => i === 0));
  // Media time of a run goes on from file to file.
  const firstTicks = 1_000_000;
  const index = {
    timescale: TIMESCALE,
    codecs,
    fragments: syncs.map((sync, i) => ({
      offsetBytes: INIT_BYTES + i * 100,
      sizeBytes: 100,
      decodeTicks: firstTicks + i * FRAGMENT_SECONDS * TIMESCALE,
      durationTicks: FRAGMENT_SECONDS * TIMESCALE,
      sync,
    })),
  };
  return { name: segmentName(startMs), runId, startMs, endMs: segmentEndMs(startMs, index), open, index };
}

const AFTER_ALL_MS = 10_000_000;
const wholeSpan = { startMs: 0, endMs: 5_000_000 };
const text = (segments: PlaylistSegment[], span = wholeSpan, nowMs = AFTER_ALL_MS) =>
  playlistText(buildPlaylist(segments, span, nowMs), {
    segmentUri: (name) => `segment/7/${name}`,
    query: "",
  }).toString();

const entriesOf = (...[segments, span = wholeSpan, nowMs = AFTER_ALL_MS]: Parameters<typeof text>) =>
  [...buildPlaylist(segments, span, nowMs).entries].flat();

describe("a playlist", () => {
  it("plays on from file to file of a run, and names a hole and another run as discontinuities", () => {
    const segments = [
      segmentOf({ startMs: 0, gops: [4, 4] }),
      segmentOf({ startMs: 4000, gops: [4] }),
      segmentOf({ startMs: 9000, gops: [4] }),
      segmentOf({ startMs: 11_000, gops: [4], runId: "other" }),
    ];
    expect(text(segments)).toBe(`#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:6
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-PLAYLIST-TYPE:VOD
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MAP:URI="segment/7/1970-01-01_00-00-00.mp4/init"
#EXT-X-PROGRAM-DATE-TIME:1970-01-01T00:00:00.000Z
#EXTINF:2.000000,
#EXT-X-BYTERANGE:400@900
segment/7/1970-01-01_00-00-00.mp4
#EXTINF:2.000000,
#EXT-X-BYTERANGE:400@1300
segment/7/1970-01-01_00-00-00.mp4
#EXT-X-MAP:URI="segment/7/1970-01-01_00-00-04.mp4/init"
#EXT-X-PROGRAM-DATE-TIME:1970-01-01T00:00:04.000Z
#EXTINF:2.000000,
#EXT-X-BYTERANGE:400@900
segment/7/1970-01-01_00-00-04.mp4
#EXT-X-DISCONTINUITY
#EXT-X-MAP:URI="segment/7/1970-01-01_00-00-09.mp4/init"
#EXT-X-PROGRAM-DATE-TIME:1970-01-01T00:00:09.000Z
#EXTINF:2.000000,
#EXT-X-BYTERANGE:400@900
segment/7/1970-01-01_00-00-09.mp4
#EXT-X-DISCONTINUITY
#EXT-X-MAP:URI="segment/7/1970-01-01_00-00-11.mp4/init"
#EXT-X-PROGRAM-DATE-TIME:1970-01-01T00:00:11.000Z
#EXTINF:2.000000,
#EXT-X-BYTERANGE:400@900
segment/7/1970-01-01_00-00-11.mp4
#EXT-X-ENDLIST
`);
  });

  it("begins with one GOP, then has entries of about six seconds", () => {
    const entries = entriesOf([segmentOf({ startMs: 0, gops: Array(14).fill(4) })]);
    expect(entries.map((entry) => entry.durationSeconds)).toEqual([2, 6, 6, 6, 6, 2]);
  });

  it("starts at the GOP that holds the start of the span, with that GOP's wall time", () => {
    const segment = segmentOf({ startMs: 0, gops: [4, 4, 4] });
    const entries = entriesOf([segment], { startMs: 3999, endMs: 4400 });
    expect(entries.map((e) => [e.startMs, e.offsetBytes, e.sizeBytes])).toEqual([
      [2000, 1300, 400],
      [4000, 1700, 100],
    ]);
  });

  it("has a target duration that no entry exceeds", () => {
    expect(text([segmentOf({ startMs: 0, gops: [25] })])).toContain("#EXT-X-TARGETDURATION:13\n");
  });

  it("passes the query on to every address", () => {
    const playlist = buildPlaylist([segmentOf({ startMs: 0, gops: [4] })], wholeSpan, AFTER_ALL_MS);
    const lines = playlistText(playlist, { segmentUri: (name) => name, query: "?media_token=abc" })
      .toString()
      .split("\n");
    expect(lines).toContain('#EXT-X-MAP:URI="1970-01-01_00-00-00.mp4/init?media_token=abc"');
    expect(lines).toContain("1970-01-01_00-00-00.mp4?media_token=abc");
  });

  it("names converted parts where browsers do not play the sound, each with the file that it goes on from", () => {
    const [aac, mp3] = ["avc1.640028,mp4a.40.2", "avc1.640028,mp4a.6B"];
    const segments = [
      segmentOf({ startMs: 0, gops: [4], codecs: aac }),
      segmentOf({ startMs: 2000, gops: [4], codecs: mp3 }),
      segmentOf({ startMs: 4000, gops: [12, 4], codecs: mp3 }),
    ];
    const playlist = buildPlaylist(segments, wholeSpan, AFTER_ALL_MS);
    const lines = playlistText(playlist, { segmentUri: (name) => name, query: "?media_token=abc" })
      .toString()
      .split("\n");
    expect(lines.filter((line) => /\.mp4|BYTERANGE/.test(line))).toEqual([
      '#EXT-X-MAP:URI="1970-01-01_00-00-00.mp4/init?media_token=abc"',
      "#EXT-X-BYTERANGE:400@900",
      "1970-01-01_00-00-00.mp4?media_token=abc",
      '#EXT-X-MAP:URI="1970-01-01_00-00-02.mp4/playable/init.mp4?media_token=abc"',
      "1970-01-01_00-00-02.mp4/playable/part.mp4?from=900&to=1300&media_token=abc",
      '#EXT-X-MAP:URI="1970-01-01_00-00-04.mp4/playable/init.mp4?media_token=abc"',
      "1970-01-01_00-00-04.mp4/playable/part.mp4?from=900&to=2100&after=1970-01-01_00-00-02.mp4&media_token=abc",
      "1970-01-01_00-00-04.mp4/playable/part.mp4?from=2100&to=2500&media_token=abc",
    ]);
  });

  it("stays open while footage of its span may still come, and ends when it cannot", () => {
    const growing = segmentOf({ startMs: 0, gops: [4, 4], open: true });
    expect(buildPlaylist([growing], { startMs: 0, endMs: 20_000 }, 4000).ended).toBe(false);
    expect(buildPlaylist([growing], { startMs: 0, endMs: 3000 }, 4000).ended).toBe(true);
    expect(buildPlaylist([growing], { startMs: 0, endMs: 20_000 }, 30_000).ended).toBe(false);
    expect(buildPlaylist([], { startMs: 0, endMs: 20_000 }, 30_000).ended).toBe(true);
    expect(text([growing], { startMs: 0, endMs: 20_000 }, 4000)).toMatch(/TYPE:EVENT(?!.*ENDLIST)/s);
  });

  it("shows a GOP of an open segment as soon as it is whole", () => {
    const span = { startMs: 0, endMs: 20_000 };
    expect(entriesOf([segmentOf({ startMs: 0, gops: [4], open: true })], span, 2000)).toEqual([]);
    const then = entriesOf([segmentOf({ startMs: 0, gops: [4, 1], open: true })], span, 2500);
    expect(then.map((entry) => entry.durationSeconds)).toEqual([2]);
  });
});

/** A camera's footage: runs of neighbouring files with holes between the runs. */
const footages = fc
  .array(
    fc.record({
      hole: fc.constantFrom(0, 0, 0, 5000),
      newRun: fc.boolean(),
      gops: fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 12 }),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((parts) => {
    let startMs = 0;
    let run = 0;
    return parts.map(({ hole, newRun, gops }) => {
      startMs += hole;
      if (newRun) run += 1;
      const plan: SegmentPlan = { startMs, gops, runId: `run-${run}` };
      startMs = segmentOf(plan).endMs;
      return plan;
    });
  });

describe("whatever the footage, a playlist", () => {
  it("has every fragment of the span exactly once, in order, and no entry that crosses a file or begins without a sync sample", () => {
    fc.assert(
      fc.property(footages, fc.nat(100_000), fc.nat(100_000), (plans, startMs, lengthMs) => {
        const segments = plans.map(segmentOf);
        const span = { startMs, endMs: startMs + lengthMs + 1 };
        const entries = entriesOf(segments, span);
        const played = entries.flatMap(({ segment, offsetBytes, sizeBytes }) =>
          segment.index.fragments
            .filter((f) => f.offsetBytes >= offsetBytes && f.offsetBytes + f.sizeBytes <= offsetBytes + sizeBytes)
            .map((f) => `${segment.name} ${f.offsetBytes}`),
        );
        const wanted = segments.flatMap((segment) => {
          const all = segment.index.fragments.map((f, i) => ({ f, fromMs: segment.startMs + i * 500 }));
          const startSync = all.findLast(({ f, fromMs }) => f.sync && fromMs <= span.startMs)?.fromMs ?? 0;
          return segment.endMs <= span.startMs
            ? []
            : all
                .filter(({ fromMs }) => fromMs >= startSync && fromMs < span.endMs)
                .map(({ f }) => `${segment.name} ${f.offsetBytes}`);
        });
        expect(played).toEqual(wanted);
        for (const { segment, offsetBytes, sizeBytes } of entries) {
          expect(segment.index.fragments.find((f) => f.offsetBytes === offsetBytes)?.sync).toBe(true);
          expect(sizeBytes % 100).toBe(0);
        }
      }),
    );
  });

  it("only ever grows at its end while a segment is written and when it is closed", () => {
    fc.assert(
      fc.property(footages, fc.nat(20_000), (plans, startMs) => {
        const span = { startMs, endMs: 1_000_000 };
        const last = plans.at(-1);
        if (last === undefined) return;
        const closed = plans.slice(0, -1).map(segmentOf);
        const whole = segmentOf(last);
        const published = (segment: PlaylistSegment) =>
          entriesOf([...closed, segment], span, 0).map((e) => `${e.segment.name} ${e.sizeBytes}@${e.offsetBytes}`);
        let before: string[] = [];
        for (let count = 1; count <= whole.index.fragments.length; count++) {
          const index = { ...whole.index, fragments: whole.index.fragments.slice(0, count) };
          const now = published({ ...whole, index, open: true, endMs: segmentEndMs(whole.startMs, index) });
          expect(now.slice(0, before.length)).toEqual(before);
          before = now;
        }
        expect(published(whole).slice(0, before.length)).toEqual(before);
      }),
    );
  });
});
