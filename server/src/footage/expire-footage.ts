import type { Clock } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import { expiredSegments } from "./expired-segments.ts";
import type { CameraFiles, SegmentDeleter } from "./segment-deleter.ts";
import { volumeState } from "./volume.ts";

/** What somebody asks for goes in between. */
const NAMES_AT_ONCE = 20;

export interface Expiry {
  readonly files: CameraFiles;
  /** 0: until space is needed. */
  readonly retentionMs: number;
  /** Nothing younger goes. */
  readonly minimumRetentionMs: number;
  readonly clock: Clock;
  readonly deleter: SegmentDeleter;
  /** `nightjar.recordings` */
  readonly log: Log;
}

/** Deletes the segments of a camera whose time is over, by the time of their files. Only with a clock that is believed. Never rejects. */
export async function expireFootage({
  files,
  retentionMs,
  minimumRetentionMs,
  clock,
  deleter,
  log,
}: Expiry): Promise<void> {
  if (retentionMs <= 0 || (await volumeState(files.volume)).kind !== "ok") return;
  try {
    const names = await expiredSegments(
      files.segmentFolder,
      clock.nowMs() - Math.max(retentionMs, minimumRetentionMs),
      clock,
    );
    for (let at = 0; at < names.length; at += NAMES_AT_ONCE) {
      const some = names.slice(at, at + NAMES_AT_ONCE);
      await deleter.delete({ names: some, cause: "deleted_by_retention", why: "retention" });
    }
  } catch (error) {
    log.warn("footage past its retention could not be deleted; it is tried again", { error });
  }
}
