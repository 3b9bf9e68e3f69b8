import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { replaceFile } from "../base/replace-file.ts";
import { type DataPaths, dataPaths } from "./settings.ts";

/** Where files lie, as far as it was changed. */
export type ChangedPaths = Partial<
  Pick<DataPaths, "recordings" | "snapshots" | "thumbnails" | "clips" | "exports" | "logs">
>;

/**
 * The catalog tells where files lie. This copy of it is for who needs to know before there is a catalog: the log, and `nightjar reindex`.
 */
const PLACES_FILE = "places.json";

/** The paths of a data folder, with what was moved elsewhere. */
export async function placedPaths(data: string): Promise<DataPaths> {
  const paths = dataPaths(data);
  try {
    return { ...paths, ...(JSON.parse(await readFile(join(paths.root, PLACES_FILE), "utf8")) as ChangedPaths) };
  } catch {
    return paths;
  }
}

/** Writes the copy. Rejects with the system's error. */
export async function writePlacesFile(root: string, changed: ChangedPaths): Promise<void> {
  await replaceFile(join(root, PLACES_FILE), `${JSON.stringify(changed, null, 2)}\n`, { durable: true });
}
