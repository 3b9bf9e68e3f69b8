import type { ProbeResult, VideoCodec } from "@nightjar/api/camera";
import type { Clock } from "../base/clock.ts";
import { NightjarError } from "../base/error.ts";
import { type Fragment, FragmentReader, type StreamInit } from "../media/isobmff/fragment-reader.ts";
import { MalformedMedia } from "../media/malformed-media.ts";
import { classifyFailure, type StreamFailure, unsupportedCodec } from "./failure.ts";
import { ingestArguments } from "./ingest-arguments.ts";
import { InputAnnouncement } from "./input-announcement.ts";
import { probeAdvice } from "./probe-advice.ts";
import { SupervisedProcess } from "./process.ts";
import { type StreamSource, sourceInput } from "./source.ts";

/** How long a camera may take until its first picture. */
const FIRST_PICTURE_MS = 10_000;
/** How long it is watched for a second key frame. */
const WATCH_MS = 6000;
const STILL_WIDTH = 640;

/** What was seen of a stream while it was watched. */
interface Watched {
  readonly announced: InputAnnouncement;
  init: StreamInit | null;
  readonly fragments: Fragment[];
}

/**
 * Tries a stream in one session: what it announces, some seconds of it, one still. Throws `probe_failed` whose message says what is wrong
 * and what to do, with `details.cause`; never with credentials.
 */
export async function probeStream(ffmpeg: string, source: StreamSource, clock: Clock): Promise<ProbeResult> {
  const seen = await watch(ffmpeg, source, clock);
  const { init } = seen;
  if (init === null) throw refused(classifyFailure([]));
  const video = describeVideo(init, seen.fragments, seen.announced);
  const sound = seen.announced.audio;
  const audio =
    sound === null ? null : { codec: sound.codec, sample_rate_hz: sound.sampleRateHz, channels: sound.channels };
  return {
    video,
    audio,
    advice: probeAdvice(video, sound),
    picture_jpeg_base64: await still(ffmpeg, init, seen.fragments, clock),
  };
}

/** Pulls the stream until a second key frame or for `WATCH_MS`. */
async function watch(ffmpeg: string, source: StreamSource, clock: Clock): Promise<Watched> {
  const input = sourceInput(source);
  const seen: Watched = { announced: new InputAnnouncement(), init: null, fragments: [] };
  const reader = new FragmentReader();
  let failure: StreamFailure | null = null;
  let finish = (): void => {};
  const enough = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const run = new SupervisedProcess(
    {
      program: ffmpeg,
      arguments: ingestArguments(input, "none"),
      stdin: input.stdin,
      onErrorLine: (line) => seen.announced.take(line),
      onOutput: (chunk) => {
        try {
          takeChunk(reader.push(chunk), seen, finish);
        } catch (error) {
          if (!(error instanceof MalformedMedia)) throw error;
          failure = classifyFailure(["Invalid data found when processing input"]);
          finish();
        }
      },
    },
    clock,
  );
  run.start();
  const cancelFirst = clock.after(FIRST_PICTURE_MS, () => {
    if (seen.init === null) finish();
  });
  const cancelWatch = clock.after(FIRST_PICTURE_MS + WATCH_MS, finish);
  const ended = await Promise.race([run.ended, enough.then(() => null)]);
  cancelFirst();
  cancelWatch();
  const end = ended ?? (await run.stop());
  if (end.startError !== null) {
    throw new NightjarError("ffmpeg_missing", `The program ${ffmpeg} cannot be run. Install ffmpeg.`, {
      cause: end.startError,
    });
  }
  const codecProblem = input.synthetic ? null : wrongCodec(seen.announced);
  if (codecProblem !== null) throw refused(codecProblem);
  if (failure !== null) throw refused(failure);
  if (seen.init === null) throw refused(ended === null ? NO_ANSWER : classifyFailure(end.lines));
  return seen;
}

const NO_ANSWER: StreamFailure = {
  cause: "camera_offline",
  message: `The camera did not send a picture within ${FIRST_PICTURE_MS / 1000} seconds. Is it switched on, and is the address right?`,
};

function takeChunk(parts: readonly (StreamInit | Fragment)[], seen: Watched, finish: () => void): void {
  for (const part of parts) {
    if (part.kind === "init") seen.init = part;
    else seen.fragments.push(part);
  }
  const syncs = seen.fragments.filter((fragment) => fragment.sync).length;
  if (syncs >= 2 || durationSeconds(seen) * 1000 >= WATCH_MS) finish();
}

function durationSeconds(seen: Watched): number {
  if (seen.init === null) return 0;
  const first = seen.fragments[0]?.video?.decodeTimeTicks ?? 0;
  const last = seen.fragments.at(-1)?.video?.decodeTimeTicks ?? first;
  return (last - first) / seen.init.video.timescale;
}

function wrongCodec({ video }: InputAnnouncement): StreamFailure | null {
  if (video === null || video.codec === "h264" || video.codec === "hevc") return null;
  return unsupportedCodec(video.codec);
}

function refused(failure: StreamFailure): NightjarError {
  return new NightjarError("probe_failed", failure.message, { details: { cause: failure.cause } });
}

function describeVideo(
  init: StreamInit,
  fragments: readonly Fragment[],
  announced: InputAnnouncement,
): ProbeResult["video"] {
  const samples = fragments.flatMap((fragment) => fragment.video?.runs.flatMap((run) => run.samples) ?? []);
  const ticks = samples.reduce((sum, sample) => sum + sample.durationTicks, 0);
  const seconds = ticks / init.video.timescale;
  const keyTimes = fragments
    .filter((fragment) => fragment.sync)
    .map((fragment) => fragment.video?.decodeTimeTicks ?? 0);
  const [firstKey, secondKey] = keyTimes;
  const codec: VideoCodec = init.video.sampleEntry === "hvc1" ? "h265" : "h264";
  const bytes = samples.reduce((sum, sample) => sum + sample.sizeBytes, 0);
  return {
    codec,
    profile: announced.video?.profile ?? null,
    width: init.video.width,
    height: init.video.height,
    fps: seconds > 0 ? Math.round((samples.length / seconds) * 10) / 10 : null,
    key_frame_interval_seconds:
      firstKey === undefined || secondKey === undefined
        ? null
        : Math.round(((secondKey - firstKey) / init.video.timescale) * 100) / 100,
    bitrate_bps: seconds > 1 ? Math.round((bytes * 8) / seconds) : null,
  };
}

/** The last key frame that was seen as a small JPEG, base64; null when it cannot be decoded. */
async function still(
  ffmpeg: string,
  init: StreamInit,
  fragments: readonly Fragment[],
  clock: Clock,
): Promise<string | null> {
  const key = fragments.findLast((fragment) => fragment.sync);
  if (key === undefined) return null;
  const chunks: Buffer[] = [];
  const run = new SupervisedProcess(
    {
      program: ffmpeg,
      arguments: [
        ...["-hide_banner", "-loglevel", "error", "-f", "mp4", "-i", "pipe:0"],
        ...["-frames:v", "1", "-vf", `scale=${STILL_WIDTH}:-2`, "-q:v", "5", "-f", "mjpeg", "pipe:1"],
      ],
      stdin: Buffer.concat([init.ftyp, init.moov, key.moof, ...key.mdat]),
      onOutput: (chunk) => chunks.push(chunk),
      onErrorLine: () => {},
    },
    clock,
  );
  run.start();
  const cancel = clock.after(FIRST_PICTURE_MS, () => void run.stop());
  await run.ended;
  cancel();
  return chunks.length === 0 ? null : Buffer.concat(chunks).toString("base64");
}
