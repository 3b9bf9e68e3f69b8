import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { CameraStatus } from "@nightjar/api/camera";
import type { Permission } from "@nightjar/api/permission";
import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from "fastify";
import { createAccess } from "../access/access.ts";
import { hashPassword } from "../access/passwords.ts";
import { systemClock } from "../base/clock.ts";
import { NightjarError } from "../base/error.ts";
import { EventHub } from "../base/event-hub.ts";
import { createLog } from "../base/log.ts";
import { openSecretBox } from "../base/sealed-secret.ts";
import { SimulatedClock } from "../base/simulated-clock.ts";
import { openCatalog } from "../catalog/open-catalog.ts";
import type { BuiltInRole } from "../catalog/roles.ts";
import { dataPaths } from "../config/settings.ts";
import { openSigningKey } from "../evidence/signing-key.ts";
import { estimateExport } from "../export/estimate-export.ts";
import { ExportQueue } from "../export/export-queue.ts";
import type { ExportDeps } from "../export/ports.ts";
import { TranscodeSlots } from "../ffmpeg/transcode-slots.ts";
import { H264Parts } from "../footage/h264-parts.ts";
import { Pictures } from "../footage/pictures.ts";
import { PlayableParts } from "../footage/playable-part.ts";
import { SegmentReader } from "../footage/segment-reader.ts";
import { diskSegment } from "../footage/segment-source.ts";
import { SyncParts } from "../footage/sync-parts.ts";
import { thumbnailFile } from "../footage/thumbnail-file.ts";
import { TranscodeViewers } from "../footage/transcode-viewers.ts";
import type { RecordAnswer, RecordCommand, Report } from "../ipc/messages.ts";
import { LiveHub } from "../live/live-hub.ts";
import type { CameraFigures } from "../manager/camera-figures.ts";
import { ProcessUsageReader } from "../manager/process-usage.ts";
import type { LedgerState } from "../recording/ledger.ts";
import type { SegmentIndex } from "../recording/segment-index.ts";
import { segmentName } from "../recording/segment-name.ts";
import type { OpenSegment } from "../recording/wire.ts";
import { ShareKeeper } from "../storage/archive/share-keeper.ts";
import { FootageStorage } from "../storage/footage-storage.ts";
import { StorageOrders } from "../storage/keeping/storage-orders.ts";
import { PlaceKeeper } from "../storage/places/place-keeper.ts";
import { createHttpApp } from "./app.ts";
import type { DiskUse } from "./disk-use.ts";
import { Metrics } from "./metrics.ts";
import type { FootageReader, HttpDeps, HttpSettings, ProbeCommand } from "./ports.ts";

export const NOW_MS = Date.UTC(2026, 3, 9, 14, 30);
export const PASSWORD = "correct horse battery";
export const CAMERA_PASSWORD = "s3cret-of-the-camera";

/** Footage made of GOPs of two seconds in fragments of half a second: 1000 bytes each, behind 100 bytes of init segment. */
const FRAGMENT_MS = 500;
const FRAGMENT_BYTES = 1000;
const INIT_BYTES = 100;
const GOP_FRAGMENTS = 4;

export function segmentBytes(durationMs: number): Buffer {
  const bytes = Buffer.alloc(INIT_BYTES + (durationMs / FRAGMENT_MS) * FRAGMENT_BYTES);
  for (let i = 0; i < bytes.length; i++) bytes[i] = (i * 31) % 251;
  return bytes;
}

function indexOf(sizeBytes: number): SegmentIndex {
  const count = Math.floor((sizeBytes - INIT_BYTES) / FRAGMENT_BYTES);
  return {
    timescale: 90_000,
    codecs: "avc1.640028",
    fragments: Array.from({ length: count }, (_, i) => ({
      offsetBytes: INIT_BYTES + i * FRAGMENT_BYTES,
      sizeBytes: FRAGMENT_BYTES,
      decodeTicks: i * FRAGMENT_MS * 90,
      durationTicks: FRAGMENT_MS * 90,
      sync: i % GOP_FRAGMENTS === 0,
    })),
  };
}

