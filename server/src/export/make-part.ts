import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ExportOrder, PrivacyMask } from "@nightjar/api/export";
import type { Clock } from "../base/clock.ts";
import { NightjarError } from "../base/error.ts";
import type { Log } from "../base/log.ts";
import { backgroundFfmpeg } from "../ffmpeg/background-ffmpeg.ts";
import { concatCopyArguments, concatEncodeArguments, concatList } from "../ffmpeg/concat-arguments.ts";
import { ExportFailure } from "./export-failure.ts";
import type { PartPlan } from "./export-plan.ts";
import { type FinishedMovie, finishMovie } from "./finish-movie.ts";
import { timeCues } from "./time-cues.ts";

export interface PartMaking {
  readonly plan: PartPlan;
  readonly order: ExportOrder;
  readonly camera: { readonly id: number; readonly name: string; readonly timeZone: string };
  /** Holds the source segments; what is made in between too. */
  readonly workFolder: string;
  /** Where the file is to lie. */
  readonly to: string;
  readonly ffmpeg: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** From 0 to 1. */
  readonly onProgress: (done: number) => void;
}

/** Why the pictures of a camera must be encoded anew; empty: they are copied. */
export function reencodingReasons(
  order: ExportOrder,
  cameraId: number,
): ("burned_in" | "time_lapse_factor" | "privacy_masks")[] {
  return [
    ...(order.timestamps === "burned_in" ? (["burned_in"] as const) : []),
    ...(order.time_lapse_factor === null ? [] : (["time_lapse_factor"] as const)),
    ...(masksOf(order, cameraId).length === 0 ? [] : (["privacy_masks"] as const)),
  ];
}

function masksOf(order: ExportOrder, cameraId: number): readonly PrivacyMask[] {
  return order.privacy_masks.filter((mask) => mask.camera_id === undefined || mask.camera_id === cameraId);
}

const LIST = "list.ffconcat";
const CUES = "cues.srt";
const MADE = "made.mp4";
/** Reading the file again for its hashes takes about as long as ffmpeg. */
const FFMPEG_SHARE = 0.5;

/**
 * Makes one file of an export and checks it: every sample of the segments is in it, none twice. Throws `internal` when ffmpeg fails or has
 * made another file than was asked for, and the signal's reason.
 */
export async function makePart(making: PartMaking): Promise<FinishedMovie> {
  const { plan, order, workFolder, signal } = making;
  const encoded = reencodingReasons(order, making.camera.id).length > 0;
  await writeFile(join(workFolder, LIST), concatList(plan.entries, plan.tracks));
  const hasCues = order.timestamps !== "none";
  if (hasCues) await writeFile(join(workFolder, CUES), cuesOf(making));
  const seconds = (plan.shown.toSeconds - plan.shown.fromSeconds) / (order.time_lapse_factor ?? 1);
  const lines = await backgroundFfmpeg({
    ...{ ffmpeg: making.ffmpeg, folder: workFolder, clock: making.clock, signal },
    arguments: encoded ? encodeArguments(making) : copyArguments(making),
    onProgress: (done) => making.onProgress(FFMPEG_SHARE * Math.min(1, done / Math.max(seconds, 0.1))),
  });
  refuseSilentPainting(lines, order);
  if (lines.length > 0)
    making.log.warn("ffmpeg had something to say of an export", { camera_id: making.camera.id, lines });
  let hashedBytes = 0;
  const totalBytes = plan.pieces.reduce((sum, { source }) => sum + source.sizeBytes, 1);
  const finished = await finishMovie({
    from: join(workFolder, MADE),
    to: making.to,
    shown: encoded ? null : { first: plan.firstShown, last: plan.lastShown },
    signal,
    onBytes(count) {
      hashedBytes += count;
      making.onProgress(FFMPEG_SHARE + (1 - FFMPEG_SHARE) * Math.min(1, hashedBytes / totalBytes));
    },
  });
  checkFrames(finished.frames, making);
  return finished;
}

function copyArguments({ plan, order }: PartMaking): string[] {
  return concatCopyArguments({
    ...{ list: LIST, output: MADE, tableBytes: tableBytes(plan) },
    ...{ audio: plan.hasSound, hevc: plan.hevc, untilSeconds: plan.untilSeconds },
    subtitles: order.timestamps === "subtitles" ? CUES : null,
  });
}

function encodeArguments({ plan, order, camera }: PartMaking): string[] {
  // Between two pictures, so that no rounding decides which are shown.
  const half = 0.5 / plan.framesPerSecond;
  return concatEncodeArguments({
    ...{ list: LIST, output: MADE, tableBytes: tableBytes(plan), audio: plan.hasSound },
    shown: { fromSeconds: plan.shown.fromSeconds - half, toSeconds: plan.shown.toSeconds - half },
    paint: order.timestamps === "none" ? null : CUES,
    masks: masksOf(order, camera.id),
    timeLapseFactor: order.time_lapse_factor,
    framesPerSecond: plan.framesPerSecond,
  });
}

/** What one sample takes at most in the tables of a file (`stsz`, `stts`, `ctts`, `stss`, `stsc`, `co64`). */
const SAMPLE_TABLE_BYTES = 44;
/** AAC of 48 kHz has 47 packets a second; and a subtitle begins and ends. */
const OTHER_SAMPLES_PER_SECOND = 50;
const OTHER_TABLE_BYTES = 65_536;

/** How much room the tables of the file need at most, bytes. */
function tableBytes({ frames, pieces, hasSound }: PartPlan): number {
  const seconds = pieces.reduce((sum, { source }) => sum + source.video.durationSeconds, 0);
  const others = Math.ceil(seconds) * (hasSound ? OTHER_SAMPLES_PER_SECOND : 3);
  return OTHER_TABLE_BYTES + (frames + others) * SAMPLE_TABLE_BYTES + pieces.length * SAMPLE_TABLE_BYTES;
}

function cuesOf({ plan, order, camera }: PartMaking): string {
  const cameraName = order.timestamps === "burned_in" ? camera.name : null;
  return timeCues(plan.pieces, { timeZone: camera.timeZone, cameraName });
}

/** Without any font the text is left out, and ffmpeg goes on. */
function refuseSilentPainting(lines: readonly string[], order: ExportOrder): void {
  if (
    order.timestamps !== "burned_in" ||
    !lines.some((line) => /fontselect:.*(fail|no font)|no usable font/i.test(line))
  )
    return;
  throw new ExportFailure(
    "no_font",
    "The time cannot be written into the picture: no font is installed. Install one, for example with: apt-get install -y fonts-dejavu-core",
  );
}

function checkFrames(frames: number, { plan, order, camera }: PartMaking): void {
  const encoded = reencodingReasons(order, camera.id).length > 0;
  const expected = encoded ? plan.shownFrames : plan.frames;
  const isRight = order.time_lapse_factor === null ? frames === expected : frames > 0;
  if (isRight) return;
  throw new NightjarError(
    "internal",
    `The file that was made has ${frames} pictures, but the segments have ${expected}. Try again; if it stays so, check the recordings with \`nightjar check --deep\`.`,
  );
}
