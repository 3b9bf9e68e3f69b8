import type { Camera } from "@nightjar/api/camera";
import { recordingRoutes } from "@nightjar/api/routes";
import type { Nightjar } from "./nightjar.ts";

/** What is known is at most so old: a connection's first segment gets its name when its time is settled. */
const KNOWN_AFTER_MS = 15_000;

/** A span of a camera's time: footage of a kind, or the cause for which there is none. */
export interface AccountedSpan {
  readonly startMs: number;
  readonly endMs: number;
  /** A kind of recording, or a cause. */
  readonly what: string;
  readonly isFootage: boolean;
  /** Whether there is or should be footage. */
  readonly wanted: boolean;
}

/** What the timeline tells of a camera since it was made, oldest first. */
export async function accountOf(
  nightjar: Pick<Nightjar, "client">,
  camera: Pick<Camera, "id" | "created_at">,
): Promise<AccountedSpan[]> {
  const query = { camera_id: camera.id, start: camera.created_at, end: new Date().toISOString() };
  const { recordings, gaps } = await nightjar.client(recordingRoutes.timeline, { query });
  const ends = ({ start, end }: { start: string; end: string }) => ({
    startMs: Date.parse(start),
    endMs: Date.parse(end),
  });
  return [
    ...recordings.map((one) => ({ ...ends(one), what: one.kind, isFootage: true, wanted: true })),
    ...gaps.map((one) => ({ ...ends(one), what: one.cause, isFootage: false, wanted: one.wanted })),
  ].sort((a, b) => a.startMs - b.startMs);
}

/** One sentence for each place where the spans do not cover the camera's time, from when it was made up to now, exactly once. */
export function accountingFaults(spans: readonly AccountedSpan[], camera: Pick<Camera, "created_at">): string[] {
  const createdMs = Date.parse(camera.created_at);
  const faults: string[] = [];
  let coveredToMs = createdMs;
  for (const span of spans) {
    const place = `${seconds(span.startMs - createdMs)} (${span.what})`;
    if (span.endMs <= span.startMs) faults.push(`the span at ${place} is empty`);
    if (span.startMs > coveredToMs)
      faults.push(`nothing covers the ${span.startMs - coveredToMs} ms ahead of ${place}`);
    if (span.startMs < coveredToMs) faults.push(`${coveredToMs - span.startMs} ms are covered twice at ${place}`);
    coveredToMs = Math.max(coveredToMs, span.endMs);
  }
  const newestMs = Date.now() - KNOWN_AFTER_MS;
  if (coveredToMs < newestMs) faults.push(`nothing covers the time from ${seconds(coveredToMs - createdMs)} on`);
  return faults;
}

/** A line for each span, for messages. */
export function describeAccount(spans: readonly AccountedSpan[]): string {
  const firstMs = spans[0]?.startMs ?? 0;
  const line = (span: AccountedSpan) =>
    `${seconds(span.startMs - firstMs)} – ${seconds(span.endMs - firstMs)} ${span.isFootage ? "footage" : span.wanted ? "gap" : "not wanted"} ${span.what}`;
  return spans.map(line).join("\n");
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}
