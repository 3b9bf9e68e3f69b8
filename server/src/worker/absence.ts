import type { LastLife } from "./heartbeat.ts";
import type { Ledger } from "./ledger.ts";

/**
 * Accounts for the time in which no worker was there, before anything new is noted: from the end of the last footage (where some was being
 * recorded) or from the last sign of life on. A worker that ended in order has noted `stopped` itself, and one that has handed over, just
 * now, what there was to note. `footageEndMs`: end of the newest footage, 0 where there is none.
 */
export function accountForAbsence(
  ledger: Ledger,
  lastLife: LastLife | null,
  left: { readonly footageEndMs: number; readonly createdAtMs: number; readonly handedOver: boolean },
): void {
  const { last } = ledger;
  if (last === null) {
    // The first worker of a camera: accounting begins when the camera was made. Or its disk is away, and the ledger with it.
    if (lastLife === null) ledger.note(left.createdAtMs, { kind: "gap", cause: "restarted" });
    else ledger.note(lastLife.atMs, { kind: "gap", cause: lastLife.cause });
    return;
  }
  if (last.state.kind === "gap" && last.state.cause === "stopped") return;
  if (left.handedOver && lastLife?.cause === "worker_crashed") return;
  const recordedToMs = last.state.kind === "recorded" && left.footageEndMs > 0 ? left.footageEndMs : null;
  // A sign of life is never synced, so that a power cut may take it along; the end of a worker alone cannot.
  ledger.note(recordedToMs ?? lastLife?.atMs ?? last.atMs, { kind: "gap", cause: lastLife?.cause ?? "server_down" });
}
