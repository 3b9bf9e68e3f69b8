import { readFile, rmdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createAccess } from "../access/access.ts";
import { systemClock } from "../base/clock.ts";
import { NightjarError, systemErrorCode } from "../base/error.ts";
import { EventHub } from "../base/event-hub.ts";
import type { Log } from "../base/log.ts";
import { openSecretBox, type SecretBox } from "../base/sealed-secret.ts";
import { openCatalog } from "../catalog/open-catalog.ts";
import { loadSettings } from "../config/load-settings.ts";
import { placedPaths } from "../config/placed-paths.ts";
import { prepareRunFolder } from "../config/run-folder.ts";
import type { DataPaths, Settings } from "../config/settings.ts";
import { probeStream } from "../ffmpeg/probe.ts";
import { TranscodeSlots } from "../ffmpeg/transcode-slots.ts";
import { TranscodeViewers } from "../footage/transcode-viewers.ts";
import { createHttpApp } from "../http/app.ts";
import { Metrics } from "../http/metrics.ts";
import { liveSocketPath } from "../ipc/live-frames.ts";
import { workerName } from "../ipc/messages.ts";
import { LiveHub } from "../live/live-hub.ts";
import { AlertBoard } from "../manager/alert-board.ts";
import { CameraManager } from "../manager/camera-manager.ts";
import { ProcessUsageReader } from "../manager/process-usage.ts";
import type { WorkerBackend } from "../manager/worker-backend.ts";
import { ShareKeeper } from "../storage/archive/share-keeper.ts";
import { FootageStorage } from "../storage/footage-storage.ts";
import { keepFootageApart } from "../storage/keep-footage-apart.ts";
import { StorageOrders } from "../storage/keeping/storage-orders.ts";
import { PlaceKeeper } from "../storage/places/place-keeper.ts";
import { addDemoCameras } from "./demo-cameras.ts";
import { diskUse, folderSpace } from "./disk-use.ts";
import { type End, EndRequests } from "./end-requests.ts";
import { exportService } from "./export-service.ts";
import { footageReader } from "./footage-reader.ts";
import { healthChecks } from "./health-checks.ts";
import { keepAliveDuring } from "./keep-alive.ts";
import { prepareDataFolder } from "./prepare-data-folder.ts";
import { withServerLog } from "./server-log.ts";
import { programVersion } from "./version.ts";
import { welcome } from "./welcome.ts";
import { workerBackend } from "./worker-backend.ts";

