import { join } from "node:path";
import { systemClock } from "../base/clock.ts";
import { PlayableParts } from "../footage/playable-part.ts";
import { SegmentReader } from "../footage/segment-reader.ts";
import type { FootageReader } from "../http/ports.ts";

/** Footage of all cameras below one folder: `<recordings>/<camera_id>/<name>`. */
export function footageReader(places: { readonly recordings: string }, ffmpeg: string): FootageReader {
  const reader = new SegmentReader();
  const playable = new PlayableParts({ ffmpeg, reader, clock: systemClock });
  const segmentPath: FootageReader["segmentPath"] = (camera, name) => join(places.recordings, String(camera.id), name);
  return {
    segmentPath,
    readIndex: (camera, segment) => reader.index(segmentPath(camera, segment.name)),
    init: (camera, name) => reader.init(segmentPath(camera, name)),
    playableInit: (camera, name) => playable.init(segmentPath(camera, name)),
    playablePart: (camera, name, { after, ...range }, signal) => {
      const afterPath = after === null ? null : segmentPath(camera, after);
      return playable.part(segmentPath(camera, name), { ...range, afterPath }, signal);
    },
  };
}
