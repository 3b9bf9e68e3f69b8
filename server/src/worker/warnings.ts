import type { WorkerSettings, WorkerWarning } from "../ipc/messages.ts";

/** What may be worth a warning, as it is now. */
export interface WarningInputs {
  readonly settings: Pick<WorkerSettings, "segmentSeconds" | "segmentFolder">;
  /** How much later than the clock says footage is named. */
  readonly aheadMs: number;
  readonly diskSlow: boolean;
  /** For how long the connected camera has sent no picture that can be decoded alone. */
  readonly withoutSyncMs: number;
  /** The codec that the camera's sound was to be copied in and could not; null: nothing of the kind. */
  readonly audioFallback: string | null;
}

/** Without a sync sample for this many segment lengths something is wrong with the camera. */
const LENGTHS_WITHOUT_SYNC = 2;

/** What a person should know though footage is recorded. Pure. */
export function workerWarnings(inputs: WarningInputs): WorkerWarning[] {
  const warnings: WorkerWarning[] = [];
  const { settings, aheadMs, diskSlow, withoutSyncMs, audioFallback } = inputs;
  if (aheadMs > 0) {
    warnings.push({
      kind: "clock_suspect",
      message: `The server's clock was set back. New footage is named ${Math.round(aheadMs / 1000)} s later than it is, behind the footage that there was, until the clock has caught up.`,
      action: "Check the server's clock and its time synchronisation. The true times are in the camera's ledger.",
    });
  }
  if (diskSlow) {
    warnings.push({
      kind: "disk_slow",
      message: `The disk of ${settings.segmentFolder} does not keep up. Footage waits in memory; what does not fit is lost.`,
      action: "Look for what else uses the disk, or use a faster one.",
    });
  }
  if (withoutSyncMs > LENGTHS_WITHOUT_SYNC * settings.segmentSeconds * 1000) {
    warnings.push({
      kind: "no_sync_sample",
      message: "The camera has sent no key frame for long: segments cannot be cut, and a recording cannot begin.",
      action: "Set the key-frame interval (GOP, I-frame interval) in the camera to 1–4 seconds.",
    });
  }
  if (audioFallback !== null) {
    warnings.push({
      kind: "audio_fallback",
      message: `The camera's sound (${audioFallback}) does not fit into MP4 as it is and is encoded as AAC.`,
      action: "Set the camera's audio to auto, or let the camera send AAC.",
    });
  }
  return warnings;
}