export interface ServeOptions {
  /** The command line's options as commander gives them. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly defaultData: string;
  readonly demo: boolean;
}

/**
 * `nightjar serve`: runs until SIGTERM or SIGINT, which stop everything, workers too unless systemd runs them. SIGHUP starts it anew with
 * the settings read again, while the workers go on. Rejects with what keeps it from starting.
 */
export async function serve(options: ServeOptions): Promise<void> {
  const requests = new EndRequests();
  let end: End;
  do {
    end = await keepAliveDuring(serveOnce(options, requests));
  } while (end === "restart");
  process.exit(0);
}

async function serveOnce(options: ServeOptions, requests: EndRequests): Promise<End> {
  const settings = loadSettings(options);
  const paths = await placedPaths(settings.data);
  await prepareDataFolder(paths);
  return withServerLog({ level: settings.logLevel, folder: paths.logs }, (log) =>
    serveLogging(options, requests, { settings, paths, log }),
  );
}

async function serveLogging(
  options: ServeOptions,
  requests: EndRequests,
  { settings, paths, log }: Pick<ManagerParts, "settings" | "paths" | "log">,
): Promise<End> {
  const secretBox = await openSecretBox(paths.keyFile);
  const runFolder = await prepareRunFolder(settings.run, paths.root);
  const metrics = new Metrics(programVersion());
  const catalog = await openCatalog({
    databaseUrl: settings.databaseUrl,
    dataFolder: paths.root,
    clock: systemClock,
    log,
    onQuery: (durationMs) => metrics.queried(durationMs),
  });
  const access = createAccess({ catalog, clock: systemClock });
  const events = new EventHub(systemClock);
  const usageReader = new ProcessUsageReader(systemClock);
  const backend = workerBackend(settings, paths, log);
  const common = { settings, paths, secretBox, catalog, events, log };
  const { orders, places, share, manager, storage } = await openFootage({ ...common, runFolder, backend });
  const footage = footageReader(paths, settings.ffmpeg, () => share.share);
  const exports = await exportService({ ...common, footage, access, places });
  const slots = new TranscodeSlots();
  const live = new LiveHub({
    socketPath: ({ tenantId, id }) => liveSocketPath(join(runFolder, `${workerName(tenantId, id)}.sock`)),
    ffmpeg: settings.ffmpeg,
    slots,
    clock: systemClock,
    log: log.named("live"),
  });
  const app = createHttpApp({
    settings: await httpSettings(settings, places),
    log,
    clock: systemClock,
    catalog,
    access,
    secretBox,
    events,
    runtime: manager,
    storage,
    probe: { probe: (command) => probeStream(settings.ffmpeg, command, systemClock) },
    footage,
    exports,
    live,
    transcodes: new TranscodeViewers(slots, systemClock),
    healthChecks: healthChecks(settings, paths, orders),
    metrics,
    disks: diskUse(paths, systemClock),
    processUsage: (pids) => usageReader.usage(pids),
  });
  try {
    await keepFootageApart({ catalog, recordings: paths.recordings, log });
    const first = await access.firstStart(settings.admin);
    await listen(app, settings);
    if (options.demo) await addDemoCameras(catalog);
    await manager.start();
    storage.start();
    await exports.queue.start();
    exports.chainSigner.start();
    console.log(welcome(settings, first.setupCode, await access.setupRequired()));
    const { end, signal } = await requests.next();
    const keepWorkers = end === "restart" || backend.workersOutliveServer;
    const what = keepWorkers ? "the workers go on" : "open segments are being closed";
    log.info(`${end === "restart" ? "restarting" : "stopping"}: ${what}`, { signal });
    await app.close();
    live.close();
    await exports.chainSigner.close();
    await exports.queue.close();
    await storage.close();
    await manager.close({ keepWorkers });
    return end;
  } finally {
    events.close();
    await catalog.close();
    // Empty once no worker is left; it stays while workers go on.
    await rmdir(runFolder).catch(() => {});
  }
}

/** Cameras and what becomes of their footage. Rejects when the catalog does not answer. */
async function openFootage({ secretBox, ...parts }: FootageParts) {
  const { catalog, events, log, paths, settings } = parts;
  const share = new ShareKeeper({
    ...{ catalog, secretBox, clock: systemClock, log: log.named("share") },
    ...{ rclone: settings.rclone, folder: paths.share },
  });
  await share.start();
  const orders = new StorageOrders(null, paths);
  const places = new PlaceKeeper({ catalog, paths, orders });
  await places.start();
  const manager = createManager({ ...parts, orders, onFootageChanged: () => storage.changed() });
  const alerts = new AlertBoard({ catalog, events, log });
  const storage = await FootageStorage.open({
    ...{ catalog, clock: systemClock, log, events, paths, orders, places, workers: manager, share },
    spaceOf: folderSpace(systemClock),
    showAlerts: (shown) => alerts.show(shown),
  });
  return { orders, places, share, manager, storage };
}

interface FootageParts extends Omit<ManagerParts, "orders" | "onFootageChanged"> {
  readonly secretBox: SecretBox;
}

interface ManagerParts {
  readonly settings: Settings;
  readonly paths: DataPaths;
  readonly runFolder: string;
  readonly backend: WorkerBackend;
  readonly catalog: Awaited<ReturnType<typeof openCatalog>>;
  readonly events: EventHub;
  readonly log: Log;
  readonly orders: StorageOrders;
  readonly onFootageChanged: () => void;
}

function createManager({ settings, paths, runFolder, log, ...parts }: ManagerParts): CameraManager {
  return new CameraManager({
    ...parts,
    clock: systemClock,
    log: log.named("manager"),
    places: {
      get recordings() {
        return paths.recordings;
      },
      get thumbnails() {
        return settings.thumbnails ? paths.thumbnails : null;
      },
      workers: paths.workers,
      run: runFolder,
      keyFile: paths.keyFile,
    },
    ffmpeg: settings.ffmpeg,
    logLevel: settings.logLevel,
    version: programVersion(),
  });
}

async function httpSettings(settings: Settings, places: PlaceKeeper) {
  return {
    tls:
      settings.tls === null
        ? null
        : { cert: await readPem(settings.tls.certFile), key: await readPem(settings.tls.keyFile) },
    trustProxy: settings.trustProxy,
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    get approvedRoots() {
      return places.approvedRoots;
    },
    webFolder: fileURLToPath(new URL("../../../web/dist", import.meta.url)),
    version: programVersion(),
  };
}

async function readPem(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw new NightjarError("invalid_field", `The file ${file} of the TLS settings cannot be read.`, { cause });
  }
}

async function listen(app: ReturnType<typeof createHttpApp>, { host, port }: Settings): Promise<void> {
  try {
    await app.listen({ host, port });
  } catch (cause) {
    const code = systemErrorCode(cause);
    if (code === "EADDRINUSE") {
      throw new NightjarError(
        "unavailable",
        `Port ${port} on ${host} is taken by another program, perhaps another Nightjar. Stop it, or choose another port with NIGHTJAR_PORT.`,
        { cause },
      );
    }
    if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND") {
      throw new NightjarError(
        "unavailable",
        `${host} is no address of this machine. Set NIGHTJAR_HOST to one, to 127.0.0.1 or to 0.0.0.0.`,
        { cause },
      );
    }
    if (code === "EACCES") {
      throw new NightjarError(
        "unavailable",
        `Port ${port} may not be opened by this user. Choose one above 1023 with NIGHTJAR_PORT.`,
        { cause },
      );
    }
    throw cause;
  }
}
