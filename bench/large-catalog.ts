import { join } from "node:path";
import { addCamera } from "../e2e/harness/footage-of.ts";
import { startNightjar } from "../e2e/harness/nightjar.ts";
import { PYTHON, runTool } from "../e2e/rig/tool.ts";

const FILL = join(import.meta.dirname, "fill-catalog.py");
export const LARGE_CATALOG_CAMERAS = 64;
/** Every segment begins at a multiple of it. */
export const LARGE_CATALOG_SEGMENT_MS = 240_000;
/** 2 Mbit/s. */
const SEGMENT_BYTES = LARGE_CATALOG_SEGMENT_MS * 250;

/**
 * Makes a data folder whose catalog (SQLite) holds so many closed segments of 64 disabled cameras without a file, up to now, all of one size;
 * answers how many. Server and API make tables and cameras, so these are as the program's own; the segments come by SQL, because recording or
 * reporting them would take days. It is Python's SQLite because the cameras of the tests need Python anyway, and `bench/` imports nothing
 * of the server, its database driver included.
 */
export async function makeLargeCatalog(dataFolder: string, segments: number, bytes = SEGMENT_BYTES): Promise<number> {
  await addCameras(dataFolder, {});
  const { perCamera, endMs } = reach(segments);
  const file = join(dataFolder, "catalog.sqlite");
  const row = [perCamera, LARGE_CATALOG_SEGMENT_MS, endMs, bytes].map(String);
  const { stdout } = await runTool(PYTHON, [FILL, file, ...row]);
  return Number(stdout.toString("utf8"));
}

/** The same in PostgreSQL: `execute` runs a statement in the database that the environment names. */
export async function makeLargePostgresCatalog(
  dataFolder: string,
  { segments, bytes }: { readonly segments: number; readonly bytes: number },
  environment: Readonly<Record<string, string>>,
  execute: (statement: string) => Promise<void>,
): Promise<number> {
  await addCameras(dataFolder, environment);
  const { perCamera, endMs } = reach(segments);
  const lengthMs = LARGE_CATALOG_SEGMENT_MS;
  const start = `(${endMs - perCamera * lengthMs} + number::bigint * ${lengthMs})`;
  await execute(`insert into segments
    (camera_id, start_ms, end_ms, name, run_id, number, size_bytes, state, kind, payload_sha256)
    select id, ${start}, ${start} + ${lengthMs},
      to_char(to_timestamp(${start} / 1000) at time zone 'UTC', 'YYYY-MM-DD_HH24-MI-SS') || '.mp4',
      '00000000-0000-4000-8000-' || lpad(id::text, 12, '0'), number, ${bytes}, 'closed', 'continuous',
      decode(md5(random()::text) || md5(random()::text), 'hex')
    from cameras, generate_series(0, ${perCamera - 1}) number`);
  await execute(`insert into segment_totals (camera_id, segment_count, size_bytes, duration_ms)
    select id, ${perCamera}, ${perCamera * bytes}, ${perCamera * lengthMs} from cameras`);
  // As its autovacuum leaves it.
  await execute("vacuum analyze");
  return perCamera * LARGE_CATALOG_CAMERAS;
}

/** So many of each camera, up to now. */
function reach(segments: number) {
  const endMs = Math.floor(Date.now() / LARGE_CATALOG_SEGMENT_MS) * LARGE_CATALOG_SEGMENT_MS;
  return { perCamera: Math.ceil(segments / LARGE_CATALOG_CAMERAS), endMs };
}

async function addCameras(dataFolder: string, environment: Readonly<Record<string, string>>): Promise<void> {
  const nightjar = await startNightjar({ dataFolder, environment });
  try {
    for (let i = 1; i <= LARGE_CATALOG_CAMERAS; i++)
      await addCamera(nightjar, `rtsp://192.0.2.${i}/main`, { name: `Camera ${i}`, enabled: false });
  } finally {
    await nightjar.stop();
  }
}
