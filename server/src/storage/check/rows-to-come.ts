import { join } from "node:path";
import type { StoredCamera } from "../../catalog/cameras.ts";
import type { Catalog } from "../../catalog/catalog.ts";
import { closedSegment, openedSegment } from "../../catalog/report-intake.ts";
import type { StoredSegment } from "../../catalog/segments.ts";
import { workerName } from "../../ipc/messages.ts";
import { readJournal } from "../../ipc/report-journal.ts";

/** The rows of a camera as they will be once the server has taken what waits in its worker's journal. `worker`: the worker's folder. */
export async function rowsToCome(
  rows: readonly StoredSegment[],
  { catalog, camera, worker }: { readonly catalog: Catalog; readonly camera: StoredCamera; readonly worker: string },
): Promise<readonly StoredSegment[]> {
  const { header, waiting } = await readJournal(join(worker, "reports.jsonl"));
  const name = workerName(camera.tenantId, camera.id);
  const taken = await catalog.acrossTenants.lastTakenReport(name, header.workerUuid);
  const byName = new Map(rows.map((row) => [row.name, row]));
  for (const { sequence, report } of waiting) {
    if (sequence <= taken || report.kind === "ledger_noted") continue;
    const present = byName.get(report.name);
    if (report.kind === "segment_gone" || report.kind === "segment_deleted") byName.delete(report.name);
    else if (report.kind === "segment_moved" && present !== undefined)
      byName.set(report.name, { ...present, onShare: true });
    else if (report.kind === "segment_moved") continue;
    else if (report.kind === "segment_closed") byName.set(report.name, closedSegment(camera.id, report));
    else if (present === undefined || present.state === "open")
      byName.set(report.name, openedSegment(camera.id, report));
  }
  return [...byName.values()];
}
