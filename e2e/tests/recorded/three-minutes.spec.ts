import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import type { Segment } from "@nightjar/api/recording";
import { expect, test } from "@playwright/test";
import { segmentPath } from "../../harness/footage-of.ts";
import { sampleTables, topLevelBoxes } from "../../rig/boxes.ts";
import { frameDueMs } from "../../rig/cameras.ts";
import { findFrameFaults, probeTracks, readFrameMarks, videoPacketHashes } from "../../rig/footage.ts";
import { readWithMediabunny } from "../../rig/mediabunny.ts";
import { SOUND_SETTLED_MS, soundOffsetsMs } from "../../rig/sound.ts";
import {
  SEGMENT_SECONDS,
  SHARED_CAMERAS,
  sharedCamera,
  sharedRecording,
  threeMinutes,
} from "../../shared-recording.ts";

/** The rig's AAC is a frame of 64 ms early by itself; what is more than this is the recorder's. */
const SOUND_OFFSET_BOUND_MS = 150;
/** How far the recorded time of a frame may be from the time at which the camera had to send it, on a busy machine. */
const WALL_TIME_BOUND_MS = 500;

const path = (segment: Segment) => segmentPath(sharedRecording().dataFolder, segment);
const startMs = (segment: Segment) => Date.parse(segment.start);
const endMs = (segment: Segment) => Date.parse(segment.end);

for (const [index, { name, sends, records }] of SHARED_CAMERAS.entries()) {
  test.describe(`three minutes of ${name} (${sends}) in segments of ${SEGMENT_SECONDS} s`, () => {
    let segments: Segment[] = [];

    test.beforeAll(async () => {
      test.setTimeout(300_000);
      segments = await threeMinutes(sharedCamera(index).id);
    });

    test("every closed file is an ordinary MP4 that ffprobe and mediabunny read whole, without a warning", async () => {
      for (const segment of segments) {
        const boxes = await topLevelBoxes(path(segment));
        expect(boxes.slice(0, 3).map((box) => box.type)).toEqual(["ftyp", "mdat", "moov"]);
        expect(boxes.map((box) => box.type)).not.toContain("moof");
        const tables = (await sampleTables(path(segment)))
          .map(({ handler, samples }) => `${handler} ${samples}`)
          .sort();
        const probed = await probeTracks(path(segment));
        const read = await readWithMediabunny(path(segment));
        const counts = (tracks: typeof probed) =>
          tracks.map(({ type, frames }) => `${type === "video" ? "vide" : "soun"} ${frames}`).sort();
        expect(counts(probed)).toEqual(tables);
        expect(counts(read)).toEqual(tables);
        const video = [probed, read].map((tracks) => tracks.find((track) => track.type === "video")?.codec);
        const audio = [probed, read].map((tracks) => tracks.find((track) => track.type === "audio")?.codec ?? null);
        expect(video).toEqual([records.video.ffprobe, records.video.mediabunny]);
        expect(audio).toEqual([records.audio, records.audio]);
      }
    });

    test("decoded in order, the files hold every frame once", async () => {
      const { scene } = sharedCamera(index);
      const marks = (await Promise.all(segments.map((segment) => readFrameMarks(path(segment))))).flat();
      expect(findFrameFaults(marks, scene)).toMatchObject({ missing: 0, repeated: 0, unreadable: 0, places: [] });
      const seconds = segments.reduce((sum, segment) => sum + segment.duration_seconds, 0);
      expect(Math.abs(marks.length - seconds * scene.fps)).toBeLessThan(scene.fps / 2);
    });

    test("every video packet is byte for byte the camera's", async () => {
      const { scene } = sharedCamera(index);
      const sent = new Map((await videoPacketHashes(scene.videoFile, scene.codec)).map((hash, i) => [hash, i]));
      for (const segment of segments) {
        const numbers = (await readFrameMarks(path(segment))).map((mark) => mark?.number);
        const stored = await videoPacketHashes(path(segment), scene.codec);
        expect(stored.map((hash) => sent.get(hash) ?? "no packet of the camera")).toEqual(numbers);
      }
    });

    test("the API tells the truth about the files: names, sizes, times, hashes", async () => {
      for (const [i, segment] of segments.entries()) {
        const info = await stat(path(segment));
        expect(segment.name).toBe(`${segment.start.slice(0, 19).replace("T", "_").replaceAll(":", "-")}.mp4`);
        expect(info.size).toBe(segment.size_bytes);
        expect(Math.abs(info.mtimeMs - endMs(segment))).toBeLessThan(2);
        expect(segment.duration_seconds).toBeCloseTo((endMs(segment) - startMs(segment)) / 1000, 2);
        const video = (await probeTracks(path(segment))).find((track) => track.type === "video");
        expect(Math.abs((video?.durationSeconds ?? 0) - segment.duration_seconds)).toBeLessThan(0.2);
        const mdat = (await topLevelBoxes(path(segment))).find((box) => box.type === "mdat");
        const payload = (await readFile(path(segment))).subarray(
          (mdat?.start ?? 0) + 16,
          (mdat?.start ?? 0) + (mdat?.sizeBytes ?? 0),
        );
        expect(createHash("sha256").update(payload).digest("hex")).toBe(segment.payload_sha256);
        const next = segments[i + 1];
        if (next === undefined) continue;
        expect(next.run_id).toBe(segment.run_id);
        expect(Math.abs(startMs(next) - endMs(segment))).toBeLessThanOrEqual(100);
        expect(startMs(next) % (SEGMENT_SECONDS * 1000)).toBeLessThan(10_000 + 2500);
      }
    });

    test("a segment's start is the time at which the camera sent its first frame", async () => {
      const camera = sharedCamera(index);
      for (const segment of segments) {
        const first = (await readFrameMarks(path(segment)))[0];
        const dueMs = frameDueMs(camera, first?.number ?? -1, startMs(segment));
        expect(Math.abs(startMs(segment) - dueMs)).toBeLessThan(WALL_TIME_BOUND_MS);
      }
    });

    if (records.audio !== null) {
      test("sound and picture are together in every file", async () => {
        const { scene } = sharedCamera(index);
        for (const segment of segments.filter((one) => one.duration_seconds > 5)) {
          const fromMs = segment === segments[0] ? SOUND_SETTLED_MS : 0;
          const offsetsMs = await soundOffsetsMs(path(segment), scene, fromMs);
          expect(offsetsMs.length).toBeGreaterThan(segment.duration_seconds - fromMs / 1000 - 3);
          for (const offsetMs of offsetsMs) expect(Math.abs(offsetMs)).toBeLessThan(SOUND_OFFSET_BOUND_MS);
        }
      });
    }
  });
}
