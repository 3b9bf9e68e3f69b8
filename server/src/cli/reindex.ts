import { access } from "node:fs/promises";
import { join } from "node:path";
import { systemClock } from "../base/clock.ts";
import { silentLog } from "../base/log.ts";
import type { OwnedCamera } from "../catalog/cameras.ts";
import { openCatalog } from "../catalog/open-catalog.ts";
import { loadSettings } from "../config/load-settings.ts";
import { placedPaths } from "../config/placed-paths.ts";
import type { DataPaths } from "../config/settings.ts";
import { workerName } from "../ipc/messages.ts";
import { type ReindexReport, reindex } from "../storage/reindex/reindex.ts";
import type { CheckCommand } from "./check.ts";
import { counted, findingLine, reportToJson } from "./check-text.ts";
import { keepAliveDuring } from "./keep-alive.ts";
import { prepareDataFolder } from "./prepare-data-folder.ts";
import { runningWorkers } from "./running-workers.ts";
import { requireSameUser } from "./same-user.ts";

const LOST =
  "Not in the files, so not brought back: users, passwords, sessions and API tokens; addresses and settings of cameras; groups, schedules and recording settings; alerts; the audit; names of tenants. A backup of the catalog has them.";

/** `nightjar reindex`: prints what came back and what did not; answers the exit code as `check` does. Rejects where it cannot work. */
export async function runReindex({ options, defaultData }: CheckCommand): Promise<0 | 1> {
  const settings = loadSettings({ options, defaultData });
  const paths = await placedPaths(settings.data);
  await requireSameUser(paths);
  await prepareDataFolder(paths);
  const { databaseUrl } = settings;
  const catalog = await openCatalog({ databaseUrl, dataFolder: paths.root, clock: systemClock, log: silentLog });
  try {
    const report = await keepAliveDuring(
      reindex({
        catalog,
        recordings: paths.recordings,
        workers: paths.workers,
        clock: systemClock,
        runningWorkers: () => runningWorkers(paths.workers),
      }),
    );
    const hasUsers = await catalog.acrossTenants.hasAdministrator();
    console.log(
      options.json === true
        ? JSON.stringify(reindexToJson(report), null, 2)
        : await reindexText(report, { paths, hasUsers }),
    );
    return report.check.findings.some((finding) => finding.state === "open") ? 1 : 0;
  } finally {
    await catalog.close();
  }
}

function reindexToJson({ restored, withoutAddress, check }: ReindexReport) {
  const named = ({ id, name }: { readonly id: number; readonly name: string }) => ({ id, name });
  return {
    ...reportToJson(check),
    restored_cameras: restored.map(named),
    cameras_without_address: withoutAddress.map(named),
  };
}

async function reindexText(
  { restored, withoutAddress, check }: ReindexReport,
  { paths, hasUsers }: { readonly paths: DataPaths; readonly hasUsers: boolean },
): Promise<string> {
  const lines = check.findings.filter((finding) => finding.state !== "mended").map(findingLine);
  const takenIn = check.findings.filter((finding) => finding.state === "mended").length;
  lines.push(
    `${counted(restored.length, "camera")} brought back, ${counted(takenIn, "difference")} between catalog and files settled. The catalog tells of ${counted(check.cameras, "camera")} and ${counted(check.segments, "closed segment")}.`,
  );
  for (const camera of withoutAddress)
    lines.push(
      `Camera ${camera.id} (${camera.name}) is switched off until it is given its address. ${await whereItsAddressIs(camera, paths)}`,
    );
  if (restored.length > 0) lines.push(LOST);
  if (!hasUsers)
    lines.push("There is no administrator: the next start of the server prints a setup code for a new one.");
  return lines.join("\n");
}

async function whereItsAddressIs(camera: OwnedCamera, { workers }: DataPaths): Promise<string> {
  const file = join(workers, workerName(camera.tenantId, camera.id), "settings.json");
  return access(file).then(
    () => `What its worker used last stands in ${file}.`,
    () => "",
  );
}
