import { MalformedMedia } from "../media/malformed-media.ts";
import { finalIdentity } from "./final-identity.ts";
import { readIdentity } from "./segment-identity.ts";
import { readHead, scanFragments, withSegment } from "./segment-scan.ts";

/**
 * Where the footage of a segment file ends, wall time in milliseconds; null when there is none in it or it is not a segment. Reads the
 * fragments' heads only, so it is quick on a file that a crash left open, whatever its size.
 */
export async function footageEndMs(path: string): Promise<number | null> {
  return withSegment(path, async (handle) => {
    try {
      const head = await readHead(handle);
      if (head.payloadEndBytes !== null) {
        const closed = await finalIdentity(handle, head.payloadEndBytes);
        if (closed !== null) return closed.end.endMs;
      }
      const identity = readIdentity(head.moov);
      const video = head.init.tracks.find((track) => track.kind === "video");
      if (identity === null || video === undefined) return null;
      const { size } = await handle.stat();
      let first: number | null = null;
      let end = 0;
      for await (const { tracks } of scanFragments(
        handle,
        head,
        head.firstFragmentBytes,
        head.payloadEndBytes ?? size,
      )) {
        const track = tracks.find((candidate) => candidate.trackId === video.id);
        if (track === undefined) continue;
        first ??= track.decodeTimeTicks;
        end = track.runs
          .flatMap((run) => run.samples)
          .reduce((sum, sample) => sum + sample.durationTicks, track.decodeTimeTicks);
      }
      return first === null ? null : Math.round(identity.startMs + ((end - first) * 1000) / video.timescale);
    } catch (error) {
      if (error instanceof MalformedMedia) return null;
      throw error;
    }
  });
}
