import { stat, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { syncFolder } from "./segment-file.ts";
import { readHead, scanFragments, withSegment } from "./segment-scan.ts";

/** Removes the file of a segment that never got its first fragment. Looks again first: a file with footage in it is never removed here. */
export async function removeEmptySegment(path: string): Promise<boolean> {
  if (await holdsFootage(path)) return false;
  await unlink(path);
  await syncFolder(dirname(path));
  return true;
}

async function holdsFootage(path: string): Promise<boolean> {
  const { size } = await stat(path);
  if (size === 0) return false;
  return withSegment(path, async (handle) => {
    const head = await readHead(handle);
    for await (const _ of scanFragments(handle, head, head.firstFragmentBytes, size)) return true;
    return false;
  });
}
