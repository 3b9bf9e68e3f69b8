import type { Segment, Timeline } from "@nightjar/api/recording";

/** Neighbouring segments of one run end and begin within this; a wider hole is a gap. */
const SEAM_MS = 250;

/**
 * A timeline with the footage of a new or longer segment in it. `afterGap`: it does not follow on what was known, so there may be a gap
 * before it whose cause only the server knows. A segment outside the timeline's span changes nothing.
 */
export function growTimeline(timeline: Timeline, segment: Segment): { timeline: Timeline; afterGap: boolean } {
  const startMs = Math.max(Date.parse(segment.start), Date.parse(timeline.start));
  const endMs = Math.min(Date.parse(segment.end), Date.parse(timeline.end));
  if (endMs <= startMs) return { timeline, afterGap: false };

  const before: Timeline["recordings"] = [];
  const after: Timeline["recordings"] = [];
  let [fromMs, untilMs] = [startMs, endMs];
  for (const recording of timeline.recordings) {
    const recordingStartMs = Date.parse(recording.start);
    const recordingEndMs = Date.parse(recording.end);
    const touches =
      recording.kind === segment.kind && recordingStartMs <= untilMs + SEAM_MS && recordingEndMs >= fromMs - SEAM_MS;
    if (touches) {
      fromMs = Math.min(fromMs, recordingStartMs);
      untilMs = Math.max(untilMs, recordingEndMs);
    } else if (recordingStartMs < fromMs) before.push(recording);
    else after.push(recording);
  }
  const grown = { start: iso(fromMs), end: iso(untilMs), kind: segment.kind };
  const isNew = before.length + after.length === timeline.recordings.length;
  return {
    timeline: {
      ...timeline,
      recordings: [...before, grown, ...after],
      gaps: timeline.gaps.flatMap((gap) => without(gap, fromMs, untilMs)),
    },
    afterGap: isNew && timeline.recordings.length > 0,
  };
}

function without(gap: Timeline["gaps"][number], fromMs: number, untilMs: number): Timeline["gaps"] {
  const startMs = Date.parse(gap.start);
  const endMs = Date.parse(gap.end);
  if (endMs <= fromMs || startMs >= untilMs) return [gap];
  const rest: Timeline["gaps"] = [];
  if (startMs < fromMs) rest.push({ ...gap, end: iso(fromMs) });
  if (endMs > untilMs) rest.push({ ...gap, start: iso(untilMs) });
  return rest;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
