import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { ChainKeeper } from "../../footage/chain-keeper.ts";
import { newestMoves } from "../../footage/moved-segment.ts";
import { removeEmptySegment } from "../../footage/remove-empty-segment.ts";
import { repairSegment } from "../../footage/repair.ts";
import { segmentNameStartMs } from "../../recording/segment-name.ts";
import type { FolderFile } from "./camera-folder.ts";

/** The chain ends in one of the newest segments. */
const LOOKED_AT_FOR_CHAIN = 16;

/**
 * Finishes files that a crash left open, as the camera's worker would at its start. Nobody else may write in the folder. Answers the paths
 * of those that were finished or, empty, removed; also the names that provisional ones were given.
 */
export async function mendTorn(
  torn: readonly FolderFile[],
  { folder, worker }: { readonly folder: string; readonly worker: string },
): Promise<ReadonlySet<string>> {
  const mended = new Set<string>();
  if (torn.length === 0) return mended;
  const names = (await readdir(folder)).filter((name) => segmentNameStartMs(name) !== null).sort();
  const chain = await ChainKeeper.open(join(worker, "chain"), folder, {
    names: names.slice(-LOOKED_AT_FOR_CHAIN),
    moves: await newestMoves(folder),
  });
  for (const { path } of torn) {
    const outcome = await repairSegment(path, chain);
    if (outcome.kind === "repaired") mended.add(path).add(join(folder, outcome.name));
    if (outcome.kind === "empty" && (await removeEmptySegment(path))) mended.add(path);
  }
  return mended;
}
