import { copyFile, link, mkdir, mkdtemp, rm, stat } from "node:fs/promises";
import { Agent, get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { cameraRoutes, recordingRoutes, storageRoutes } from "@nightjar/api/routes";
import { addCamera, listSegments, segmentPath } from "../e2e/harness/footage-of.ts";
import { type Nightjar, startNightjar } from "../e2e/harness/nightjar.ts";
import { waitFor } from "../e2e/harness/wait.ts";
// The one thing of the server: the PostgreSQL of its own tests.
import { PostgresServer } from "../server/src/catalog/postgres-server.contract.ts";
import type { Benchmark, Measurement } from "./benchmark.ts";
import {
  LARGE_CATALOG_CAMERAS,
  LARGE_CATALOG_SEGMENT_MS,
  makeLargeCatalog,
  makeLargePostgresCatalog,
} from "./large-catalog.ts";

/** `BENCH_SEGMENTS=100000 npm run bench -- catalog` to see whether it works. */
const SEGMENTS = Number(process.env.BENCH_SEGMENTS ?? 10_000_000);
const POSTGRES_SEGMENTS = Math.min(SEGMENTS, 1_000_000);
const CALLS = 200;
const DAY_MS = 86_400_000;
/** Of what all takes: some hundreds of the ten million are over the limit that the plan is asked for. */
const EXCESS_SHARE = 0.00005;
/** A file can have some ten thousand names. */
const NAMES_PER_FILE = 30_000;
/** The first byte of RFC 1952. */
const GZIP_MAGIC = 0x1f;

export const catalog: Benchmark = {
  name: "catalog",
  about: `Questions to a catalog of ${SEGMENTS / 1e6} million segments of 64 cameras in SQLite, and of ${POSTGRES_SEGMENTS / 1e6} million in PostgreSQL, over HTTP on loopback; p95 of ${CALLS} calls, each of another camera and day. What is asked for with GET is timed up to the last byte of the answer, compressed as browsers ask for it; that it is one is looked at after that. Files of playlists are one segment of 240 s under many names. Playlists are asked for twice: as after a reindex, when every file has to be read, and by a server started anew, as it is otherwise.`,
  async run(report) {
    const dataFolder = await mkdtemp(join(tmpdir(), "nightjar-bench-"));
    try {
      report(`recording a segment of ${LARGE_CATALOG_SEGMENT_MS / 1000} s`);
      const file = await recordSegment(dataFolder);
      return [...(await inSqlite(file, report)), ...(await inPostgres(file, report))];
    } finally {
      await rm(dataFolder, { recursive: true, force: true });
    }
  },
};

async function inSqlite(file: string, report: (text: string) => void): Promise<Measurement[]> {
  const dataFolder = await mkdtemp(join(tmpdir(), "nightjar-bench-"));
  try {
    report(`filling a catalog in SQLite with ${SEGMENTS} segments`);
    const segments = await makeLargeCatalog(dataFolder, SEGMENTS, (await stat(file)).size);
    return await ask({ dataFolder, environment: {}, what: "SQLite", segments, file, report });
  } finally {
    await rm(dataFolder, { recursive: true, force: true });
  }
}

async function inPostgres(file: string, report: (text: string) => void): Promise<Measurement[]> {
  const dataFolder = await mkdtemp(join(tmpdir(), "nightjar-bench-"));
  const server = await PostgresServer.start();
  try {
    report(`filling a catalog in PostgreSQL with ${POSTGRES_SEGMENTS} segments`);
    const environment = { NIGHTJAR_DATABASE_URL: server.url("postgres") };
    const execute = (statement: string) => server.execute("postgres", statement);
    const size = { segments: POSTGRES_SEGMENTS, bytes: (await stat(file)).size };
    const segments = await makeLargePostgresCatalog(dataFolder, size, environment, execute);
    return await ask({ dataFolder, environment, what: "PostgreSQL", segments, file, report });
  } finally {
    await server.close();
    await rm(dataFolder, { recursive: true, force: true });
  }
}

/** A closed file of the whole length, at 2 fragments a second and more, as cameras' are. */
async function recordSegment(dataFolder: string): Promise<string> {
  const nightjar = await startNightjar({ dataFolder });
  try {
    const recording = { segment_seconds: LARGE_CATALOG_SEGMENT_MS / 1000 };
    const { id } = await addCamera(nightjar, "pattern:clock?size=160x120&fps=10", { recording });
    const whole = async () =>
      (await listSegments(nightjar, id)).find(
        ({ state, duration_seconds }) =>
          state === "closed" && Math.abs(duration_seconds * 1000 - LARGE_CATALOG_SEGMENT_MS) < 5000,
      );
    const withinMs = 2 * LARGE_CATALOG_SEGMENT_MS + 60_000;
    const segment = await waitFor("a whole segment", whole, { withinMs, everyMs: 1000, onTimeout: nightjar.logText });
    const file = join(dataFolder, "segment.mp4");
    await copyFile(segmentPath(dataFolder, segment), file);
    return file;
  } finally {
    await nightjar.stop();
  }
}

interface Asked {
  readonly dataFolder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly what: string;
  readonly segments: number;
  readonly file: string;
  readonly report: (text: string) => void;
}

/** Which camera and which day a call is about: another one each time, spread over all there is. */
function subjectOf(call: number, segments: number) {
  const days = Math.floor((segments / LARGE_CATALOG_CAMERAS) * (LARGE_CATALOG_SEGMENT_MS / DAY_MS)) - 2;
  const todayMs = Math.floor(Date.now() / DAY_MS) * DAY_MS;
  const startMs = todayMs - (1 + ((call * 37) % Math.max(1, days))) * DAY_MS;
  return { cameraNumber: call % LARGE_CATALOG_CAMERAS, startMs, endMs: startMs + DAY_MS };
}

interface Question {
  readonly name: string;
  readonly budget: number | null;
  readonly call: (n: number) => Promise<unknown>;
  /** Throws when the answer is not one; not timed. */
  readonly check?: (answer: unknown) => void;
}

async function ask(asked: Asked): Promise<Measurement[]> {
  const { report } = asked;
  const first = await askServer(asked, async ({ ofRows, playlist, ids }) => {
    report(`giving the days of ${CALLS} playlists their files`);
    await linkFiles(asked, ids);
    return [...ofRows, { ...playlist, ...NEVER_ASKED_FOR }];
  });
  // By a server that has nothing in its memory: what the first one kept of the files is in the catalog.
  return [...first, ...(await askServer(asked, async ({ playlist }) => [playlist]))];
}

/** Starts the server and asks it what is chosen. */
async function askServer(
  { dataFolder, environment, what, segments, report }: Asked,
  choose: (all: Questions) => Promise<readonly Question[]>,
): Promise<Measurement[]> {
  const nightjar = await startNightjar({ dataFolder, environment });
  try {
    const measurements: Measurement[] = [];
    for (const { name, budget, call, check } of await choose(await questions(nightjar, segments))) {
      report(`asking ${CALLS} times: ${name}`);
      const of = `${what}, ${segments} segments`;
      measurements.push({ what: `${of}: ${name}, p95`, unit: "ms", values: [await p95(call, check)], budget });
    }
    return measurements;
  } finally {
    await nightjar.stop();
  }
}

/** Every file has to be read then. No budget: that is so once, and only after a reindex. */
const NEVER_ASKED_FOR = { name: "playlist of 24 h that was never asked for, as after a reindex", budget: null };

async function linkFiles({ dataFolder, segments, file }: Asked, ids: readonly number[]): Promise<void> {
  let names = 0;
  let source = file;
  for (let call = 0; call < CALLS; call += 1) {
    const { cameraNumber, startMs, endMs } = subjectOf(call, segments);
    const folder = join(dataFolder, "recordings", String(ids[cameraNumber]));
    await mkdir(folder, { recursive: true });
    for (let ms = startMs; ms < endMs; ms += LARGE_CATALOG_SEGMENT_MS) {
      if (names++ % NAMES_PER_FILE === 0) {
        source = `${dataFolder}/segment-${names}.mp4`;
        await copyFile(file, source);
      }
      const name = new Date(ms).toISOString().slice(0, 19).replace("T", "_").replaceAll(":", "-");
      await link(source, join(folder, `${name}.mp4`)).catch((error: NodeJS.ErrnoException) => {
        // A short run has fewer days than calls.
        if (error.code !== "EEXIST") throw error;
      });
    }
  }
}

interface Questions {
  /** Of the cameras. */
  readonly ids: readonly number[];
  readonly ofRows: readonly Question[];
  readonly playlist: Question;
}

async function questions({ client, baseUrl, token }: Nightjar, segments: number): Promise<Questions> {
  const { cameras } = await client(cameraRoutes.list, { query: { limit: LARGE_CATALOG_CAMERAS } });
  const ids = cameras.map(({ id }) => id).sort((a, b) => a - b);
  const { size_bytes } = await client(storageRoutes.state, {});
  const limitGb = (size_bytes * (1 - EXCESS_SHARE)) / 1e9;
  const storage = { retention: { days: 0, hours: 0, minutes: 0 }, max_storage_gb: limitGb };
  const iso = (ms: number) => new Date(ms).toISOString();
  const spanOf = (n: number) => {
    const { cameraNumber, startMs, endMs } = subjectOf(n, segments);
    return { camera_id: ids[cameraNumber] ?? 0, start: iso(startMs), end: iso(endMs) };
  };
  const recordings = (what: string, query: Readonly<Record<string, string | number>>) => {
    const search = new URLSearchParams(Object.entries(query).map(([key, value]) => [key, String(value)]));
    const headers = { authorization: `Bearer ${token}`, "accept-encoding": "gzip" };
    return answerTo(`${baseUrl}/api/recordings/${what}?${search}`, headers);
  };
  const ofRows: readonly Question[] = [
    {
      name: "days of a month",
      budget: 15,
      call: (n) => {
        const { camera_id, start } = spanOf(n);
        return recordings("days", { camera_id, month: start.slice(0, 7) });
      },
      check: (answer) => checkSome(recordingRoutes.days.response.parse(JSON.parse(textOf(answer))).days),
    },
    {
      name: "timeline of a day",
      budget: 20,
      call: (n) => recordings("timeline", spanOf(n)),
      check: (answer) => checkSome(recordingRoutes.timeline.response.parse(JSON.parse(textOf(answer))).recordings),
    },
    {
      name: "plan of what goes, oldest first",
      budget: 100,
      call: () => client(storageRoutes.dryRun, { body: { settings: { storage } } }),
    },
  ];
  const playlist = (n: number) => recordings("playlist.m3u8", spanOf(n));
  return { ids, ofRows, playlist: { name: "playlist of 24 h", budget: 60, call: playlist, check: checkPlaylist } };
}

const connections = new Agent({ keepAlive: true });

/** The bytes of an answer as they came: what a client makes of them is not measured; of a playlist's megabyte it would be a third of the time. */
function answerTo(url: string, headers: Record<string, string>): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent: connections, headers }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("end", () => resolve(Buffer.concat(parts)));
      response.on("error", reject);
    });
    request.on("error", reject);
  });
}

function textOf(answer: unknown): string {
  const bytes = answer as Buffer;
  return (bytes[0] === GZIP_MAGIC ? gunzipSync(bytes) : bytes).toString();
}

function checkSome(found: readonly unknown[]): void {
  if (found.length === 0) throw new Error("There is footage, and the answer tells of none.");
}

function checkPlaylist(answer: unknown): void {
  const text = textOf(answer);
  if (!text.includes("#EXT-X-ENDLIST")) throw new Error(`No playlist of a day: ${text.slice(0, 500)}`);
}

async function p95(call: Question["call"], check: Question["check"]): Promise<number> {
  const tookMs: number[] = [];
  for (let n = 0; n < CALLS; n++) {
    const startedMs = performance.now();
    const answer = await call(n);
    tookMs.push(performance.now() - startedMs);
    check?.(answer);
  }
  return tookMs.sort((a, b) => a - b)[Math.ceil(CALLS * 0.95) - 1] ?? Number.NaN;
}
