import type { Segment, Timeline } from "@nightjar/api/recording";
import { describe, expect, it } from "vitest";
import { joinTimelines, under, withOngoingGap } from "./footage.ts";
import { growTimeline } from "./grow-timeline.ts";

const at = (minute: number, second = 0) => new Date(Date.UTC(2026, 3, 9, 14, minute, second)).toISOString();
const ms = (minute: number, second = 0) => Date.parse(at(minute, second));

function timeline(start: number, end: number, recordings: [number, number][], gaps: [number, number][] = []): Timeline {
  return {
    camera_id: 12,
    start: at(start),
    end: at(end),
    recordings: recordings.map(([from, to]) => ({ start: at(from), end: at(to), kind: "continuous" })),
    gaps: gaps.map(([from, to]) => ({ start: at(from), end: at(to), cause: "camera_offline", wanted: true })),
    motion: [],
    events: [],
    locks: [],
  };
}

function segment(from: number, to: number): Segment {
  return {
    camera_id: 12,
    name: "2026-04-09_14-00-00.mp4",
    start: at(from),
    end: at(to),
    duration_seconds: (to - from) * 60,
    size_bytes: 1000,
    state: "open",
    kind: "continuous",
    run_id: "run",
    payload_sha256: null,
    on_share: false,
    url: "",
  };
}

describe("the footage of a timeline", () => {
  it("is whole again where two neighbouring answers cut it", () => {
    const joined = joinTimelines([timeline(0, 10, [[2, 10]]), timeline(10, 20, [[10, 15]], [[15, 20]])]);
    expect(joined.recordings).toEqual([{ startMs: ms(2), endMs: ms(15), kind: "continuous" }]);
    expect(joined.gaps).toHaveLength(1);
  });

  it("tells footage, gap, nothing and future apart, with some tolerance towards footage", () => {
    const footage = joinTimelines([timeline(0, 30, [[5, 10]], [[10, 20]])]);
    const now = ms(25);
    expect(under(footage, ms(7), 0, now).what).toBe("footage");
    expect(under(footage, ms(10, 5), 10_000, now).what).toBe("footage");
    expect(under(footage, ms(4, 55), 10_000, now).what).toBe("footage");
    expect(under(footage, ms(15), 0, now)).toMatchObject({ what: "gap", span: { cause: "camera_offline" } });
    expect(under(footage, ms(2), 0, now).what).toBe("nothing");
    expect(under(footage, ms(26), 0, now).what).toBe("future");
  });

  it("lets the last gap go on while nothing is recorded, and no other", () => {
    const offline = joinTimelines([timeline(0, 30, [[5, 10]], [[10, 12]])]);
    expect(withOngoingGap(offline, ms(20)).gaps.at(-1)?.endMs).toBe(ms(20));
    const back = joinTimelines([timeline(0, 30, [[12, 14]], [[10, 12]])]);
    expect(withOngoingGap(back, ms(20))).toEqual(back);
  });
});

describe("a timeline to which a segment is added", () => {
  it("grows its last recording as the open segment grows", () => {
    const { timeline: grown, afterGap } = growTimeline(timeline(0, 60, [[0, 10]]), segment(5, 12));
    expect(grown.recordings).toEqual([{ start: at(0), end: at(12), kind: "continuous" }]);
    expect(afterGap).toBe(false);
  });

  it("says that there may be a gap when the footage does not follow on", () => {
    const { timeline: grown, afterGap } = growTimeline(timeline(0, 60, [[0, 10]]), segment(15, 16));
    expect(grown.recordings).toHaveLength(2);
    expect(afterGap).toBe(true);
  });

  it("takes the place of the gap that was there", () => {
    const { timeline: grown } = growTimeline(timeline(0, 60, [[0, 10]], [[10, 20]]), segment(15, 25));
    expect(grown.gaps).toMatchObject([{ start: at(10), end: at(15) }]);
  });

  it("joins what was apart", () => {
    const { timeline: grown } = growTimeline(
      timeline(0, 60, [
        [0, 10],
        [12, 20],
      ]),
      segment(10, 12),
    );
    expect(grown.recordings).toEqual([{ start: at(0), end: at(20), kind: "continuous" }]);
  });

  it("stays as it is when the segment lies elsewhere", () => {
    const before = timeline(0, 10, [[0, 10]]);
    expect(growTimeline(before, segment(20, 25)).timeline).toBe(before);
  });
});
