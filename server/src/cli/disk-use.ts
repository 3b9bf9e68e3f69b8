import { statfs } from "node:fs/promises";
import type { Clock } from "../base/clock.ts";
import { sharedAnswer } from "../base/shared-answer.ts";
import type { DataPaths } from "../config/settings.ts";
import type { DiskUse } from "../http/disk-use.ts";

/** A share that hangs must not make the answer hang. */
const ANSWER_WITHIN_MS = 2000;

/** What is free in each place for files, asked anew each time; what does not answer, or is not there, is null. */
export function diskUse(paths: DataPaths, clock: Clock): () => Promise<readonly DiskUse[]> {
  // Asked each time: places can be changed.
  const places = { data: () => paths.root, recordings: () => paths.recordings, logs: () => paths.logs };
  const asks = Object.entries(places).map(([name, path]) => ({ name, path, ask: sharedAnswer(() => spaceOf(path())) }));
  return () =>
    Promise.all(
      asks.map(async ({ name, path, ask }) => ({ name, path: path(), ...(await answerInTime(ask(), clock)) })),
    );
}

/** What is free on the file system of one folder; null: it does not answer, or is not there. Never rejects. */
export function folderSpace(clock: Clock): (path: string) => Promise<{ sizeBytes: number; freeBytes: number } | null> {
  return async (path) => {
    const { sizeBytes, freeBytes } = await answerInTime(spaceOf(path), clock);
    return sizeBytes === null || freeBytes === null ? null : { sizeBytes, freeBytes };
  };
}

type Space = Pick<DiskUse, "sizeBytes" | "freeBytes">;
const UNKNOWN: Space = { sizeBytes: null, freeBytes: null };

async function spaceOf(path: string): Promise<Space> {
  try {
    const { blocks, bavail, bsize } = await statfs(path);
    return { sizeBytes: blocks * bsize, freeBytes: bavail * bsize };
  } catch {
    return UNKNOWN;
  }
}

async function answerInTime(answer: Promise<Space>, clock: Clock): Promise<Space> {
  let cancel = (): void => {};
  const timeout = new Promise<Space>((resolve) => {
    cancel = clock.after(ANSWER_WITHIN_MS, () => resolve(UNKNOWN));
  });
  try {
    return await Promise.race([answer, timeout]);
  } finally {
    cancel();
  }
}