/** The second one does not answer. */
const DISKS: readonly DiskUse[] = [
  { name: "data", path: "/srv/nightjar", sizeBytes: 1000, freeBytes: 250 },
  { name: "recordings", path: "/mnt/share", sizeBytes: null, freeBytes: null },
];

export interface Installation {
  readonly app: FastifyInstance;
  readonly deps: HttpDeps;
  readonly exportDeps: ExportDeps;
  readonly clock: SimulatedClock;
  readonly folder: string;
  /** Everything that was logged so far. */
  readonly logged: () => string;
  readonly statuses: Map<number, CameraStatus>;
  readonly openSegments: Map<number, OpenSegment>;
  /** What the manager tells of the workers, in numbers. */
  readonly figures: CameraFigures[];
  readonly changedCameras: number[];
  /** When workers were told that schedules or defaults are others. */
  readonly ruleChanges: number[];
  /** What the workers answer to a wish; cameras that are not in it have no worker. */
  readonly recordAnswers: Map<number, RecordAnswer>;
  readonly recorded: { cameraId: number; command: RecordCommand }[];
  readonly probed: ProbeCommand[];
  /** Token of the administrator `ada`. */
  readonly admin: string;
  call(options: InjectOptions & { token?: string | null }): Promise<LightMyRequestResponse>;
  tokenFor(username: string, role: BuiltInRole, tenantId?: number): Promise<string>;
  apiToken(permissions: Permission[]): Promise<string>;
  addCamera(tenantId?: number): Promise<number>;
  addTenant(): Promise<number>;
  /** Gives the camera this uuid, which its files carry, and takes it from whoever has it. */
  own(cameraId: number, uuid: string): Promise<void>;
  /** A closed (or, with `open`, growing) segment with its file: plain bytes, or those of a real one. Answers its name. */
  addSegment(
    cameraId: number,
    startMs: number,
    durationMs: number,
    how?: { open?: true; runId?: string; file?: Buffer },
  ): Promise<string>;
  /** Has the catalog say that the camera's segments lie on the share, with so many bytes each. */
  putOnShare(cameraId: number, sizeBytes: number): Promise<void>;
  /** A line of the camera's ledger. */
  note(cameraId: number, atMs: number, state: LedgerState): Promise<void>;
  path(cameraId: number, name: string): string;
  close(): Promise<void>;
}

