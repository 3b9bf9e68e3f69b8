import { TIMELINE_MAX_SPAN_MS } from "@nightjar/api/recording";
import { recordingRoutes } from "@nightjar/api/routes";
import type { OwnedCamera } from "../../../catalog/cameras.ts";
import { withDeletions } from "../../../recording/deletion.ts";
import { ledgerSpans } from "../../../recording/ledger.ts";
import { buildTimeline, KNOWN_AFTER_MS } from "../../../recording/timeline.ts";
import { instant } from "../../../recording/wire.ts";
import { cameraOf } from "../../not-found.ts";
import type { HttpDeps } from "../../ports.ts";
import { type Registrar, register } from "../../register.ts";
import { requestSpan } from "../../request-span.ts";
import { footageSpans } from "./footage-spans.ts";

export function timelineRoute(registrar: Registrar, deps: HttpDeps): void {
  register(registrar, recordingRoutes.timeline, async ({ principal, query }) => {
    const span = requestSpan(query, TIMELINE_MAX_SPAN_MS);
    const camera = await cameraOf(deps, principal, query.camera_id, "footage");
    // Footage first: what is deleted meanwhile is then told twice, and leaves no hole that nothing explains.
    const { spans, openEndMs } = await footageSpans(deps, camera, span);
    const ledger = deps.catalog.ledger(camera);
    const [entries, deleted, locks, fromMs] = await Promise.all([
      ledger.within(span),
      ledger.deleted(span),
      deps.catalog.tenant(principal.tenantId).locks.ofCamera(camera.id),
      accountedFromMs(deps, camera),
    ]);
    const { recordings, gaps } = buildTimeline({
      footage: spans,
      ledger: withDeletions(ledgerSpans(entries, span.startMs, span.endMs), deleted),
      ...span,
      accountedFromMs: fromMs,
      // Behind the newest written fragment, and in the last seconds that no footage follows, it is not known yet whether there is any.
      accountedToMs:
        openEndMs ?? Math.max(camera.deletedAtMs ?? deps.clock.nowMs() - KNOWN_AFTER_MS, spans.at(-1)?.endMs ?? 0),
      resolutionMs: query.resolution_seconds * 1000,
    });
    return {
      camera_id: camera.id,
      start: instant(span.startMs),
      end: instant(span.endMs),
      recordings: recordings.map(({ kind, ...ends }) => ({ ...wireEnds(ends), kind })),
      gaps: gaps.map(({ cause, wanted, ...ends }) => ({ ...wireEnds(ends), cause, wanted })),
      motion: [],
      events: [],
      locks: locks
        .filter((lock) => lock.startMs < span.endMs && span.startMs < lock.endMs)
        .map(({ id, reason, ...ends }) => ({ id: String(id), ...wireEnds(ends), reason })),
    };
  });
}

function wireEnds(span: { readonly startMs: number; readonly endMs: number }): { start: string; end: string } {
  return { start: instant(span.startMs), end: instant(span.endMs) };
}

/** When the camera was made; earlier where there is older footage, taken in from elsewhere. */
async function accountedFromMs(deps: HttpDeps, camera: OwnedCamera): Promise<number> {
  const first = await deps.catalog.segments(camera).after(-1);
  return Math.min(camera.createdAtMs, first?.startMs ?? camera.createdAtMs);
}
