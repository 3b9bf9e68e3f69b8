import type { Fragment } from "./fragment-reader.ts";
import { ScatteredBytes } from "./scattered-bytes.ts";

/** A copy of a fragment's first picture, which no longer holds on to what came with it; null where it has none. */
export function firstSample({ moof, mdat, video }: Fragment): Buffer | null {
  const run = video?.runs[0];
  const sample = run?.samples[0];
  if (run === undefined || sample === undefined || run.dataOffsetBytes < moof.length) return null;
  const bytes = new ScatteredBytes();
  bytes.use(mdat);
  return bytes.copy(run.dataOffsetBytes - moof.length, sample.sizeBytes);
}
