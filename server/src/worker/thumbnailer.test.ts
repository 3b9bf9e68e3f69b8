import { access, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { systemClock } from "../base/clock.ts";
import { eventually } from "../base/eventually.contract.ts";
import { createLog } from "../base/log.ts";
import { testFolder } from "../base/test-folder.contract.ts";
import { SegmentReader } from "../footage/segment-reader.ts";
import { readThumbnails, thumbnailFile } from "../footage/thumbnail-file.ts";
import type { WorkerStorage } from "../ipc/messages.ts";
import { KEPT_FOR_EVER } from "../ipc/worker-storage.contract.ts";
import type { Fragment, StreamInit } from "../media/isobmff/fragment-reader.ts";
import { lastPicture } from "../media/isobmff/fragment-timing.ts";
import { FRAME_MS, PIPE_ARGUMENTS, packetsOf, readStream, runProgram } from "../media/made-footage.contract.ts";
import { placeOf, shownFrames } from "../media/shown-frames.contract.ts";
import { thumbnailNumber, thumbnailPlaces } from "../recording/thumbnail-places.ts";
import { bring, madeStream, RUNS, recorderRig, START_MS } from "./segment-recorder.contract.ts";
import { Thumbnailer } from "./thumbnailer.ts";

const root = testFolder();
/** Twelve thumbnails, as many as are decoded at once: one of the short first segment, three of each whole one, two of the last. */
const SECONDS = 115;
const THUMBNAILS = 12;
let recordings = 0;

/** Ticks a second of the made stream. */
const TIMESCALE = 10_240;
/** The camera's other stream begins so much later, and ends earlier than the recorded one. */
const OTHER_LATE_MS = 1700;
const OTHER_SECONDS = 80;
const OTHER_GOP_FRAMES = 30;

interface SecondStreamOfTest {
  readonly path: string;
  readonly init: StreamInit;
  readonly fragments: readonly { readonly fragment: Fragment; readonly arrivalMs: number }[];
  readonly endsMs: number;
}

/** Another picture than the recorded one, in another shape. */
async function otherStream(): Promise<SecondStreamOfTest> {
  const picture = `testsrc2=size=128x72:rate=10:duration=${OTHER_SECONDS},negate`;
  const codec = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", String(OTHER_GOP_FRAMES)];
  const bytes = await runProgram("ffmpeg", [
    ...["-v", "error", "-f", "lavfi", "-i", picture, ...codec, "-sc_threshold", "0"],
    ...PIPE_ARGUMENTS,
    "pipe:1",
  ]);
  const path = join(root, "other.mp4");
  await writeFile(path, bytes);
  const { init, fragments } = readStream(bytes);
  const arriving = fragments.map((fragment) => {
    const { startMs } = lastPicture(fragment, init.video.timescale) ?? { startMs: 0 };
    return { fragment, arrivalMs: START_MS + OTHER_LATE_MS + startMs + 2 * FRAME_MS };
  });
  return { path, init, fragments: arriving, endsMs: START_MS + OTHER_LATE_MS + OTHER_SECONDS * 1000 + 1000 };
}

async function sizeOf(path: string): Promise<number[]> {
  const entries = ["-show_entries", "stream=width,height", "-of", "csv=p=0"];
  return String(await runProgram("ffprobe", ["-v", "fatal", ...entries, path]))
    .trim()
    .split(",")
    .map(Number);
}

/** Records a stream with thumbnails made by `ffmpegPath`. */
async function recorded(
  ffmpegPath: string,
  { storage = KEPT_FOR_EVER, second }: { storage?: WorkerStorage; second?: SecondStreamOfTest } = {},
) {
  recordings += 1;
  const lines: string[] = [];
  const log = createLog({ level: "info", outputs: [{ format: "json", write: (line) => lines.push(line) }] });
  const thumbnailFolder = join(root, `thumbnails-${recordings}`);
  let made: Thumbnailer | null = null;
  const rig = await recorderRig(root, { segmentSeconds: 30 }, { onKeyFrame: (...keyFrame) => made?.take(...keyFrame) });
  const { segmentFolder } = rig.settings;
  const thumbnailer = new Thumbnailer({
    settings: { segmentFolder, thumbnailFolder, ffmpegPath, storage },
    clock: systemClock,
    log,
  });
  made = thumbnailer;
  const stream = await madeStream(SECONDS);
  const others = [...(second?.fragments ?? [])];
  if (second !== undefined) thumbnailer.second.began(second.init);
  rig.startRun(RUNS[0], stream.init);
  for (let first = 0; first < stream.fragments.length; first += 60) {
    bring(rig, stream, stream.fragments.slice(first, first + 60), START_MS, (nowMs) => {
      while (others[0] !== undefined && others[0].arrivalMs <= nowMs) {
        const { fragment, arrivalMs } = others[0];
        thumbnailer.second.take(fragment, arrivalMs);
        others.shift();
      }
      if (second !== undefined && nowMs >= second.endsMs) thumbnailer.second.ended();
    });
    // The disk follows, so that nothing is left out, and a segment has the name under which its thumbnails lie.
    await eventually(() => expect(rig.recorder.waitingBytes).toBe(0));
    await eventually(async () => expect((await rig.names()).join()).not.toContain(".part."));
  }
  await rig.recorder.close();
  const segments = rig
    .closed()
    .map(({ name, startMs }) => ({ startMs, path: rig.path(name), thumbnails: thumbnailFile(thumbnailFolder, name) }));
  return { segments, thumbnailer, thumbnailFolder, logged: () => lines };
}

async function thumbnailCount(segments: readonly { readonly thumbnails: string }[]): Promise<number> {
  const counts = await Promise.all(segments.map(async ({ thumbnails }) => (await readThumbnails(thumbnails)).size));
  return counts.reduce((sum, count) => sum + count, 0);
}

async function frameCount(segments: readonly { readonly path: string }[]): Promise<number> {
  const counts = await Promise.all(segments.map(async ({ path }) => (await packetsOf(path)).length));
  return counts.reduce((sum, count) => sum + count, 0);
}

describe("thumbnails", () => {
  it("of what is recorded lie at the places where they are looked for, and show what was filmed there", async () => {
    const { segments, thumbnailer } = await recorded("ffmpeg");
    await eventually(async () => expect(await thumbnailCount(segments)).toBe(THUMBNAILS));
    await thumbnailer.close();
    expect(segments).toHaveLength(5);
    for (const { path, thumbnails } of segments) {
      const kept = await readThumbnails(thumbnails);
      const places = thumbnailPlaces(await new SegmentReader().index(path));
      expect([...kept.keys()]).toEqual(places.map((place) => place.offsetTicks));
      const frames = await shownFrames(path);
      for (const [number, jpeg] of [...kept.values()].entries()) {
        const picture = join(root, "picture.jpg");
        await writeFile(picture, jpeg);
        expect(placeOf((await shownFrames(picture))[0], frames)).toBe(
          Math.round((places[number]?.offsetMs ?? 0) / 100),
        );
      }
    }
  });

  it("are made of the camera's other stream while it comes, in the shape of the recorded one, and say when they were filmed", async () => {
    const second = await otherStream();
    const { segments, thumbnailer } = await recorded("ffmpeg", { second });
    await eventually(async () => expect(await thumbnailCount(segments)).toBe(THUMBNAILS));
    await thumbnailer.close();
    const frames = await shownFrames(second.path);
    const made = [];
    for (const { path, thumbnails, startMs } of segments) {
      const places = thumbnailPlaces(await new SegmentReader().index(path));
      for (const [offsetTicks, jpeg] of await readThumbnails(thumbnails)) {
        const offsetMs = (offsetTicks * 1000) / TIMESCALE;
        const place = places.find((one) => thumbnailNumber(one.offsetMs) === thumbnailNumber(offsetMs));
        const ofRecorded = offsetTicks === place?.offsetTicks;
        const picture = join(root, "picture.jpg");
        await writeFile(picture, jpeg);
        expect(await sizeOf(picture)).toEqual([320, 240]);
        if (!ofRecorded) {
          const number = placeOf((await shownFrames(picture))[0], frames);
          const filmedMs = startMs + offsetMs - (START_MS + OTHER_LATE_MS);
          expect([Math.abs(filmedMs - number * FRAME_MS) < 60, number % OTHER_GOP_FRAMES]).toEqual([true, 0]);
        }
        made.push(ofRecorded ? "recorded" : "other");
      }
    }
    // Three lie behind the end of the other stream.
    expect(made.join(" ")).toMatch(/^(other ){9}(recorded ?){3}$/);
  });

  it("are made all the same when their decoder is killed, and no frame of the recording is lost", async () => {
    const killed = join(root, "killed");
    const program = join(root, "killed-at-first");
    await writeFile(
      program,
      `#!/bin/sh\nif [ ! -e ${killed} ]; then echo $$ > ${killed}; kill -9 $$; fi\nexec ffmpeg "$@"\n`,
      {
        mode: 0o755,
      },
    );
    const { segments, thumbnailer } = await recorded(program);
    await eventually(async () => expect(await thumbnailCount(segments)).toBe(THUMBNAILS));
    expect(Number(await readFile(killed, "utf8"))).toBeGreaterThan(0);
    expect(await frameCount(segments)).toBe(SECONDS * 10);
    await thumbnailer.close();
  });

  it("that cannot be made cost nothing but themselves, and one line in the log", async () => {
    const { segments, thumbnailer, logged } = await recorded("/nowhere/ffmpeg");
    await eventually(() => expect(logged().join()).toMatch(/thumbnails cannot be made now/));
    await thumbnailer.close();
    expect(logged()).toHaveLength(1);
    expect(await thumbnailCount(segments)).toBe(0);
    expect(await frameCount(segments)).toBe(SECONDS * 10);
  });

  it("of a decoder that hangs are given up when the worker ends", async () => {
    const program = join(root, "hangs");
    const started = join(root, "hangs-started");
    await writeFile(program, `#!/bin/sh\necho $$ > ${started}\nexec sleep 1000\n`, { mode: 0o755 });
    const { segments, thumbnailer } = await recorded(program);
    const pid = await eventually(async () => {
      const text = await readFile(started, "utf8");
      expect(text).not.toBe("");
      return Number(text);
    });
    await thumbnailer.close();
    expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
    expect(segments).toHaveLength(5);
  });

  it("are not written where their volume is away, and the recording goes on", async () => {
    const path = join(root, "unmounted");
    await mkdir(path);
    const storage = { ...KEPT_FOR_EVER, thumbnailsVolume: { path, id: "a-volume" } };
    const { segments, thumbnailer, thumbnailFolder, logged } = await recorded("/never/asked", { storage });
    await eventually(() => expect(logged().join()).toContain("right volume is not at"));
    await thumbnailer.close();
    expect(await thumbnailCount(segments)).toBe(0);
    await expect(access(thumbnailFolder)).rejects.toThrow(/ENOENT/);
    expect(await frameCount(segments)).toBe(SECONDS * 10);
  });
});
