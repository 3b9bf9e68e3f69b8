import { join } from "node:path";
import { systemClock } from "../base/clock.ts";
import { H264Parts } from "../footage/h264-parts.ts";
import { Pictures } from "../footage/pictures.ts";
import { PlayableParts } from "../footage/playable-part.ts";
import { SegmentReader } from "../footage/segment-reader.ts";
import { diskSegment } from "../footage/segment-source.ts";
import { SyncParts } from "../footage/sync-parts.ts";
import { thumbnailFile } from "../footage/thumbnail-file.ts";
import type { FootageReader } from "../http/ports.ts";
import type { Share } from "../storage/archive/share.ts";
import { ShareSegments, sharePath } from "../storage/archive/share-segment.ts";

/**
 * Footage of all cameras below one folder, `<recordings>/<camera_id>/<name>`, or the same on a share, and likewise their thumbnails below another.
 * `share`: null where none is set.
 */
export function footageReader(
  places: { readonly recordings: string; readonly thumbnails: string },
  ffmpeg: string,
  share: () => Share | null,
): FootageReader {
  const reader = new SegmentReader();
  const shared = new ShareSegments();
  const options = { ffmpeg, reader, clock: systemClock };
  const playable = new PlayableParts(options);
  const segmentOf: FootageReader["segment"] = (camera, segment) => {
    const path = join(places.recordings, String(camera.id), segment.name);
    const where = share();
    // A day's playlist asks for hundreds.
    return where === null
      ? diskSegment(path)
      : shared.segment(path, where, sharePath(camera.id, segment.name), segment);
  };
  return {
    segment: segmentOf,
    thumbnailsPath: (camera, name) => thumbnailFile(join(places.thumbnails, String(camera.id)), name),
    readIndex: (camera, segment) => reader.index(segmentOf(camera, segment)),
    init: (camera, segment) => reader.init(segmentOf(camera, segment)),
    playableInit: (camera, segment) => playable.init(segmentOf(camera, segment)),
    playablePart: (camera, segment, { after, ...range }, signal) => {
      const afterSource = after === null ? null : segmentOf(camera, after);
      return playable.part(segmentOf(camera, segment), { ...range, afterSource }, signal);
    },
    pictures: new Pictures(options),
    sync: new SyncParts(reader),
    h264: new H264Parts({ ...options, playable }),
  };
}
