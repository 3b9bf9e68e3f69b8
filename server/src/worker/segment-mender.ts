import { basename } from "node:path";
import { systemErrorCode } from "../base/error.ts";
import type { Log } from "../base/log.ts";
import { removeEmptySegment } from "../footage/remove-empty-segment.ts";
import { repairSegment } from "../footage/repair.ts";
import type { SegmentChain } from "../footage/segment-chain.ts";
import type { Report } from "../ipc/messages.ts";

export interface MendingOptions {
  readonly chain: SegmentChain;
  readonly log: Log;
  readonly report: (report: Report) => void;
}

/**
 * Finishes a file that was left open and reports what became of it; a closed one too, in case the crash came ahead of its report. Never
 * rejects: what cannot be mended now is tried again at the next start.
 */
export async function mendSegment(path: string, { chain, log, report }: MendingOptions): Promise<void> {
  try {
    const outcome = await repairSegment(path, chain);
    if (outcome.kind === "empty" && (await removeEmptySegment(path)))
      report({ kind: "segment_gone", name: basename(path) });
    if (outcome.kind === "unreadable")
      log.warn("a file that is no segment is left as it is", { path, reason: outcome.reason });
    if (outcome.kind !== "repaired" && outcome.kind !== "closed") return;
    if (outcome.kind === "repaired")
      log.info("repaired a segment that was left open", { path, tornBytes: outcome.tornBytes });
    const { name, identity, endMs, sizeBytes, state, payloadSha256 } = outcome;
    const { runId, number, startMs, kind: recordingKind } = identity;
    report({
      kind: "segment_closed",
      ...{ name, runId, number, startMs, endMs, sizeBytes, state, payloadSha256, recordingKind },
    });
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return report({ kind: "segment_gone", name: basename(path) });
    log.warn("a segment that was left open could not be repaired; it is tried again at the next start", {
      path,
      error,
    });
  }
}
