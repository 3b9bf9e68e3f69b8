import { join } from "node:path";
import { footageEndMs } from "../footage/footage-end.ts";
import type { LastLife } from "./heartbeat.ts";
import type { Ledger } from "./ledger.ts";

/**
 * Accounts for the time in which no worker was there, before anything new is noted: from the end of the last footage (where some was being
 * recorded) or from the last sign of life on. A worker that ended in order has noted why itself.
 */
export async function accountForAbsence(
  ledger: Ledger,
  lastLife: LastLife | null,
  left: { readonly folder: string; readonly names: readonly string[]; readonly createdAtMs: number },
): Promise<void> {
  const last = ledger.last;
  if (last === null) {
    // The first worker of a camera: accounting begins when the camera was made.
    ledger.note(left.createdAtMs, { kind: "gap", cause: "restarted" });
    return;
  }
  if (last.state.kind === "gap" && (last.state.cause === "stopped" || last.state.cause === "restarted")) return;
  const fromMs = last.state.kind === "recorded" ? await lastFootageEndMs(left) : null;
  ledger.note(fromMs ?? lastLife?.atMs ?? last.atMs, { kind: "gap", cause: lastLife?.cause ?? "unknown" });
}

async function lastFootageEndMs({
  folder,
  names,
}: {
  folder: string;
  names: readonly string[];
}): Promise<number | null> {
  let latestMs: number | null = null;
  for (const name of names) {
    const endMs = await footageEndMs(join(folder, name)).catch(() => null);
    if (endMs !== null) latestMs = Math.max(latestMs ?? endMs, endMs);
  }
  return latestMs;
}
