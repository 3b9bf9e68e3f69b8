import { z } from "zod";
import { CameraStatus } from "./camera.ts";
import { Instant } from "./time.ts";

/** What one process, or several together, use now. */
export const ProcessUsage = z
  .object({
    cpu_percent: z.number().describe("Of one core, since it was last asked for; at first since the process began"),
    memory_bytes: z
      .number()
      .int()
      .describe("Shared memory divided among those who share it, where the system tells; else all that is resident"),
  })
  .meta({ id: "ProcessUsage" });

/** A worker, or the place of one that should run. */
export const WorkerState = z
  .object({
    name: z.string(),
    camera_id: z.number().int(),
    tenant_id: z.number().int(),
    pid: z.number().int().nullable().describe("null: it does not run now"),
    started_at: Instant.nullable(),
    restarts: z.number().int().describe("Since the server's start"),
    parked: CameraStatus.shape.worker.unwrap().shape.parked,
    connection: CameraStatus.shape.connection,
    recording: z.boolean(),
    usage: ProcessUsage.nullable(),
    ffmpeg: ProcessUsage.nullable().describe("The programs that the worker runs, all together"),
  })
  .meta({ id: "WorkerState" });

/** A folder for files, and the file system that it is on. */
export const Place = z
  .object({
    name: z.string(),
    path: z.string(),
    size_bytes: z.number().int().nullable().describe("Of the whole file system; null: it does not answer"),
    free_bytes: z.number().int().nullable().describe("What may still be written"),
  })
  .meta({ id: "Place" });
export type Place = z.infer<typeof Place>;

export const SystemStatus = z
  .object({
    version: z.string(),
    started_at: Instant,
    server: z.object({ pid: z.number().int(), usage: ProcessUsage.nullable() }),
    workers: z.array(WorkerState),
    places: z.array(Place),
    counts: z.object({
      cameras: z.number().int(),
      cameras_enabled: z.number().int(),
      cameras_recording: z.number().int(),
      alerts_open: z.number().int(),
      segments: z.number().int(),
      segment_bytes: z.number().int().describe("Of all closed segments"),
    }),
  })
  .meta({ id: "SystemStatus" });
export type SystemStatus = z.infer<typeof SystemStatus>;
