import type { OwnedCamera } from "../../../catalog/cameras.ts";
import type { SegmentSpan, Span } from "../../../catalog/segments.ts";
import type { HttpDeps } from "../../ports.ts";

/** The footage of a span, oldest first, an open segment up to where its worker is; `openEndMs` is that place, null when none is open. */
export async function footageSpans(
  deps: HttpDeps,
  camera: OwnedCamera,
  span: Span,
): Promise<{ spans: SegmentSpan[]; openEndMs: number | null }> {
  const open = deps.runtime.openSegments(camera.id);
  let openEndMs: number | null = null;
  const spans: SegmentSpan[] = [];
  for (const row of await deps.catalog.segments(camera).spans(span)) {
    const written = row.open ? open.find((segment) => segment.startMs === row.startMs) : undefined;
    if (written !== undefined) openEndMs = written.endMs;
    spans.push({ startMs: row.startMs, endMs: written?.endMs ?? row.endMs, kind: row.kind });
  }
  return { spans, openEndMs };
}
