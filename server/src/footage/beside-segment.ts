import { join } from "node:path";

/** What may lie beside a segment, made from it: its thumbnails, its motion grid. */
const SUFFIXES = [".thumbs", ".grid"] as const;

/** The files that go with a segment, whether they are there or not. `folders`: those of its camera, such as the one of its thumbnails. */
export function filesBeside(segmentName: string, folders: readonly string[]): string[] {
  const stem = segmentName.replace(/\.mp4$/, "");
  return folders.flatMap((folder) => SUFFIXES.map((suffix) => join(folder, `${stem}${suffix}`)));
}
