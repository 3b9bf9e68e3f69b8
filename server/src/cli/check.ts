import { systemClock } from "../base/clock.ts";
import { silentLog } from "../base/log.ts";
import { openCatalog, openCatalogToRead } from "../catalog/open-catalog.ts";
import { loadSettings } from "../config/load-settings.ts";
import { placedPaths } from "../config/placed-paths.ts";
import { checkStorage } from "../storage/check/check-storage.ts";
import { checkText, reportToJson } from "./check-text.ts";
import { keepAliveDuring } from "./keep-alive.ts";
import { prepareDataFolder } from "./prepare-data-folder.ts";
import { runningWorkers } from "./running-workers.ts";
import { requireSameUser } from "./same-user.ts";
import { withAskedShare } from "./with-asked-share.ts";

export interface CheckCommand {
  /** The command line's options as commander gives them. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly defaultData: string;
}

/**
 * `nightjar check`: prints what it found; answers the exit code, 0 where all is well (again), 1 where something is left. Rejects where it
 * cannot look.
 */
export async function check({ options, defaultData }: CheckCommand): Promise<0 | 1> {
  const [fix, deep, json] = [options.fix === true, options.deep === true, options.json === true];
  const settings = loadSettings({ options, defaultData });
  const paths = await placedPaths(settings.data);
  const { databaseUrl } = settings;
  const opening = { databaseUrl, dataFolder: paths.root, clock: systemClock, log: silentLog };
  if (fix) await requireSameUser(paths);
  if (fix) await prepareDataFolder(paths);
  const catalog = await (fix ? openCatalog(opening) : openCatalogToRead(opening));
  try {
    const report = await keepAliveDuring(
      withAskedShare({ catalog, keyFile: paths.keyFile, rclone: settings.rclone }, (share) =>
        checkStorage({
          ...{ catalog, share, deep, fix, clock: systemClock, recordings: paths.recordings, workers: paths.workers },
          runningWorkers: () => runningWorkers(paths.workers),
        }),
      ),
    );
    console.log(json ? JSON.stringify(reportToJson(report), null, 2) : checkText(report, { deep, fix }));
    return report.findings.some((finding) => finding.state === "open") ? 1 : 0;
  } finally {
    await catalog.close();
  }
}
