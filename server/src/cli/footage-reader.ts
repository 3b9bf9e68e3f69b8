import { join } from "node:path";
import { SegmentReader } from "../footage/segment-reader.ts";
import type { FootageReader } from "../http/ports.ts";

/** Footage of all cameras below one folder: `<recordings>/<camera_id>/<name>`. */
export function footageReader(recordings: string): FootageReader {
  const reader = new SegmentReader();
  const segmentPath: FootageReader["segmentPath"] = (camera, name) => join(recordings, String(camera.id), name);
  return {
    segmentPath,
    readIndex: (camera, segment) => reader.index(segmentPath(camera, segment.name)),
    init: (camera, name) => reader.init(segmentPath(camera, name)),
  };
}
