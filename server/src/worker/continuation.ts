import { createHash } from "node:crypto";
import type { Fragment } from "../media/isobmff/fragment-reader.ts";
import { lastPicture } from "../media/isobmff/fragment-timing.ts";
import { WallClock } from "../recording/wall-clock.ts";
import type { BufferedFragment } from "./gop-buffer.ts";

/** The two workers' times of the same picture differ by less. */
const SAME_WITHIN_MS = 5000;

/** A fragment, and when it came, wall time. */
export interface ArrivedFragment extends BufferedFragment {
  readonly arrivalMs: number;
}

export interface Continuation {
  /** Index of the first fragment that nobody has recorded; behind the last one where all are. */
  readonly from: number;
  /** It is the very picture that follows the predecessor's last. */
  readonly joins: boolean;
}

/** Of a picture's last bytes so many are as good as all of it. */
const COMPARED_BYTES = 256;

/**
 * SHA-256 (hex) of the end of a sync fragment's first picture: the same in every connection to a camera. (At its beginning there may be
 * parameter sets, which a camera repeats for whoever connects.) null without a picture.
 */
export function sampleHash({ video, moof, mdat }: Fragment): string | null {
  const run = video?.runs[0];
  const sample = run?.samples[0];
  if (run === undefined || sample === undefined) return null;
  const endBytes = run.dataOffsetBytes - moof.length + sample.sizeBytes;
  const bytes = Buffer.concat(mdat).subarray(endBytes - Math.min(sample.sizeBytes, COMPARED_BYTES), endBytes);
  return createHash("sha256").update(bytes).digest("hex");
}

/**
 * Where a successor goes on in the footage of its own connection, so that no picture is recorded twice: at the picture with the hash
 * `nextSync`; where that is unknown or not there, with the first whole GOP that was taken at or after `footageEndMs`. Pure.
 */
export function continuation(
  arrived: readonly ArrivedFragment[],
  { footageEndMs, nextSync }: { readonly footageEndMs: number; readonly nextSync: string | null },
): Continuation {
  const wall = new WallClock();
  for (const { fragment, init, arrivalMs } of arrived) {
    const last = lastPicture(fragment, init.video.timescale);
    if (last !== null) wall.observe(arrivalMs, last.startMs, last.durationMs);
  }
  const syncs = arrived.flatMap(({ fragment, startMs }, from) =>
    fragment.sync ? [{ from, fragment, behindMs: wall.wallMs(startMs) - footageEndMs }] : [],
  );
  // A scene that repeats itself has the same picture more than once.
  const same = syncs
    .filter((one) => nextSync !== null && sampleHash(one.fragment) === nextSync)
    .sort((a, b) => Math.abs(a.behindMs) - Math.abs(b.behindMs))[0];
  if (same !== undefined && Math.abs(same.behindMs) < SAME_WITHIN_MS) return { from: same.from, joins: true };
  return { from: syncs.find((one) => one.behindMs >= 0)?.from ?? arrived.length, joins: false };
}
