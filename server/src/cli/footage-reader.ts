import { join } from "node:path";
import { systemClock } from "../base/clock.ts";
import { H264Parts } from "../footage/h264-parts.ts";
import { Pictures } from "../footage/pictures.ts";
import { PlayableParts } from "../footage/playable-part.ts";
import { SegmentReader } from "../footage/segment-reader.ts";
import { SyncParts } from "../footage/sync-parts.ts";
import { thumbnailFile } from "../footage/thumbnail-file.ts";
import type { FootageReader } from "../http/ports.ts";

/** Footage of all cameras below one folder, `<recordings>/<camera_id>/<name>`, and likewise their thumbnails below another. */
export function footageReader(
  places: { readonly recordings: string; readonly thumbnails: string },
  ffmpeg: string,
): FootageReader {
  const reader = new SegmentReader();
  const options = { ffmpeg, reader, clock: systemClock };
  const playable = new PlayableParts(options);
  const segmentPath: FootageReader["segmentPath"] = (camera, name) => join(places.recordings, String(camera.id), name);
  return {
    segmentPath,
    thumbnailsPath: (camera, name) => thumbnailFile(join(places.thumbnails, String(camera.id)), name),
    readIndex: (camera, segment) => reader.index(segmentPath(camera, segment.name)),
    init: (camera, name) => reader.init(segmentPath(camera, name)),
    playableInit: (camera, name) => playable.init(segmentPath(camera, name)),
    playablePart: (camera, name, { after, ...range }, signal) => {
      const afterPath = after === null ? null : segmentPath(camera, after);
      return playable.part(segmentPath(camera, name), { ...range, afterPath }, signal);
    },
    pictures: new Pictures(options),
    sync: new SyncParts(reader),
    h264: new H264Parts({ ...options, playable }),
  };
}