/** A whole server but for workers and cameras: real catalog, access and HTTP application, segment files of plain bytes. */
export async function startInstallation(settings: Partial<HttpSettings> = {}): Promise<Installation> {
  const folder = await mkdtemp(join(tmpdir(), "nightjar-http-"));
  const clock = new SimulatedClock(NOW_MS);
  const lines: string[] = [];
  const log = createLog({ level: "debug", outputs: [{ format: "json", write: (line) => lines.push(line) }] });
  const databaseFile = join(folder, "catalog.sqlite");
  const figures: CameraFigures[] = [];
  const usageReader = new ProcessUsageReader(clock);
  const metrics = new Metrics("0.1.0-test");
  const catalog = await openCatalog({
    databaseUrl: `sqlite:${databaseFile}`,
    clock,
    log,
    onQuery: (durationMs) => metrics.queried(durationMs),
  });
  const access = createAccess({ catalog, clock });
  await access.firstStart({ username: "ada", password: PASSWORD });
  const statuses = new Map<number, CameraStatus>();
  const openSegments = new Map<number, OpenSegment>();
  const changedCameras: number[] = [];
  const ruleChanges: number[] = [];
  const recordAnswers = new Map<number, RecordAnswer>();
  const recorded: { cameraId: number; command: RecordCommand }[] = [];
  const probed: ProbeCommand[] = [];
  const path = (cameraId: number, name: string) => join(folder, "recordings", String(cameraId), name);
  const reader = new SegmentReader();
  const reading = { ffmpeg: "ffmpeg", reader, clock: systemClock };
  const playable = new PlayableParts(reading);
  const footage: FootageReader = {
    segment: (camera, { name }) => diskSegment(path(camera.id, name)),
    readIndex: async (camera, segment) => {
      const bytes = await readFile(path(camera.id, segment.name));
      const real = bytes.toString("latin1", 4, 8) === "ftyp";
      return real ? reader.index(path(camera.id, segment.name)) : indexOf(bytes.length);
    },
    playableInit: (camera, { name }) => playable.init(path(camera.id, name)),
    playablePart: (camera, { name }, { after, ...range }, signal) => {
      const afterSource = after === null ? null : path(camera.id, after.name);
      return playable.part(path(camera.id, name), { ...range, afterSource }, signal);
    },
    thumbnailsPath: (camera, name) => thumbnailFile(join(folder, "thumbnails", String(camera.id)), name),
    pictures: new Pictures(reading),
    sync: new SyncParts(reader),
    h264: new H264Parts({ ...reading, playable }),
    init: async (camera, { name }) => (await readFile(path(camera.id, name))).subarray(0, INIT_BYTES),
  };
  const events = new EventHub(clock);
  const paths = dataPaths(folder);
  const orders = new StorageOrders(null, paths);
  const places = new PlaceKeeper({ catalog, paths, orders });
  await places.start();
  const secretBox = await openSecretBox(join(folder, "secret.key"));
  const shareFolder = { rclone: "rclone", folder: paths.share };
  const share = new ShareKeeper({ ...{ catalog, secretBox, clock: systemClock, log }, ...shareFolder });
  await share.start();
  const storage = await FootageStorage.open({
    ...{ catalog, clock, log, events, paths, orders, places, share },
    workers: {
      hasWorker: () => false,
      deleteByWorker: async () => null,
      openSegments: () => [],
      bytesPerSecond: () => 0,
      recordingRulesChanged: async () => {},
    },
    spaceOf: async () => ({ sizeBytes: 1e12, freeBytes: 5e11 }),
    showAlerts: async () => {},
  });
  const signingKey = await openSigningKey(join(folder, "signing.key"), secretBox);
  const exportDeps: ExportDeps = {
    ...{
      catalog,
      clock,
      log,
      audit: access.audit,
      events,
      reader,
      ffmpeg: "ffmpeg",
      signingKey,
      version: "0.1.0-test",
    },
    folder: paths.exports,
    requireVolume: () => places.requireExports(),
    segment: footage.segment,
  };
  const deps: HttpDeps = {
    settings: {
      tls: null,
      trustProxy: false,
      timeZone: "Europe/Berlin",
      approvedRoots: [folder],
      webFolder: join(folder, "web"),
      version: "0.1.0-test",
      ...settings,
    },
    log,
    clock,
    catalog,
    access,
    secretBox,
    events,
    runtime: {
      status: (id) => statuses.get(id) ?? null,
      openSegments: (id) => [...openSegments].flatMap(([cameraId, open]) => (cameraId === id ? [open] : [])),
      figures: () => figures,
      cameraChanged: (id) => void changedCameras.push(id),
      recordingRulesChanged: async () => void ruleChanges.push(clock.nowMs()),
      record: async (cameraId, command) => {
        const answer = recordAnswers.get(cameraId);
        if (answer === undefined)
          throw new NightjarError("worker_unavailable", `The worker of camera ${cameraId} does not answer.`);
        recorded.push({ cameraId, command });
        return answer;
      },
    },
    storage,
    probe: {
      async probe(command) {
        probed.push(command);
        return {
          video: {
            codec: "h264",
            profile: null,
            width: 640,
            height: 360,
            fps: 25,
            key_frame_interval_seconds: null,
            bitrate_bps: null,
          },
          audio: null,
          advice: [],
          picture_jpeg_base64: null,
        };
      },
    },
    footage,
    exports: {
      queue: new ExportQueue(exportDeps),
      folder: exportDeps.folder,
      publicKey: signingKey.publicKey,
      estimate: (cameras, order) => estimateExport(exportDeps, cameras, order),
    },
    live: new LiveHub({
      socketPath: ({ tenantId, id }) => join(folder, `${tenantId}-${id}.live`),
      ffmpeg: "ffmpeg",
      slots: new TranscodeSlots(),
      clock: systemClock,
      log,
    }),
    transcodes: new TranscodeViewers(new TranscodeSlots(), clock),
    healthChecks: [],
    metrics,
    disks: async () => DISKS,
    processUsage: (pids) => usageReader.usage(pids),
  };
  const app = createHttpApp(deps);
  await app.ready();
  const passwordHash = await hashPassword(PASSWORD);
  const login = async (username: string) =>
    (await access.login({ username, password: PASSWORD, address: "::1" })).token;
  const admin = await login("ada");
  let sequence = 0;
  const report = async (cameraId: number, what: Report) => {
    const every = await catalog.acrossTenants.everyCamera();
    const tenantId = every.find(({ id }) => id === cameraId)?.tenantId ?? 1;
    const outcome = await catalog.acrossTenants.takeReport({
      workerName: `${tenantId}-${cameraId}`,
      workerUuid: "journal",
      sequence: ++sequence,
      tenantId,
      cameraId,
      report: what,
    });
    if (outcome.kind !== "stored" && outcome.kind !== "noted")
      throw new Error(`the report was not stored: ${JSON.stringify(outcome)}`);
  };

  return {
    app,
    deps,
    exportDeps,
    clock,
    folder,
    logged: () => lines.join(""),
    statuses,
    openSegments,
    figures,
    changedCameras,
    ruleChanges,
    recordAnswers,
    recorded,
    probed,
    admin,
    path,
    async call({ token = admin, ...options }) {
      const headers = { ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...options.headers };
      return app.inject({ ...options, headers });
    },
    async tokenFor(username, role, tenantId = 1) {
      await catalog.tenant(tenantId).users.create({ username, passwordHash, role });
      return login(username);
    },
    async apiToken(permissions) {
      const principal = await access.authenticate(admin);
      if (principal === null) throw new Error("the administrator's session has ended");
      return (await access.tokens.create(principal, { name: "script", permissions, expiresAtMs: null }, "::1")).token;
    },
    async addCamera(tenantId = 1) {
      const camera = await catalog.tenant(tenantId).cameras.create({
        name: "Door",
        groupId: null,
        enabled: true,
        timeZone: "Europe/Berlin",
        streams: { main: { url: "rtsp://10.0.0.7/main" }, sub: null },
        username: "viewer",
        passwordSealed: deps.secretBox.seal(CAMERA_PASSWORD),
        transport: "tcp",
        recording: {},
        audio: null,
      });
      await mkdir(join(folder, "recordings", String(camera.id)), { recursive: true });
      return camera.id;
    },
    async addTenant() {
      await executeSql(databaseFile, "insert into tenants (name) values ('Second')");
      return 2;
    },
    async own(cameraId, uuid) {
      await executeSql(databaseFile, `update cameras set uuid = 'was-' || id where uuid = '${uuid}'`);
      await executeSql(databaseFile, `update cameras set uuid = '${uuid}' where id = ${cameraId}`);
    },
    async addSegment(cameraId, startMs, durationMs, how = {}) {
      const name = segmentName(startMs);
      const bytes = how.file ?? segmentBytes(durationMs);
      const common = { name, runId: how.runId ?? "run-1", number: 0, startMs, recordingKind: "continuous" as const };
      await writeFile(path(cameraId, name), bytes);
      await report(cameraId, { kind: "segment_opened", ...common });
      const endMs = startMs + durationMs;
      if (how.open) openSegments.set(cameraId, { name, startMs, endMs, sizeBytes: bytes.length });
      else {
        const end = { endMs, sizeBytes: bytes.length, state: "closed" as const, payloadSha256: "0f".repeat(32) };
        await report(cameraId, { kind: "segment_closed", ...common, ...end });
      }
      return name;
    },
    putOnShare(cameraId, sizeBytes) {
      const set = `on_share = 1, size_bytes = ${sizeBytes}`;
      return executeSql(databaseFile, `update segments set ${set} where camera_id = ${cameraId}`);
    },
    note: (cameraId, atMs, state) => report(cameraId, { kind: "ledger_noted", atMs, state }),
    async close() {
      await app.close();
      await deps.exports.queue.close();
      await storage.close();
      deps.events.close();
      await catalog.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** Beside the catalog, for what it has no query for. */
async function executeSql(databaseFile: string, statement: string): Promise<void> {
  const script = `const { DatabaseSync } = require("@photostructure/sqlite");
    new DatabaseSync(process.argv[1], { timeout: 5000 }).exec(process.argv[2]);`;
  await promisify(execFile)(process.execPath, ["-e", script, databaseFile, statement], { cwd: import.meta.dirname });
}
