import { join } from "node:path";
import { addCamera } from "../e2e/harness/footage-of.ts";
import { startNightjar } from "../e2e/harness/nightjar.ts";
import { PYTHON, runTool } from "../e2e/rig/tool.ts";

const FILL = join(import.meta.dirname, "fill-catalog.py");
const CAMERAS = 64;
const SEGMENT_MS = 240_000;

/**
 * Makes a data folder whose catalog (SQLite) holds so many closed segments of 64 disabled cameras without a file, up to now; answers how
 * many. Server and API make tables and cameras, so these are as the program's own; the segments come by SQL, because recording or
 * reporting them would take days. It is Python's SQLite because the cameras of the tests need Python anyway, and `bench/` imports nothing
 * of the server, its database driver included.
 */
export async function makeLargeCatalog(dataFolder: string, segments: number): Promise<number> {
  const nightjar = await startNightjar({ dataFolder });
  try {
    for (let i = 1; i <= CAMERAS; i++)
      await addCamera(nightjar, `rtsp://192.0.2.${i}/main`, { name: `Camera ${i}`, enabled: false });
  } finally {
    await nightjar.stop();
  }
  const perCamera = Math.ceil(segments / CAMERAS);
  const endMs = Math.floor(Date.now() / SEGMENT_MS) * SEGMENT_MS;
  const file = join(dataFolder, "catalog.sqlite");
  const { stdout } = await runTool(PYTHON, [FILL, file, `${perCamera}`, `${SEGMENT_MS}`, `${endMs}`]);
  return Number(stdout.toString("utf8"));
}
