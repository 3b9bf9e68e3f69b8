import { fileURLToPath } from "node:url";
import { systemClock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import { childEnvironment } from "../config/child-environment.ts";
import type { DataPaths, Settings } from "../config/settings.ts";
import { ProcessBackend } from "../manager/process-backend.ts";
import { SystemdBackend } from "../manager/systemd-backend.ts";
import type { WorkerBackend } from "../manager/worker-backend.ts";

/** A worker's own JavaScript is little and seldom hot: compiling it further costs more than it brings, measured. */
const WORKER_NODE_OPTIONS = ["--no-opt"];

/** What runs the workers, as the settings say. */
export function workerBackend({ workerBackend: kind }: Settings, paths: DataPaths, log: Log): WorkerBackend {
  const options = { environment: childEnvironment(), clock: systemClock, log: log.named("workers") };
  if (kind === "systemd") return new SystemdBackend({ ...options, workersFolder: paths.workers });
  const program = fileURLToPath(new URL("../../bin/nightjar.mjs", import.meta.url));
  return new ProcessBackend({
    ...options,
    command: [process.execPath, ...WORKER_NODE_OPTIONS, program],
    workersFolder: paths.workers,
    logFolder: paths.logs,
  });
}
